/**
 * Volumes of a pod: fetched and mounted by a loop of their own, awaited by the pod's worker.
 * Upstream: pkg/kubelet/volumemanager, pkg/volume/{configmap,secret,projected,emptydir,hostpath,downwardapi}
 * Left out: attach and detach, CSI, sub-path checks, ownership and modes; the refresh of mounted ConfigMaps and Secrets (upstream: with the pod's resync).
 */
import { act, doing } from '../../sim/program.ts';
import type { Effect, Program } from '../../sim/program.ts';
import { isStatus } from '../apimachinery/request.ts';
import type { ApiResponse } from '../apimachinery/request.ts';
import { clientFor } from '../client-go/client.ts';
import type { ProcessContext } from '../client-go/types.ts';
import { timing } from '../timing.ts';
import { clients, podEvent } from './events.ts';
import { fieldValue } from './downward-api.ts';
import { containers, ephemeralContainers, initContainers, namespaceOf, uidOf } from './pod.ts';
import type { Any, Pod } from './pod.ts';
import { isTerminationRequested } from './pod-workers.ts';
import { table } from './state.ts';
import type { KubeletConfig } from './state.ts';

export interface MountedVolume { readonly hostPath: string; readonly files: Readonly<Record<string, string>> }
export interface PodVolumes {
  readonly mounted: Readonly<Record<string, MountedVolume>>;
  /** Volume -> failures so far. */
  readonly failures: Readonly<Record<string, number>>;
}

const NONE: readonly Any[] = [];

/** Reads a ConfigMap or Secret as the kubelet's managers do: absent ones are told by kind and name. */
export function* readObject(config: KubeletConfig, kind: 'configmap' | 'secret', namespace: string, name: string): Program<{ data: Record<string, string> } | { error: string; missing: boolean }> {
  const answer = yield* clientFor(clients.kubelet(config)).get(kind === 'configmap' ? 'configmaps' : 'secrets', namespace, name);
  if (answer.code === 404) return { error: `${kind} "${name}" not found`, missing: true };
  if (answer.code !== 200 || isStatus(answer.body)) return { error: isStatus(answer.body) ? (answer.body.message ?? '') : String(answer.body), missing: false };
  const object = answer.body as Any;
  const data: Record<string, string> = {};
  for (const key of Object.keys(object.data ?? {})) data[key] = kind === 'secret' ? fromBase64(object.data[key]) : object.data[key];
  for (const key of Object.keys(object.binaryData ?? {})) data[key] = fromBase64(object.binaryData[key]);
  return { data };
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** Bytes as Latin-1 text, decoded as UTF-8 where they are such. */
export function fromBase64(text: string): string {
  let bits = 0;
  let count = 0;
  let escaped = '';
  const bytes: number[] = [];
  for (const c of text) {
    const value = ALPHABET.indexOf(c);
    if (value < 0) continue;
    bits = (bits << 6) | value;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes.push((bits >> count) & 255);
    }
  }
  for (let i = 0; i < bytes.length;) {
    const b = bytes[i];
    const length = b < 0x80 ? 1 : b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : b >= 0xc0 ? 2 : 1;
    if (length === 1 || i + length > bytes.length) {
      escaped += String.fromCharCode(b);
      i++;
      continue;
    }
    let code = length === 2 ? b & 31 : length === 3 ? b & 15 : b & 7;
    for (let k = 1; k < length; k++) code = (code << 6) | (bytes[i + k] & 63);
    escaped += String.fromCodePoint(Math.min(code, 0x10ffff));
    i += length;
  }
  return escaped;
}

const selected = (data: Readonly<Record<string, string>>, items: readonly Any[] | undefined, what: string, optional: boolean): { files: Record<string, string> } | { error: string } => {
  if (!items) return { files: { ...data } };
  const files: Record<string, string> = {};
  for (const item of items) {
    if (Object.hasOwn(data, item.key)) files[item.path] = data[item.key];
    else if (!optional) return { error: `${what} references non-existent ${what === 'configmap' ? 'config' : 'secret'} key: ${item.key}` };
  }
  return { files };
};

