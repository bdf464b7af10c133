/**
 * Defaults of the smaller groups.
 * Upstream: pkg/apis/{autoscaling,discovery,networking,rbac,scheduling,storage,flowcontrol,admissionregistration}/v1/defaults.go
 * Left out: CustomResourceDefinition's (its own server's).
 */
import { fill, fillZero, within } from './rules.ts';
import type { Rule, Rules, Struct } from './rules.ts';

const RBAC = 'rbac.authorization.k8s.io';
const binding: Rule = (b) => within(b, 'roleRef', (r) => fill(r, { apiGroup: RBAC }));

function scalingRules(given: Struct | undefined, defaults: Struct): Struct { return fill(given ?? {}, defaults); }

const webhook: Rule = (w) => fill(w, { failurePolicy: 'Fail', matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {}, timeoutSeconds: 10 });

export const otherRules: Rules = {
  'autoscaling.v1.HorizontalPodAutoscaler': (h) => within(h, 'spec', (s) => fill(s, { minReplicas: 1 })),
  'autoscaling.v2.HorizontalPodAutoscaler': (h) => within(h, 'spec', (given) => {
    let s = fill(given, { minReplicas: 1 });
    if ((s.metrics?.length ?? 0) === 0) s = { ...s, metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }] };
    if (!s.behavior) return s;
    return { ...s, behavior: {
      scaleUp: scalingRules(s.behavior.scaleUp as Struct, { stabilizationWindowSeconds: 0, selectPolicy: 'Max', policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, { type: 'Percent', value: 100, periodSeconds: 15 }] }),
      scaleDown: scalingRules(s.behavior.scaleDown as Struct, { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] }),
    } };
  }),
  'discovery.v1.EndpointPort': (p) => {
    const out = p.name === undefined || p.name === null ? { ...p, name: '' } : p;
    return fill(out, { protocol: 'TCP' });
  },
  'networking.v1.NetworkPolicyPort': (p) => fill(p, { protocol: 'TCP' }),
  'networking.v1.NetworkPolicy': (n) => within(n, 'spec', (s) => ((s.policyTypes?.length ?? 0) > 0 ? s : { ...s, policyTypes: (s.egress?.length ?? 0) > 0 ? ['Ingress', 'Egress'] : ['Ingress'] })),
  'networking.v1.IngressClassParametersReference': (p) => fill(p, { scope: 'Cluster' }),
  'rbac.v1.ClusterRoleBinding': binding,
  'rbac.v1.RoleBinding': binding,
  'rbac.v1.Subject': (s) => (s.kind === 'User' || s.kind === 'Group' ? fill(s, { apiGroup: RBAC }) : s),
  'scheduling.v1.PriorityClass': (p) => fill(p, { preemptionPolicy: 'PreemptLowerPriority' }),
  'storage.v1.StorageClass': (s) => fill(s, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  'storage.v1.CSIDriver': (d) => within(d, 'spec', (s) => {
    const out = fill(s, { attachRequired: true, podInfoOnMount: false, storageCapacity: false, fsGroupPolicy: 'ReadWriteOnceWithFSType', requiresRepublish: false, seLinuxMount: false });
    return (out.volumeLifecycleModes?.length ?? 0) > 0 ? out : { ...out, volumeLifecycleModes: ['Persistent'] };
  }),
  'resource.v1.ExactDeviceRequest': (r) => { const out = fill(r, { allocationMode: 'ExactCount' }); return out.allocationMode === 'ExactCount' ? fillZero(out, { count: 1 }) : out; },
  'resource.v1.DeviceSubRequest': (r) => { const out = fill(r, { allocationMode: 'ExactCount' }); return out.allocationMode === 'ExactCount' ? fillZero(out, { count: 1 }) : out; },
  'apiregistration.v1.ServiceReference': (r) => fill(r, { port: 443 }),
  'flowcontrol.v1.FlowSchemaSpec': (s) => fillZero(s, { matchingPrecedence: 1000 }),
  'flowcontrol.v1.ExemptPriorityLevelConfiguration': (s) => fill(s, { nominalConcurrencyShares: 0, lendablePercent: 0 }),
  'flowcontrol.v1.LimitedPriorityLevelConfiguration': (s) => fill(s, { nominalConcurrencyShares: 30, lendablePercent: 0 }),
  'flowcontrol.v1.QueuingConfiguration': (s) => fillZero(s, { handSize: 8, queues: 64, queueLengthLimit: 50 }),
  'admissionregistration.v1.ValidatingWebhook': webhook,
  'admissionregistration.v1.MutatingWebhook': (w) => fill(webhook(w), { reinvocationPolicy: 'Never' }),
  'admissionregistration.v1.RuleWithOperations': (r) => fill(r, { scope: '*' }),
  'admissionregistration.v1.NamedRuleWithOperations': (r) => fill(r, { scope: '*' }),
  'admissionregistration.v1.ServiceReference': (r) => fill(r, { port: 443 }),
  'admissionregistration.v1.ValidatingAdmissionPolicySpec': (s) => fill(s, { failurePolicy: 'Fail' }),
  'admissionregistration.v1.MutatingAdmissionPolicySpec': (s) => fill(s, { failurePolicy: 'Fail' }),
  'admissionregistration.v1.MatchResources': (m) => fill(m, { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} }),
};
