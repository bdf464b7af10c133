/**
 * What a client is warned of about a pod or a template: deprecated fields, duplicates, values that do nothing.
 * Upstream: pkg/api/pod/warnings.go, pkg/api/node/util.go, GetWarningsForPersistentVolumeClaimSpec in pkg/api/persistentvolumeclaim/util.go
 * Left out: nothing.
 */
import { Path } from '../../apimachinery/field-error.ts';
import { isValidLabelValue, warningsForIP } from '../../apimachinery/validation-strings.ts';
import { has, list, quote, sortedKeys, type Obj } from './field-checks.ts';
import { canonicalQuantity, isWhole } from './quantities.ts';
import { APPARMOR_PREFIX } from './security-context.ts';
import { jsonEqual } from './internal-form.ts';

const DEPRECATED_LABELS: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods': 'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
};

/** Why a node label is deprecated; undefined if it is not. */
export const deprecatedNodeLabel = (key: string): string | undefined => Object.hasOwn(DEPRECATED_LABELS, key) ? DEPRECATED_LABELS[key] : undefined;

const DEPRECATED_ANNOTATIONS: readonly (readonly [string, string])[] = [
  ['scheduler.alpha.kubernetes.io/critical-pod', 'non-functional in v1.16+; use the "priorityClassName" field instead'],
  ['security.alpha.kubernetes.io/sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
  ['security.alpha.kubernetes.io/unsafe-sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
];

const DEPRECATED_VOLUMES: readonly (readonly [field: string, shown: string, why: string])[] = [
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['quobyte', 'quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
];
const LATER_VOLUMES: typeof DEPRECATED_VOLUMES = [
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
];

function fractional(out: string[], map: Obj, name: string, at: Path): void {
  const q = map?.[name];
  if (has(q) && !isWhole(q)) out.push(`${at.key(name)}: fractional byte value ${quote(canonicalQuantity(q))} is invalid, must be an integer`);
}

/** Upstream: GetWarningsForPersistentVolumeClaimSpec. */
export function claimSpecWarnings(spec: Obj, at: Path): string[] {
  const out: string[] = [];
  fractional(out, spec?.resources?.requests, 'storage', at.child('resources').child('requests'));
  fractional(out, spec?.resources?.limits, 'storage', at.child('resources').child('limits'));
  return out;
}

function selectorTerm(out: string[], term: Obj, checkValues: boolean, at: Path): void {
  list(term?.matchExpressions).forEach((e, i) => {
    const p = at.child('matchExpressions').index(i);
    const why = deprecatedNodeLabel(e.key ?? '');
    if (why !== undefined) out.push(`${p.child('key')}: ${e.key} is ${why}`);
    if (checkValues) list(e.values).forEach((v, j) => { for (const m of isValidLabelValue(v)) out.push(`${p.child('values').index(j)}: ${v} is invalid, ${m}`); });
  });
}

/** Where something stands in the spec; the path starts at `spec` for a pod, below the template's for a template. */
type Place = (first: string, ...more: readonly string[]) => Path;

/** Visits init, regular and ephemeral containers. */
function containers(spec: Obj, place: Place, visit: (c: Obj, at: Path) => void): void {
  for (const f of ['initContainers', 'containers', 'ephemeralContainers']) list(spec[f]).forEach((c, i) => visit(c, place('spec', f).index(i)));
}

function ports(out: string[], spec: Obj, place: Place): void {
  const byKey = new Map<string, { at: Path; port: Obj }[]>();
  containers(spec, place, (c, at) => list(c.ports).forEach((port, i) => {
    const p = at.child('ports').index(i);
    const hostIP: string = port.hostIP ?? ''; const hostPort: number = port.hostPort ?? 0;
    if (hostIP !== '' && hostPort === 0) {
      out.push(`${p}: hostIP set without hostPort: {Name:${port.name ?? ''} HostPort:0 ContainerPort:${port.containerPort ?? 0} Protocol:${port.protocol ?? ''} HostIP:${hostIP}}`);
    }
    const key = `${port.containerPort ?? 0}/${port.protocol ?? ''}`;
    const others = byKey.get(key) ?? [];
    for (const o of others) {
      const otherIP: string = o.port.hostIP ?? ''; const otherPort: number = o.port.hostPort ?? 0;
      if (hostIP === otherIP && hostPort === otherPort) out.push(`${p}: duplicate port definition with ${o.at}`);
      else if (hostPort === 0 || otherPort === 0) out.push(`${p}: overlapping port definition with ${o.at}`);
      else if (hostPort === otherPort && (hostIP === '') !== (otherIP === '')) out.push(`${p}: dangerously ambiguous port definition with ${o.at}`);
    }
    byKey.set(key, [...others, { at: p, port }]);
  }));
  const names = new Map<string, Path>();
  containers(spec, place, (c, at) => list(c.ports).forEach((port, i) => {
    if (!port.name) return;
    const p = at.child('ports').index(i);
    const other = names.get(port.name);
    if (other === undefined) names.set(port.name, p);
    else out.push(`${p}: duplicate port name ${quote(port.name)} with ${other}, services and probes that select ports by name will use ${other}`);
  }));
}

interface VirtualFile { readonly path: string; readonly source: string }
const fileText = (f: VirtualFile): string => f.source === '' ? quote(f.path) : `${quote(f.path)} (${f.source})`;

/** The files already there that a new one collides with, or lies below or above. */
function overlaps(there: readonly VirtualFile[], f: VirtualFile): VirtualFile[] {
  if (f.path === '') return [];
  return there.filter((t) => t.path !== '' && ((t.path === f.path && t.source === f.source) || (t.path + '/').startsWith(f.path + '/') || (f.path + '/').startsWith(t.path + '/')));
}

function overlappingPaths(out: string[], volumes: Obj): void {
  const trim = (p: string | undefined): string => (p ?? '').replace(/\/+$/, '');
  for (const v of list(volumes)) {
    const collect = (items: Obj, what: string): void => {
      const there: VirtualFile[] = [];
      for (const item of list(items)) {
        const f = { path: trim(item.path), source: '' };
        for (const o of overlaps(there, f)) out.push(`volume ${quote(v.name ?? '')} (${what}): overlapping paths: ${fileText(f)} with ${fileText(o)}`);
        there.push(f);
      }
    };
    if (has(v.configMap?.items)) collect(v.configMap.items, `ConfigMap ${quote(v.configMap.name ?? '')}`);
    if (has(v.secret?.items)) collect(v.secret.items, `Secret ${quote(v.secret.secretName ?? '')}`);
    if (has(v.downwardAPI?.items)) collect(v.downwardAPI.items, 'DownwardAPI');
    const there: VirtualFile[] = [];
    for (const s of list(v.projected?.sources)) {
      if (Object.keys(s).length === 0) { out.push(`volume ${quote(v.name ?? '')} (Projected) has no sources provided`); continue; }
      for (const f of projectedFiles(s)) {
        const file = { path: trim(f.path), source: f.source };
        for (const o of overlaps(there, file)) out.push(`volume ${quote(v.name ?? '')} (Projected): overlapping paths: ${fileText(file)} with ${fileText(o)}`);
        there.push(file);
      }
    }
  }
}

function projectedFiles(s: Obj): VirtualFile[] {
  const of = (items: Obj, source: string): VirtualFile[] => list(items).map((i) => ({ path: i.path ?? '', source }));
  if (has(s.configMap?.items)) return of(s.configMap.items, `ConfigMap ${quote(s.configMap.name ?? '')}`);
  if (has(s.secret?.items)) return of(s.secret.items, `Secret ${quote(s.secret.name ?? '')}`);
  if (has(s.downwardAPI?.items)) return of(s.downwardAPI.items, 'DownwardAPI');
  if (has(s.serviceAccountToken)) return [{ path: s.serviceAccountToken.path ?? '', source: 'ServiceAccountToken' }];
  if (has(s.clusterTrustBundle)) return [{ path: s.clusterTrustBundle.path ?? '', source: `ClusterTrustBundle ${quote(s.clusterTrustBundle.name ?? s.clusterTrustBundle.signerName ?? '')}` }];
  if (!has(s.podCertificate)) return [];
  const c = s.podCertificate;
  return ([[c.certificateChainPath, 'PodCertificate chain'], [c.keyPath, 'PodCertificate key'], [c.credentialBundlePath, 'PodCertificate credential bundle']] as const)
    .filter(([p]) => p).map(([path, source]) => ({ path, source }));
}

const NO_SELECTOR = 'a null labelSelector results in matching no pod';

function duplicates(out: string[], items: Obj, field: string, at: Path, noun: string): void {
  const seen = new Set<string>();
  if (list(items).length < 2) return;
  list(items).forEach((x, i) => {
    const v: string = x[field] ?? '';
    if (seen.has(v)) out.push(`${at.index(i).child(field)}: duplicate ${noun} ${quote(v)}`);
    seen.add(v);
  });
}

function hiddenVariables(out: string[], env: Obj, at: Path): void {
  const seen = new Set<string>();
  if (list(env).length < 2) return;
  list(env).forEach((e, i) => {
    const name: string = e.name ?? '';
    if (!seen.has(name)) { seen.add(name); return; }
    const ref = `$(${name})`;
    const value: string = e.value ?? '';
    if (has(e.valueFrom) || value === ref || !value.includes(ref)) out.push(`${at.index(i)}: hides previous definition of ${quote(name)}, which may be dropped when using apply`);
  });
}

const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/';
const USE_SECCOMP = 'non-functional in v1.27+; use the "seccompProfile" field instead';

function appArmorOf(annotation: string): Obj {
  if (annotation === 'unconfined') return { type: 'Unconfined' };
  if (annotation === 'runtime/default') return { type: 'RuntimeDefault' };
  if (annotation.startsWith('localhost/')) {
    const profile = annotation.slice('localhost/'.length).trim();
    return profile === '' ? undefined : { type: 'Localhost', localhostProfile: profile };
  }
  return undefined;
}

function warnings(spec: Obj, meta: Obj, base: Path | undefined): string[] {
  const out: string[] = [];
  const place: Place = (first, ...more) => {
    let p = base === undefined ? new Path(undefined, first, false) : base.child(first);
    for (const m of more) p = p.child(m);
    return p;
  };
  const annotations = meta.annotations ?? {};
  for (const k of sortedKeys(spec.nodeSelector)) {
    const why = deprecatedNodeLabel(k);
    if (why !== undefined) out.push(`${place('spec', 'nodeSelector').key(k)}: ${why}`);
  }
  const node = spec.affinity?.nodeAffinity;
  if (has(node)) {
    list(node.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms).forEach((t, i) =>
      selectorTerm(out, t, false, place('spec', 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms').index(i)));
    list(node.preferredDuringSchedulingIgnoredDuringExecution).forEach((t, i) =>
      selectorTerm(out, t.preference, true, place('spec', 'affinity', 'nodeAffinity', 'preferredDuringSchedulingIgnoredDuringExecution').index(i).child('preference')));
  }
  list(spec.topologySpreadConstraints).forEach((t, i) => {
    const p = place('spec', 'topologySpreadConstraints').index(i);
    const why = deprecatedNodeLabel(t.topologyKey ?? '');
    if (why !== undefined) out.push(`${p.child('topologyKey')}: ${t.topologyKey} is ${why}`);
    if (!has(t.labelSelector)) out.push(`${p.child('labelSelector')}: ${NO_SELECTOR}`);
  });
  for (const [key, why] of DEPRECATED_ANNOTATIONS) if (annotations[key] !== undefined) out.push(`${place('metadata', 'annotations').key(key)}: ${why}`);
  list(spec.volumes).forEach((v, i) => {
    const p = place('spec', 'volumes').index(i);
    for (const [field, shown, why] of DEPRECATED_VOLUMES) if (has(v[field])) out.push(`${p.child(shown)}: ${why}`);
    if (has(v.ephemeral?.volumeClaimTemplate)) out.push(...claimSpecWarnings(v.ephemeral.volumeClaimTemplate.spec, p.child('ephemeral').child('volumeClaimTemplate').child('spec')));
    for (const [field, shown, why] of LATER_VOLUMES) if (has(v[field])) out.push(`${p.child(shown)}: ${why}`);
  });
  overlappingPaths(out, spec.volumes);
  duplicates(out, spec.hostAliases, 'ip', place('spec', 'hostAliases'), 'ip');
  duplicates(out, spec.imagePullSecrets, 'name', place('spec', 'imagePullSecrets'), 'name');
  list(spec.imagePullSecrets).forEach((s, i) => { if (!s.name) out.push(`${place('spec', 'imagePullSecrets').index(i).child('name')}: invalid empty name ""`); });
  fractional(out, spec.overhead, 'memory', place('spec', 'overhead'));
  fractional(out, spec.overhead, 'ephemeral-storage', place('spec', 'overhead'));
  if (annotations[SECCOMP_POD] !== undefined && !has(spec.securityContext?.seccompProfile)) out.push(`${place('metadata', 'annotations').key(SECCOMP_POD)}: ${USE_SECCOMP}`);
  const podAppArmor = spec.securityContext?.appArmorProfile;
  containers(spec, place, (c, p) => {
    const seccomp = SECCOMP_CONTAINER + c.name;
    if (annotations[seccomp] !== undefined && !has(c.securityContext?.seccompProfile)) out.push(`${place('metadata', 'annotations').key(seccomp)}: ${USE_SECCOMP}`);
    const apparmor = APPARMOR_PREFIX + c.name;
    if (base !== undefined && annotations[apparmor] !== undefined && !has(c.securityContext?.appArmorProfile)
      && (!has(podAppArmor) || !jsonEqual(podAppArmor, appArmorOf(annotations[apparmor])))) {
      out.push(`${place('metadata', 'annotations').key(apparmor)}: deprecated since v1.30; use the "appArmorProfile" field instead`);
    }
    for (const name of ['memory', 'ephemeral-storage']) {
      fractional(out, c.resources?.limits, name, p.child('resources', 'limits'));
      fractional(out, c.resources?.requests, name, p.child('resources', 'requests'));
    }
    hiddenVariables(out, c.env, p.child('env'));
  });
  ports(out, spec, place);
  if (has(spec.terminationGracePeriodSeconds) && spec.terminationGracePeriodSeconds < 0) {
    out.push(`${place('spec', 'terminationGracePeriodSeconds')}: must be >= 0; negative values are invalid and will be treated as 1`);
  }
  for (const kind of ['podAffinity', 'podAntiAffinity']) {
    const a = spec.affinity?.[kind];
    list(a?.requiredDuringSchedulingIgnoredDuringExecution).forEach((t, i) => {
      if (!has(t.labelSelector)) out.push(`${place('spec', 'affinity', kind, 'requiredDuringSchedulingIgnoredDuringExecution').index(i).child('labelSelector')}: ${NO_SELECTOR}`);
    });
    list(a?.preferredDuringSchedulingIgnoredDuringExecution).forEach((t, i) => {
      if (!has(t.podAffinityTerm?.labelSelector)) {
        out.push(`${place('spec', 'affinity', kind, 'preferredDuringSchedulingIgnoredDuringExecution').index(i).child('podAffinityTerm', 'labelSelector')}: ${NO_SELECTOR}`);
      }
    });
  }
  list(spec.dnsConfig?.nameservers).forEach((ns, i) => out.push(...warningsForIP(place('spec', 'dnsConfig', 'nameservers').index(i), ns)));
  list(spec.hostAliases).forEach((a, i) => out.push(...warningsForIP(place('spec', 'hostAliases').index(i).child('ip'), a.ip ?? '')));
  return out;
}

/** Upstream: GetWarningsForPod. An update that left the spec alone and only touched status or other metadata warns again, as upstream's does. */
export function podWarnings(pod: Obj): string[] { return warnings(pod.spec, pod.metadata, undefined); }

/** Upstream: GetWarningsForPodTemplate. `at` is the template's path. */
export function templateWarnings(template: Obj, at: Path): string[] {
  return has(template) ? warnings(template.spec ?? {}, template.metadata ?? {}, at) : [];
}
