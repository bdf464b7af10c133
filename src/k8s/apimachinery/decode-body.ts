/**
 * The body of a create or update request: media type, kind and version, strictness, and how each failure is worded.
 * Upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/{create,update,rest}.go, apimachinery/pkg/runtime/serializer/json/{json,meta}.go
 * Left out: protobuf and CBOR bodies.
 */
import type { TypeSchema } from '../api/schema.ts';
import type { KubeObject, Status } from '../api/types.ts';
import { decodeTyped } from './decode.ts';
import { goQuote } from './goquote.ts';
import { parseJson } from './json.ts';
import { badRequest } from './status-errors.ts';
import { utf8Bytes } from './utf8.ts';
import { parseYaml } from './yaml.ts';

export interface BodyRequest {
  readonly text: string;
  /** Media type without parameters; anything with `yaml` is YAML, the rest JSON. */
  readonly contentType: string | undefined;
  /** What the URL expects. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly fieldValidation: 'Ignore' | 'Warn' | 'Strict';
  /** `schemaOfObject` of the API, plus custom kinds. */
  readonly schema: (apiVersion: string, kind: string) => TypeSchema | undefined;
}
export type BodyAnswer =
  | { readonly object: KubeObject; readonly warnings: readonly string[]; readonly status?: undefined }
  | { readonly status: Status; readonly object?: undefined };

/** Versions that Go's scheme still reads although the server no longer serves them. */
const OLD: Record<string, readonly string[]> = {
  'extensions/v1beta1': ['Deployment', 'DaemonSet', 'ReplicaSet', 'Ingress', 'NetworkPolicy', 'Scale'],
  'apps/v1beta1': ['Deployment', 'StatefulSet', 'ControllerRevision', 'Scale'],
  'apps/v1beta2': ['Deployment', 'DaemonSet', 'ReplicaSet', 'StatefulSet', 'ControllerRevision', 'Scale'],
  'batch/v1beta1': ['CronJob'], 'policy/v1beta1': ['PodDisruptionBudget', 'Eviction'],
  'rbac.authorization.k8s.io/v1beta1': ['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'], 'rbac.authorization.k8s.io/v1alpha1': ['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'],
  'networking.k8s.io/v1beta1': ['Ingress', 'IngressClass', 'IPAddress', 'ServiceCIDR'], 'events.k8s.io/v1beta1': ['Event'], 'node.k8s.io/v1beta1': ['RuntimeClass'],
  'discovery.k8s.io/v1beta1': ['EndpointSlice'], 'coordination.k8s.io/v1beta1': ['Lease', 'LeaseCandidate'], 'scheduling.k8s.io/v1beta1': ['PriorityClass'], 'scheduling.k8s.io/v1alpha1': ['PriorityClass'],
  'storage.k8s.io/v1beta1': ['StorageClass', 'CSIDriver', 'CSINode', 'CSIStorageCapacity', 'VolumeAttachment', 'VolumeAttributesClass'],
  'certificates.k8s.io/v1beta1': ['CertificateSigningRequest', 'ClusterTrustBundle'], 'apiextensions.k8s.io/v1beta1': ['CustomResourceDefinition'],
  'admissionregistration.k8s.io/v1beta1': ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding', 'MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding'],
  'flowcontrol.apiserver.k8s.io/v1beta1': ['FlowSchema', 'PriorityLevelConfiguration'], 'flowcontrol.apiserver.k8s.io/v1beta2': ['FlowSchema', 'PriorityLevelConfiguration'], 'flowcontrol.apiserver.k8s.io/v1beta3': ['FlowSchema', 'PriorityLevelConfiguration'],
};

/** Go package of a group's internal types. */
function internalPackage(group: string): string {
  return group === '' || group === 'events.k8s.io' ? 'core' : group.split('.')[0];
}

/** The start of a body, as refusals quote it: text if it looks like JSON, else hexadecimal. */
export function summarizeData(text: string, max: number): string {
  if (text === '') return '<empty>';
  const bytes = utf8Bytes(text.slice(0, max + 1));
  const more = bytes.length > max ? ' ...' : '';
  const head = bytes.slice(0, max);
  if (text[0] !== '{') return head.map((b) => b.toString(16).padStart(2, '0')).join('') + more;
  // A cut through a character shows as replacement characters; close enough is to drop the rest of it.
  let end = 0;
  for (let n = 0; end < text.length; end++) {
    n += utf8Bytes(text[end]).length;
    if (n > max) break;
  }
  return text.slice(0, end) + more;
}

