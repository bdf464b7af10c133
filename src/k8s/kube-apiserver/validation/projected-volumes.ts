/**
 * Volumes whose files come from the API: secrets, config maps, the downward API, projections of them.
 * Upstream: validateSecretVolumeSource, validateConfigMapVolumeSource, validateDownwardAPIVolumeFile, validateProjectionSources, validateObjectFieldSelector
 *   in pkg/apis/core/validation/validation.go; pkg/apis/core/pods/helpers.go, pkg/fieldpath/fieldpath.go
 * Left out: nothing.
 */
import type { Path } from '../../apimachinery/field-error.ts';
import { forbidden, invalid, notSupported, required, tooLong } from '../../apimachinery/field-error.ts';
import { isDomainPrefixedKey } from '../../apimachinery/validation-strings.ts';
import { utf8Length } from '../../apimachinery/utf8.ts';
import { asciiLower, has, list, localNonReservedPath, qualifiedName, sortedKeys, validateLabelSelector, type Errs, type Obj } from './field-checks.ts';
import { metaForm, toInternal } from './internal-form.ts';
import { clusterTrustBundleName, isKubernetesSigner, signerName } from './names.ts';
import type { PodOptions } from './pod-options.ts';
import { canonicalQuantity, quantitySign } from './quantities.ts';

const MODE_ERROR = 'must be a number between 0 and 0777 (octal), both inclusive';
function fileMode(errs: Errs, mode: number | undefined, at: Path, field: string): void {
  if (mode !== undefined && mode !== null && (mode > 0o777 || mode < 0)) errs.push(invalid(at.child(field), mode, MODE_ERROR));
}

function keyToPath(errs: Errs, kp: Obj, at: Path): void {
  if (!kp.key) errs.push(required(at.child('key'), ''));
  if (!kp.path) errs.push(required(at.child('path'), ''));
  localNonReservedPath(errs, kp.path ?? '', at.child('path'));
  fileMode(errs, kp.mode, at, 'mode');
}

export function secretVolume(errs: Errs, s: Obj, at: Path): void {
  if (!s.secretName) errs.push(required(at.child('secretName'), ''));
  fileMode(errs, s.defaultMode, at, 'defaultMode');
  list(s.items).forEach((kp, i) => keyToPath(errs, kp, at.child('items').index(i)));
}
export function configMapVolume(errs: Errs, s: Obj, at: Path): void {
  if (!s.name) errs.push(required(at.child('name'), ''));
  fileMode(errs, s.defaultMode, at, 'defaultMode');
  list(s.items).forEach((kp, i) => keyToPath(errs, kp, at.child('items').index(i)));
}

/** What a downward API field may be in a volume, and in an environment variable. */
const VOLUME_FIELDS = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid'];
export const ENV_FIELDS = ['metadata.name', 'metadata.namespace', 'metadata.uid', 'spec.nodeName', 'spec.serviceAccountName', 'status.hostIP', 'status.hostIPs', 'status.podIP', 'status.podIPs'];
const CONVERTIBLE = new Set(['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid', 'spec.nodeName', 'spec.restartPolicy',
  'spec.serviceAccountName', 'spec.schedulerName', 'status.phase', 'status.hostIP', 'status.hostIPs', 'status.podIP', 'status.podIPs']);

/** `metadata.labels['a']` in its two parts; undefined if there is no subscript. */
function subscripted(fieldPath: string): readonly [string, string] | undefined {
  if (!fieldPath.endsWith("']")) return undefined;
  const s = fieldPath.slice(0, -2);
  const at = s.indexOf("['");
  return at <= 0 ? undefined : [s.slice(0, at), s.slice(at + 2)];
}

/** Upstream: validateObjectFieldSelector. */
export function objectFieldSelector(errs: Errs, f: Obj, fields: readonly string[], at: Path): void {
  if (!f.apiVersion) { errs.push(required(at.child('apiVersion'), '')); return; }
  if (!f.fieldPath) { errs.push(required(at.child('fieldPath'), '')); return; }
  const bad = (why: string): void => { errs.push(invalid(at.child('fieldPath'), f.fieldPath, 'error converting fieldPath: ' + why)); };
  if (f.apiVersion !== 'v1') { bad('unsupported pod version: ' + f.apiVersion); return; }
  const sub = subscripted(f.fieldPath);
  if (sub !== undefined) {
    if (sub[0] === 'metadata.annotations') qualifiedName(errs, asciiLower(sub[1]), at);
    else if (sub[0] === 'metadata.labels') qualifiedName(errs, sub[1], at);
    else bad('field label does not support subscript: ' + f.fieldPath);
    return;
  }
  const internal = f.fieldPath === 'spec.host' ? 'spec.nodeName' : f.fieldPath;
  if (!CONVERTIBLE.has(internal)) bad('field label not supported: ' + f.fieldPath);
  else if (!fields.includes(internal)) errs.push(notSupported(at.child('fieldPath'), internal, fields));
}

