/**
 * ServiceAccount: gives a pod its account, the token volume and the account's pull secrets.
 * Upstream: plugin/pkg/admission/serviceaccount/admission.go
 */
import type { KubeObject, Status } from '../../api/types.ts';
import { parseGoBool } from '../go-bool.ts';
import { withFields } from '../registry/strategy.ts';
import { forbid, isPods } from './forbidden.ts';
import type { Attributes, Plugin } from './plugin.ts';

/* eslint-disable @typescript-eslint/no-explicit-any */
type Any = any;

const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const VOLUME = 'kube-api-access';
const MIRROR = 'kubernetes.io/config.mirror';
const ENFORCE = 'kubernetes.io/enforce-mountable-secrets';
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

function account(a: Attributes, name: string): KubeObject | Status {
  return a.state.objects.get('/registry/serviceaccounts/' + a.namespace + '/' + name)
    ?? forbid(a, `error looking up service account ${a.namespace}/${name}: serviceaccount ${JSON.stringify(name)} not found`);
}

function drawSuffix(a: Attributes): string {
  const key = a.namespace + '/' + (a.object!.metadata.name || a.object!.metadata.generateName || '');
  let r = a.draw('token volume', key, a.now);
  let out = '';
  for (let i = 0; i < 5; i++) {
    out += ALPHABET[r % 27];
    r = Math.floor(r / 27);
  }
  return out;
}

function mount(a: Attributes, spec: Any): Any {
  const existing = (spec.volumes as Any[] | undefined)?.find((v) => String(v.name).startsWith(VOLUME + '-'));
  const name = existing?.name ?? VOLUME + '-' + drawSuffix(a);
  let added = false;
  const give = (c: Any): Any => {
    if (c.volumeMounts?.some((m: Any) => m.mountPath === MOUNT_PATH)) return c;
    added = true;
    return { ...c, volumeMounts: [...(c.volumeMounts ?? []), { name, readOnly: true, mountPath: MOUNT_PATH }] };
  };
  const out = { ...spec };
  if (spec.initContainers) out.initContainers = spec.initContainers.map(give);
  if (spec.containers) out.containers = spec.containers.map(give);
  if (existing === undefined && added) {
    out.volumes = [...(spec.volumes ?? []), {
      name,
      projected: {
        sources: [
          { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
          { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
        ],
        defaultMode: 420,
      },
    }];
  }
  return out;
}

function limitSecrets(sa: KubeObject, spec: Any): string | undefined {
  const names = new Set(((sa['secrets'] ?? []) as Any[]).map((s) => s.name));
  const tail = ` is not allowed because service account ${sa.metadata.name} does not reference that secret`;
  for (const v of spec.volumes ?? []) if (v.secret && !names.has(v.secret.secretName)) return `volume with secret.secretName="${v.secret.secretName ?? ''}"` + tail;
  for (const [what, list] of [['init container', spec.initContainers], ['container', spec.containers]] as const) {
    for (const c of list ?? []) {
      for (const e of c.env ?? []) {
        const ref = e.valueFrom?.secretKeyRef;
        if (ref && !names.has(ref.name)) return `${what} ${c.name} with envVar ${e.name} referencing secret.secretName="${ref.name}"` + tail;
      }
      for (const e of c.envFrom ?? []) if (e.secretRef && !names.has(e.secretRef.name)) return `${what} ${c.name} with envFrom referencing secret.secretName="${e.secretRef.name}"` + tail;
    }
  }
  const pull = new Set(((sa['imagePullSecrets'] ?? []) as Any[]).map((s) => s.name));
  for (let i = 0; i < (spec.imagePullSecrets?.length ?? 0); i++) {
    const name = spec.imagePullSecrets[i].name;
    if (!pull.has(name)) return `imagePullSecrets[${i}].name="${name}" is not allowed because service account ${sa.metadata.name} does not reference that imagePullSecret`;
  }
  return undefined;
}

function check(a: Attributes): Status | undefined {
  const pod = a.object!;
  const spec = pod['spec'] as Any;
  if (pod.metadata.annotations?.[MIRROR] !== undefined) {
    if (spec.serviceAccountName) return forbid(a, 'a mirror pod may not reference service accounts');
    const secret = (spec.volumes ?? []).some((v: Any) => v.secret || v.projected?.sources?.some((s: Any) => s.secret)) || (spec.imagePullSecrets ?? []).length > 0
      || [...(spec.containers ?? []), ...(spec.initContainers ?? [])].some((c: Any) => c.env?.some((e: Any) => e.valueFrom?.secretKeyRef) || c.envFrom?.some((e: Any) => e.secretRef));
    if (secret) return forbid(a, 'a mirror pod may not reference secrets');
    if ((spec.volumes ?? []).some((v: Any) => v.projected?.sources?.some((s: Any) => s.serviceAccountToken))) return forbid(a, 'a mirror pod may not use ServiceAccountToken volume projections');
    return undefined;
  }
  if (!spec.serviceAccountName) return forbid(a, `no service account specified for pod ${a.namespace}/${pod.metadata.name ?? ''}`);
  const sa = account(a, spec.serviceAccountName);
  if (sa.kind === 'Status') return sa as Status;
  if (parseGoBool((sa as KubeObject).metadata.annotations?.[ENFORCE])) {
    const why = limitSecrets(sa as KubeObject, spec);
    if (why !== undefined) return forbid(a, why);
  }
  return undefined;
}

export const serviceAccount: Plugin = {
  name: 'ServiceAccount',
  handles: ['CREATE'],
  admit(a) {
    if (!isPods(a) || a.subresource !== '') return undefined;
    const pod = a.object!;
    if (pod.metadata.annotations?.[MIRROR] !== undefined) return check(a);
    let spec = pod['spec'] as Any;
    if (!spec.serviceAccountName) spec = { ...spec, serviceAccountName: 'default' };
    // The old field's name mirrors the new one.
    if (spec.serviceAccount !== spec.serviceAccountName) spec = { ...spec, serviceAccount: spec.serviceAccountName };
    const sa = account(a, spec.serviceAccountName);
    if (sa.kind === 'Status') return sa as Status;
    const own = sa as KubeObject;
    if (spec.automountServiceAccountToken ?? own['automountServiceAccountToken'] ?? true) spec = mount(a, spec);
    if (!spec.imagePullSecrets?.length && (own['imagePullSecrets'] as Any[] | undefined)?.length) spec = { ...spec, imagePullSecrets: (own['imagePullSecrets'] as Any[]).map((s) => ({ name: s.name })) };
    const object = withFields(pod, { spec });
    return check({ ...a, object }) ?? object;
  },
  validate(a) {
    if (!isPods(a) || a.subresource !== '') return undefined;
    return check(a);
  },
};
