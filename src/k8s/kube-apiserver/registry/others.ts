/**
 * Strategies of the remaining groups.
 * Upstream: pkg/registry/{discovery,coordination,networking,policy,rbac,scheduling,storage,node,resource,flowcontrol,admissionregistration,certificates}
 */
import type { KubeObject } from '../../api/types.ts';
import { semanticEqual } from '../../apimachinery/change.ts';
import { createSpecKind, keepStatus, SPEC_STATUS, statusKeepsSpec, withFields, withMeta } from './strategy.ts';
import type { Strategy } from './strategy.ts';

const RESET = { '': ['status'], status: ['spec'] };
const first = (o: KubeObject): KubeObject => withMeta(o, { generation: 1 });
const raise = (next: KubeObject, old: KubeObject): KubeObject => withMeta(next, { generation: (old.metadata.generation ?? 0) + 1 });
const strip = (o: KubeObject): Record<string, unknown> => {
  const { metadata: _, ...rest } = o as unknown as Record<string, unknown>;
  return rest;
};
/** Generation counts changes of anything but metadata. */
const COUNTED: Strategy = { prepareForCreate: first, prepareForUpdate: (next, old) => (semanticEqual(strip(next), strip(old)) ? next : raise(next, old)) };
const SPEC_ONLY: Strategy = { prepareForCreate: first, prepareForUpdate: (next, old) => (semanticEqual(next['spec'], old['spec']) ? next : raise(next, old)) };
const UPSERT: Strategy = { allowCreateOnUpdate: true };
/** An empty list of rules comes back from storage as null. */
const nullRules = (o: KubeObject): KubeObject => (Array.isArray(o['rules']) && o['rules'].length === 0 ? { ...o, rules: null } : o);
/** Coordinated leader election is off: what only it uses is dropped. */
function withoutCoordination(o: KubeObject): KubeObject {
  if (o['spec']?.strategy === undefined && o['spec']?.preferredHolder === undefined) return o;
  const { strategy: _, preferredHolder: __, ...spec } = o['spec'] as Record<string, unknown>;
  return withFields(o, { spec });
}
/** deprecatedTopology cannot be written in v1. */
function withoutTopology(o: KubeObject, old?: KubeObject): KubeObject {
  const endpoints = o['endpoints'] as readonly Record<string, unknown>[] | null | undefined;
  if (!endpoints?.some((e) => e['deprecatedTopology'] !== undefined) || (old !== undefined && semanticEqual(endpoints, old['endpoints']))) return o;
  return withFields(o, { endpoints: endpoints.map((e) => { const { deprecatedTopology: _, ...rest } = e; return rest; }) });
}
const ROLE: Strategy = { allowCreateOnUpdate: true, prepareForCreate: nullRules, prepareForUpdate: nullRules };