const RESOURCES = ['limits.cpu', 'limits.ephemeral-storage', 'limits.memory', 'requests.cpu', 'requests.ephemeral-storage', 'requests.memory'];
const BYTES = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];
const BYTES_TEXT = "only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the ";

/** Upstream: validateContainerResourceFieldSelector. */
export function resourceFieldSelector(errs: Errs, f: Obj, at: Path, volume: boolean): void {
  const r: string = f.resource ?? '';
  const huge = r.startsWith('requests.hugepages-') || r.startsWith('limits.hugepages-');
  if (volume && !f.containerName) errs.push(required(at.child('containerName'), ''));
  else if (r === '') errs.push(required(at.child('resource'), ''));
  else if (!RESOURCES.includes(r) && !huge) errs.push(notSupported(at.child('resource'), r, RESOURCES));
  if (quantitySign(f.divisor) === 0) return;
  const d = canonicalQuantity(f.divisor);
  const bad = (why: string): void => { errs.push(invalid(at.child('divisor'), r, why)); };
  switch (r) {
    case 'limits.cpu': case 'requests.cpu': if (d !== '1m' && d !== '1') bad("only divisor's values 1m and 1 are supported with the cpu resource"); break;
    case 'limits.memory': case 'requests.memory': if (!BYTES.includes(d)) bad(BYTES_TEXT + 'memory resource'); break;
    case 'limits.ephemeral-storage': case 'requests.ephemeral-storage': if (!BYTES.includes(d)) bad(BYTES_TEXT + 'local ephemeral storage resource'); break;
    default: if (huge && !BYTES.includes(d)) bad(BYTES_TEXT + 'hugepages resource');
  }
}