const FIND_KIND = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

function findKind(raw: unknown): { apiVersion: string; kind: string } | { error: string } {
  if (raw === null) return { apiVersion: '', kind: '' };
  const prefix = "couldn't get version/kind; json parse error: ";
  if (typeof raw !== 'object' || Array.isArray(raw)) {
    const what = Array.isArray(raw) ? 'array' : typeof raw === 'boolean' ? 'bool' : typeof raw;
    return { error: `${prefix}json: cannot unmarshal ${what} into Go value of type ${FIND_KIND}` };
  }
  const found = { apiVersion: '', kind: '' };
  let wrong: string | undefined;
  for (const [key, value] of Object.entries(raw)) {
    // Go's own decoder, used here, does not mind the case of keys.
    const lower = key.replace(/[A-Z]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 32));
    const field = lower === 'apiversion' ? 'apiVersion' : lower === 'kind' ? 'kind' : undefined;
    if (field === undefined || value === null) continue;
    if (typeof value === 'string') found[field] = value;
    else wrong ??= `json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value} into Go struct field .${field} of type string`;
  }
  return wrong === undefined ? found : { error: prefix + wrong };
}

/** Decodes a request's body, or says why not. Field names of the answer are those of the wire. */
export function decodeBody(r: BodyRequest): BodyAnswer {
  const expected = r.group === '' ? r.version : r.group + '/' + r.version;
  const unrecognized = (why: string): BodyAnswer => ({ status: badRequest(`the object provided is unrecognized (must be of type ${r.kind}): ${why} (${summarizeData(r.text, 30)})`) });
  const yaml = r.contentType !== undefined && r.contentType.includes('yaml');
  const strict: string[] = [];
  let raw: unknown;
  if (yaml) {
    const y = parseYaml(r.text);
    if (y.error !== undefined) return unrecognized(y.error);
    raw = y.value;
    if (y.duplicates.length > 0) strict.push('yaml: unmarshal errors:\n' + y.duplicates.map((d) => `  line ${d.line}: key ${goQuote(d.key)} already set in map`).join('\n'));
  } else {
    const j = parseJson(r.text);
    if (j.error !== undefined) return unrecognized("couldn't get version/kind; json parse error: " + j.error);
    raw = j.value;
  }
  const found = findKind(raw);
  if ('error' in found) return unrecognized(found.error);
  let { apiVersion, kind } = found;
  if (apiVersion.split('/').length > 2) return unrecognized('unexpected GroupVersion string: ' + apiVersion);
  const slash = apiVersion.indexOf('/');
  let group = slash < 0 ? '' : apiVersion.slice(0, slash);
  let version = slash < 0 ? apiVersion : apiVersion.slice(slash + 1);
  if (kind === '') kind = r.kind;
  if (version === '' && group === '') { version = r.version; group = r.group; }
  apiVersion = group === '' ? version : group + '/' + version;
  const refuse = (why: string): BodyAnswer => ({ status: badRequest(`${kind} in version ${goQuote(version)} cannot be handled as a ${r.kind}: ${why}`) });
  const mismatch = (): BodyAnswer => ({ status: badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${expected})`) });
  const type = r.schema(apiVersion, kind);
  if (type === undefined) {
    if (OLD[apiVersion]?.includes(kind)) return kind === r.kind ? mismatch() : refuse(`converting (${version}.${kind}) to (${internalPackage(r.group)}.${r.kind}): unknown conversion`);
    return refuse(`no kind ${goQuote(kind)} is registered for version ${goQuote(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`);
  }
  const d = decodeTyped(type, raw);
  if (d.error !== undefined) return refuse(d.error);
  strict.push(...d.strict);
  if (kind !== r.kind || internalPackage(group) !== internalPackage(r.group)) return refuse(`converting (${version}.${kind}) to (${internalPackage(r.group)}.${r.kind}): unknown conversion`);
  if (strict.length > 0 && r.fieldValidation === 'Strict') return refuse('strict decoding error: ' + strict.join(', '));
  if (apiVersion !== expected) return mismatch();
  const object = { ...(d.value as KubeObject), apiVersion, kind };
  return { object, warnings: r.fieldValidation === 'Warn' ? strict : [] };
}