type Mounted = { readonly files: Readonly<Record<string, string>>; readonly hostPath?: string } | { readonly error: string };

function* source(config: KubeletConfig, pod: Pod, volume: Any): Program<Mounted> {
  if (volume.configMap || volume.secret) return yield* sourceOfObject(config, pod, volume);
  const namespace = namespaceOf(pod);
  if (volume.projected) {
    let files: Record<string, string> = {};
    for (const one of volume.projected.sources ?? NONE) {
      if (one.serviceAccountToken) {
        const token: ApiResponse = yield* clientFor(clients.kubelet(config)).createSub('serviceaccounts', 'token', namespace, (pod.spec as Any).serviceAccountName ?? 'default', {
          kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', metadata: { creationTimestamp: null },
          spec: { audiences: one.serviceAccountToken.audience ? [one.serviceAccountToken.audience] : null, expirationSeconds: one.serviceAccountToken.expirationSeconds ?? 3600, boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: pod.metadata.name, uid: uidOf(pod) } },
          status: { token: '', expirationTimestamp: null },
        });
        if (token.code >= 300 || token.code === 0 || isStatus(token.body)) return { error: `failed to fetch token: ${isStatus(token.body) ? token.body.message : String(token.body)}` };
        files[one.serviceAccountToken.path ?? 'token'] = (token.body as Any).status?.token ?? '';
      } else if (one.downwardAPI) {
        files = { ...files, ...((yield fieldValues(config, pod, one.downwardAPI.items ?? NONE)) as Readonly<Record<string, string>>) };
      } else if (one.configMap || one.secret) {
        const part: Mounted = yield* sourceOfObject(config, pod, one);
        if ('error' in part) return part;
        files = { ...files, ...part.files };
      }
    }
    return { files };
  }
  if (volume.downwardAPI) return { files: (yield fieldValues(config, pod, volume.downwardAPI.items ?? NONE)) as Readonly<Record<string, string>> };
  if (volume.persistentVolumeClaim) {
    const name = volume.persistentVolumeClaim.claimName;
    const claim = yield* clientFor(clients.kubelet(config)).get('persistentvolumeclaims', namespace, name);
    if (claim.code === 404) return { error: `persistentvolumeclaim "${name}" not found` };
    if (claim.code !== 200) return { error: isStatus(claim.body) ? (claim.body.message ?? '') : String(claim.body) };
    const object = claim.body as Any;
    if (object.status?.phase !== 'Bound' || !object.spec?.volumeName) return { error: 'PVC is not bound' };
    return { files: {}, hostPath: `/var/lib/kubelet/persistent-volumes/${object.spec.volumeName}` };
  }
  if (volume.hostPath) return { files: {}, hostPath: volume.hostPath.path };
  return { files: {} };
}

/** Of a volume, or of a part of a projected one. */
function* sourceOfObject(config: KubeletConfig, pod: Pod, volume: Any): Program<Mounted> {
  const what = volume.configMap ? 'configmap' : 'secret';
  const spec = volume.configMap ?? volume.secret;
  const found = yield* readObject(config, what, namespaceOf(pod), what === 'secret' ? (spec.secretName ?? spec.name) : spec.name);
  if ('error' in found) {
    if (found.missing && spec.optional) return { files: {} };
    return found;
  }
  return selected(found.data, spec.items, what, spec.optional === true);
}

/** path -> value. */
function fieldValues(config: KubeletConfig, pod: Pod, items: readonly Any[]): Effect {
  return doing((p: ProcessContext) => {
    const files: Record<string, string> = {};
    for (const item of items) files[item.path] = fieldValue(p, config, pod, item);
    return files;
  });
}

const plugin = (volume: Any): string => {
  for (const kind of ['configMap', 'secret', 'projected', 'emptyDir', 'downwardAPI', 'nfs', 'csi', 'image']) {
    if (volume[kind]) return `kubernetes.io~${({ configMap: 'configmap', emptyDir: 'empty-dir', downwardAPI: 'downward-api' } as Record<string, string>)[kind] ?? kind}`;
  }
  return 'kubernetes.io~empty-dir';
};

