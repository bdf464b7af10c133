/**
 * Environment variables and mounts of a container.
 * Upstream: pkg/kubelet/kubelet_pods.go makeEnvironmentVariables, makeMounts; third_party/forked/golang/expansion
 * Left out: variables of Services other than `kubernetes` (they would need a watch of all Services on every node); sub-path expressions.
 */
import type { Program } from '../../sim/program.ts';
import type { ProcessContext } from '../client-go/types.ts';
import type { Mount, VolumeFiles } from '../cri-api/types.ts';
import { fieldPathValue, resourceValue } from './downward-api.ts';
import { namespaceOf, uidOf } from './pod.ts';
import type { Any, Pod } from './pod.ts';
import type { KubeletConfig } from './state.ts';
import { mountedVolumes, readObject } from './volumes.ts';

/** $(NAME) is replaced where NAME is known; $$ is a dollar sign. */
export function expand(text: string, values: Readonly<Record<string, string>>): string {
  if (!text.includes('$')) return text;
  let out = '';
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '$' || i + 1 >= text.length) {
      out += text[i];
      continue;
    }
    if (text[i + 1] === '$') {
      out += '$';
      i++;
    } else if (text[i + 1] === '(') {
      const end = text.indexOf(')', i + 2);
      if (end < 0) {
        out += '$(';
        i++;
        continue;
      }
      const name = text.slice(i + 2, end);
      out += Object.hasOwn(values, name) ? values[name] : `$(${name})`;
      i = end;
    } else {
      out += `$${text[i + 1]}`;
      i++;
    }
  }
  return out;
}

const isEnvName = (name: string): boolean => /^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name) && name !== '.' && name !== '..';
const KUBERNETES = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443', KUBERNETES_SERVICE_PORT_HTTPS: '443', KUBERNETES_PORT: 'tcp://10.96.0.1:443', KUBERNETES_PORT_443_TCP: 'tcp://10.96.0.1:443', KUBERNETES_PORT_443_TCP_PROTO: 'tcp', KUBERNETES_PORT_443_TCP_PORT: '443', KUBERNETES_PORT_443_TCP_ADDR: '10.96.0.1' };

/** Nothing of it has to be asked of the API server. */
export function isOwnEnvironment(container: Any): boolean {
  if (container.envFrom?.length > 0) return false;
  for (const item of container.env ?? NONE) if (item.valueFrom?.configMapKeyRef || item.valueFrom?.secretKeyRef) return false;
  return true;
}
const NONE: readonly Any[] = [];

/** The value of one that is not of another object. */
function ownValue(config: KubeletConfig, pod: Pod, container: Any, item: Any, podIps: readonly string[], env: Readonly<Record<string, string>>): string {
  const source = item.valueFrom;
  if (source?.fieldRef) return fieldPathValue(config, pod, source.fieldRef.fieldPath, podIps);
  if (source?.resourceFieldRef) return resourceValue(config, pod, source.resourceFieldRef, container);
  const value: string = item.value ?? '';
  return value.includes('$') ? expand(value, { ...KUBERNETES, ...env }) : value;
}
function withKubernetes(env: Record<string, string>): Record<string, string> {
  for (const name of KUBERNETES_NAMES) if (!(name in env)) env[name] = KUBERNETES[name];
  return env;
}
const KUBERNETES_NAMES = Object.keys(KUBERNETES) as (keyof typeof KUBERNETES)[];

/** Of a container with isOwnEnvironment. */
export function ownEnvironment(config: KubeletConfig, pod: Pod, container: Any, podIps: readonly string[]): Record<string, string> {
  const env: Record<string, string> = {};
  for (const item of container.env ?? NONE) env[item.name] = ownValue(config, pod, container, item, podIps, env);
  return withKubernetes(env);
}

export function* environment(config: KubeletConfig, pod: Pod, container: Any, podIps: readonly string[]): Program<{ env: Record<string, string> } | { error: string }> {
  const env: Record<string, string> = {};
  const namespace = namespaceOf(pod);
  for (const from of container.envFrom ?? []) {
    const ref = from.configMapRef ?? from.secretRef;
    if (!ref) continue;
    const found = yield* readObject(config, from.configMapRef ? 'configmap' : 'secret', namespace, ref.name);
    if ('error' in found) {
      if (found.missing && ref.optional) continue;
      return { error: found.error };
    }
    for (const key of Object.keys(found.data).sort()) if (isEnvName((from.prefix ?? '') + key)) env[(from.prefix ?? '') + key] = found.data[key];
  }
  for (const item of container.env ?? []) {
    const source = item.valueFrom;
    if (source && !source.fieldRef && !source.resourceFieldRef && (source.configMapKeyRef || source.secretKeyRef)) {
      const ref = source.configMapKeyRef ?? source.secretKeyRef;
      const found = yield* readObject(config, source.configMapKeyRef ? 'configmap' : 'secret', namespace, ref.name);
      if ('error' in found) {
        if (found.missing && ref.optional) continue;
        return { error: found.error };
      }
      const value = found.data[ref.key];
      if (value === undefined) {
        if (ref.optional) continue;
        return { error: `couldn't find key ${ref.key} in ${source.configMapKeyRef ? 'ConfigMap' : 'Secret'} ${namespace}/${ref.name}` };
      }
      env[item.name] = value;
    } else env[item.name] = ownValue(config, pod, container, item, podIps, env);
  }
  return { env: withKubernetes(env) };
}

export function mounts(p: ProcessContext, pod: Pod, container: Any): { mounts: Mount[]; volumes: VolumeFiles[] } {
  const { mounted } = mountedVolumes(p, uidOf(pod));
  const out: Mount[] = [];
  const volumes: VolumeFiles[] = [];
  for (const mount of container.volumeMounts ?? []) {
    const volume = mounted[mount.name];
    if (!volume) continue;
    const hostPath = mount.subPath ? `${volume.hostPath}/${mount.subPath}` : volume.hostPath;
    out.push({ containerPath: mount.mountPath, hostPath, readOnly: mount.readOnly === true });
    if (Object.keys(volume.files).length > 0) volumes.push({ hostPath: volume.hostPath, files: volume.files });
  }
  return { mounts: out, volumes };
}