export const OTHERS: Readonly<Record<string, Strategy>> = {
  'discovery.k8s.io/endpointslices': {
    prepareForCreate: (o) => first(withoutTopology(o)),
    prepareForUpdate: (next, old) => withoutTopology(semanticEqual(strip(next), strip(old)) && semanticEqual(next.metadata.labels ?? {}, old.metadata.labels ?? {}) ? next : raise(next, old), old),
  },
  'coordination.k8s.io/leases': {
    prepareForCreate: withoutCoordination, prepareForUpdate: (next) => withoutCoordination(next), allowCreateOnUpdate: true, allowUnconditionalUpdate: false,
  },
  'scheduling.k8s.io/priorityclasses': { prepareForCreate: first },
  'node.k8s.io/runtimeclasses': { allowCreateOnUpdate: true, allowUnconditionalUpdate: false },
  'rbac.authorization.k8s.io/roles': ROLE,
  'rbac.authorization.k8s.io/clusterroles': ROLE,
  'rbac.authorization.k8s.io/rolebindings': UPSERT,
  'rbac.authorization.k8s.io/clusterrolebindings': UPSERT,
  'policy/poddisruptionbudgets': {
    prepareForCreate: createSpecKind({ disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }),
    prepareForUpdate: SPEC_STATUS.prepareForUpdate, subresources: { status: statusKeepsSpec }, allowUnconditionalUpdate: false, resetFields: RESET,
  },
  'networking.k8s.io/ingresses': { ...SPEC_STATUS, prepareForCreate: createSpecKind({ loadBalancer: {} }) },
  'networking.k8s.io/ingressclasses': SPEC_ONLY,
  'networking.k8s.io/networkpolicies': SPEC_ONLY,
  'networking.k8s.io/servicecidrs': { prepareForCreate: (o) => withFields(o, { status: {} }), prepareForUpdate: keepStatus, subresources: { status: statusKeepsSpec }, resetFields: RESET },
  'networking.k8s.io/ipaddresses': {},
  'apiregistration.k8s.io/apiservices': { prepareForCreate: (o) => withFields(o, { status: {} }), prepareForUpdate: keepStatus, subresources: { status: statusKeepsSpec }, resetFields: RESET },
  'storage.k8s.io/csidrivers': { ...SPEC_ONLY, prepareForCreate: undefined, allowUnconditionalUpdate: false, returnDeletedObject: true },
  'storage.k8s.io/csinodes': { allowUnconditionalUpdate: false, returnDeletedObject: true },
  'storage.k8s.io/csistoragecapacities': { allowUnconditionalUpdate: false },
  'storage.k8s.io/storageclasses': { returnDeletedObject: true },
  'storage.k8s.io/volumeattachments': { prepareForCreate: (o) => withFields(o, { status: { attached: false } }), prepareForUpdate: keepStatus, subresources: { status: statusKeepsSpec }, allowUnconditionalUpdate: false, returnDeletedObject: true, resetFields: RESET },
  'storage.k8s.io/volumeattributesclasses': { returnDeletedObject: true },
  'flowcontrol.apiserver.k8s.io/flowschemas': { ...SPEC_STATUS },
  'flowcontrol.apiserver.k8s.io/prioritylevelconfigurations': { ...SPEC_STATUS },
  'certificates.k8s.io/certificatesigningrequests': {
    prepareForCreate: (o) => withFields(o, { status: {} }), prepareForUpdate: (next, old) => withFields(next, { spec: old['spec'], status: old['status'] }),
    subresources: { status: statusKeepsSpec, approval: (next, old) => withFields(next, { spec: old['spec'], status: { ...old['status'], conditions: next['status']?.conditions } }) },
    resetFields: RESET,
  },
  'admissionregistration.k8s.io/validatingwebhookconfigurations': { ...COUNTED, allowUnconditionalUpdate: false },
  'admissionregistration.k8s.io/mutatingwebhookconfigurations': { ...COUNTED, allowUnconditionalUpdate: false },
  'admissionregistration.k8s.io/validatingadmissionpolicies': { ...SPEC_STATUS, allowUnconditionalUpdate: false },
  'admissionregistration.k8s.io/validatingadmissionpolicybindings': { ...SPEC_ONLY, allowUnconditionalUpdate: false },
  'admissionregistration.k8s.io/mutatingadmissionpolicies': { ...SPEC_ONLY, allowUnconditionalUpdate: false },
  'admissionregistration.k8s.io/mutatingadmissionpolicybindings': { ...SPEC_ONLY, allowUnconditionalUpdate: false },
  'apiextensions.k8s.io/customresourcedefinitions': SPEC_STATUS,
  'resource.k8s.io/deviceclasses': { ...SPEC_ONLY, returnDeletedObject: true },
  'resource.k8s.io/resourceslices': { ...SPEC_ONLY, returnDeletedObject: true },
  'resource.k8s.io/resourceclaims': { prepareForCreate: (o) => withFields(o, { status: {} }), prepareForUpdate: keepStatus, subresources: { status: statusKeepsSpec }, returnDeletedObject: true, resetFields: RESET },
  'resource.k8s.io/resourceclaimtemplates': { returnDeletedObject: true },
};