function isMountedBy(list: readonly Any[], volume: string): boolean {
  for (const c of list) for (const m of c.volumeMounts ?? NONE) if (m.name === volume) return true;
  return false;
}
function volumesOf(pod: Pod): readonly Any[] {
  const out: Any[] = [];
  for (const v of (pod.spec as Any).volumes ?? NONE) {
    if (isMountedBy(containers(pod), v.name) || isMountedBy(initContainers(pod), v.name) || isMountedBy(ephemeralContainers(pod), v.name)) out.push(v);
  }
  return out;
}

export function mountedVolumes(p: ProcessContext, uid: string): PodVolumes {
  return (table(p, 'volumes').get(uid) as PodVolumes | undefined) ?? NOTHING_MOUNTED;
}
const NOTHING_MOUNTED: PodVolumes = { mounted: {}, failures: {} };

/** Mounts what is not mounted yet; comes back after a back-off for what failed. */
export function* mountVolumes(args: { config: KubeletConfig; uid: string }): Program {
  const { config, uid } = args;
  // The populator sees the pod at its next pass, the reconciler at the one after it.
  yield { op: 'sleep', us: timing.kubelet.volumeLoop };
  const pod = (yield doing((p: ProcessContext) => (isTerminationRequested(p, uid) ? null : (table(p, 'pods').get(uid) ?? null)))) as Pod | null;
  if (!pod) return;
  let retry = 0;
  for (const volume of volumesOf(pod)) {
    const done = yield doing((p: ProcessContext) => Object.hasOwn(mountedVolumes(p, uid).mounted, volume.name));
    if (done) continue;
    const result = yield* source(config, pod, volume);
    const wait: number = yield* act((p: ProcessContext) => {
      const now = mountedVolumes(p, uid);
      if ('error' in result) {
        const failures = (now.failures[volume.name] ?? 0) + 1;
        table(p, 'volumes').set(uid, { ...now, failures: { ...now.failures, [volume.name]: failures } });
        podEvent(p, config, pod, 'Warning', 'FailedMount', `MountVolume.SetUp failed for volume "${volume.name}" : ${result.error}`);
        return Math.min(timing.kubelet.mountBackoffMax, timing.kubelet.mountBackoff * 2 ** Math.min(failures - 1, 10));
      }
      const hostPath = result.hostPath ?? `/var/lib/kubelet/pods/${uid}/volumes/${plugin(volume)}/${volume.name}`;
      table(p, 'volumes').set(uid, { ...now, mounted: { ...now.mounted, [volume.name]: { hostPath, files: result.files } } });
      return 0;
    });
    if (wait > 0 && (retry === 0 || wait < retry)) retry = wait;
  }
  if (retry > 0) yield* act((p: ProcessContext) => p.setTimer(`mount ${uid}`, retry));
}

/** Volumes of the pod that are not mounted yet, by their names. */
export function missingVolumes(p: ProcessContext, pod: Pod): readonly string[] {
  const { mounted } = mountedVolumes(p, uidOf(pod));
  let out: string[] | undefined;
  for (const v of volumesOf(pod)) if (!Object.hasOwn(mounted, v.name)) (out ??= []).push(v.name);
  return out ?? NONE;
}

/** The pod's worker waits from now on for its volumes; the first to do so has them mounted. */
export function beginWait(p: ProcessContext, config: KubeletConfig, uid: string): void {
  table(p, 'awaiting').set(uid, 1);
  if (table(p, 'volumes').has(uid)) return;
  table(p, 'volumes').set(uid, NOTHING_MOUNTED);
  p.spawn('mountVolumes', { config, uid });
}
/** How often the worker looks, each time after timing.kubelet.volumePoll or a cancellation. */
export const VOLUME_LOOKS = Math.floor(timing.kubelet.volumeTimeout / timing.kubelet.volumePoll);
export function endWait(p: ProcessContext, uid: string): void {
  p.closeBox(`cancel ${uid}`);
  table(p, 'awaiting').delete(uid);
}
export function unmountedText(left: readonly string[]): string {
  return `unmounted volumes=[${left.join(' ')}], unattached volumes=[], failed to process volumes=[]: context deadline exceeded`;
}