function downwardFile(errs: Errs, f: Obj, at: Path): void {
  if (!f.path) errs.push(required(at.child('path'), ''));
  localNonReservedPath(errs, f.path ?? '', at.child('path'));
  if (has(f.fieldRef)) {
    objectFieldSelector(errs, f.fieldRef, VOLUME_FIELDS, at.child('fieldRef'));
    if (has(f.resourceFieldRef)) errs.push(invalid(at, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'));
  } else if (has(f.resourceFieldRef)) resourceFieldSelector(errs, f.resourceFieldRef, at.child('resourceFieldRef'), true);
  else errs.push(required(at, 'one of fieldRef and resourceFieldRef is required'));
  fileMode(errs, f.mode, at, 'mode');
}

export function downwardAPIVolume(errs: Errs, s: Obj, at: Path): void {
  fileMode(errs, s.defaultMode, at, 'defaultMode');
  for (const f of list(s.items)) downwardFile(errs, f, at);
}

function clusterTrustBundle(errs: Errs, b: Obj, at: Path): void {
  const byName = has(b.name); const bySigner = has(b.signerName);
  if (byName && bySigner) errs.push(invalid(at, toInternal('ClusterTrustBundleProjection', b), 'only one of name and signerName may be used'));
  else if (byName) {
    if (b.name === '') errs.push(required(at.child('name'), 'must be a valid object name'));
    const colon = b.name.lastIndexOf(':');
    const signer = colon < 0 ? '' : b.name.slice(0, colon).replaceAll(':', '/');
    for (const m of clusterTrustBundleName(signer, b.name, false)) errs.push(invalid(at.child('name'), b.name, 'not a valid clustertrustbundlename: ' + m));
    if (has(b.labelSelector)) errs.push(invalid(at.child('labelSelector'), metaForm(b.labelSelector), 'labelSelector must be unset if name is specified'));
  } else if (bySigner) {
    if (b.signerName === '') errs.push(required(at.child('signerName'), 'must be a valid signer name'));
    signerName(errs, b.signerName, at.child('signerName'));
    validateLabelSelector(errs, b.labelSelector, at.child('labelSelector'));
  } else errs.push(required(at, 'either name or signerName must be specified'));
  if (!b.path) errs.push(required(at.child('path'), ''));
  localNonReservedPath(errs, b.path ?? '', at.child('path'));
}

const KEY_TYPES = ['RSA3072', 'RSA4096', 'ECDSAP256', 'ECDSAP384', 'ECDSAP521', 'ED25519'];
const ANNOTATION_LIMIT = 256 * 1024;

function podCertificate(errs: Errs, c: Obj, at: Path, claim: (path: string) => void): void {
  signerName(errs, c.signerName ?? '', at.child('signerName'));
  if (has(c.userAnnotations)) {
    const ap = at.child('userAnnotations');
    let total = 0;
    for (const k of sortedKeys(c.userAnnotations)) { errs.push(...isDomainPrefixedKey(ap, asciiLower(k))); total += utf8Length(k) + utf8Length(c.userAnnotations[k]); }
    if (total > ANNOTATION_LIMIT) errs.push(tooLong(ap, '', ANNOTATION_LIMIT));
  }
  if (!KEY_TYPES.includes(c.keyType ?? '')) errs.push(notSupported(at.child('keyType'), c.keyType ?? '', KEY_TYPES));
  const max = c.maxExpirationSeconds;
  if (has(max)) {
    const limit = isKubernetesSigner(c.signerName ?? '') ? 24 * 3600 : 91 * 24 * 3600;
    if (max < 3600) errs.push(invalid(at.child('maxExpirationSeconds'), max, 'if provided, maxExpirationSeconds must be >= 3600'));
    if (max > limit) errs.push(invalid(at.child('maxExpirationSeconds'), max, `if provided, maxExpirationSeconds must be <= ${limit}`));
  }
  let n = 0;
  for (const f of ['credentialBundlePath', 'keyPath', 'certificateChainPath']) {
    if (!c[f]) continue;
    n++;
    localNonReservedPath(errs, c[f], at.child(f));
    claim(c[f]);
  }
  if (n === 0) errs.push(required(at, 'specify at least one of credentialBundlePath, keyPath, and certificateChainPath'));
}

export function projectedVolume(errs: Errs, volume: Obj, at: Path, opts: PodOptions): void {
  fileMode(errs, volume.defaultMode, at, 'defaultMode');
  const paths = new Set<string>();
  /** Two files at one path: the error shows the name of the second source, or the path. */
  const claim = (p: string | undefined, shown: string): void => {
    if (!p) return;
    if (paths.has(p)) errs.push(invalid(at, shown, 'conflicting duplicate paths')); else paths.add(p);
  };
  list(volume.sources).forEach((s, i) => {
    const sp = at.child('sources').index(i);
    let n = 0;
    for (const kind of ['secret', 'configMap'] as const) {
      const src = s[kind];
      if (!has(src)) continue;
      n++;
      const p = sp.child(kind);
      if (!src.name) errs.push(required(p.child('name'), ''));
      list(src.items).forEach((kp, j) => { keyToPath(errs, kp, p.child('items').index(j)); claim(kp.path, src.name ?? ''); });
    }
    if (has(s.downwardAPI)) {
      n++;
      for (const f of list(s.downwardAPI.items)) { downwardFile(errs, f, sp.child('downwardAPI')); claim(f.path, f.path); }
    }
    const token = s.serviceAccountToken;
    if (has(token)) {
      n++;
      const seconds = token.expirationSeconds ?? 0;
      const ep = sp.child('serviceAccountToken').child('expirationSeconds');
      if (seconds < 600) errs.push(invalid(ep, seconds, 'may not specify a duration less than 10 minutes'));
      if (seconds > 4294967296) errs.push(invalid(ep, seconds, 'may not specify a duration larger than 2^32 seconds'));
      if (!token.path) errs.push(required(at.child('path'), ''));
      else if (!opts.allowNonLocalProjectedTokenPath) localNonReservedPath(errs, token.path, at.child('path'));
    }
    if (has(s.clusterTrustBundle)) {
      n++;
      clusterTrustBundle(errs, s.clusterTrustBundle, sp.child('clusterTrustBundle'));
      const p: string = s.clusterTrustBundle.path ?? '';
      if (paths.has(p)) errs.push(invalid(at, p, 'conflicting duplicate paths')); else paths.add(p);
    }
    if (has(s.podCertificate)) { n++; podCertificate(errs, s.podCertificate, sp.child('podCertificate'), (p) => claim(p, p)); }
    if (n > 1) errs.push(forbidden(sp, 'may not specify more than 1 volume type per source'));
  });
}
