/**
 * Strategies of apps, batch and autoscaling.
 * Upstream: pkg/registry/{apps,batch,autoscaling}/<kind>/strategy.go
 */
import type { KubeObject } from '../../api/types.ts';
import { semanticEqual } from '../../apimachinery/change.ts';
import { autoscalerFromV2, autoscalerToV2 } from './autoscaler-conversion.ts';
import { createJob } from './job-selector.ts';
import { createSpecKind, SPEC_STATUS, statusKeepsSpec, statusKeepsSpecAndLabels, updateSpecKind, withFields, withMeta } from './strategy.ts';
import type { Strategy } from './strategy.ts';

const RESET = { '': ['status'], status: ['spec'] };

const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';
const createDaemonSet = createSpecKind({ currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 });

/** templateGeneration counts the template's changes alone. */
function daemonSetUpdate(next: KubeObject, old: KubeObject): KubeObject {
  const template = !semanticEqual(next['spec']?.template, old['spec']?.template);
  const count = Number(old.metadata.annotations?.[TEMPLATE_GENERATION] ?? 1) + (template ? 1 : 0);
  const out = withMeta(withFields(next, { status: old['status'] }), { annotations: { ...next.metadata.annotations, [TEMPLATE_GENERATION]: String(count) } });
  return semanticEqual(next['spec'], old['spec']) ? out : withMeta(out, { generation: (old.metadata.generation ?? 0) + 1 });
}

export const APPS: Readonly<Record<string, Strategy>> = {
  'apps/deployments': {
    prepareForCreate: createSpecKind(), prepareForUpdate: updateSpecKind(true), subresources: { status: statusKeepsSpecAndLabels },
    resetFields: { '': ['status'], status: ['spec', 'metadata.labels'] },
  },
  'apps/replicasets': {
    ...SPEC_STATUS, prepareForCreate: createSpecKind({ replicas: 0 }),
    selectable: ['status.replicas'], fields: (o) => ({ 'status.replicas': String(o['status']?.replicas ?? 0) }),
  },
  'apps/statefulsets': { ...SPEC_STATUS, prepareForCreate: createSpecKind({ replicas: 0, availableReplicas: 0 }) },
  'apps/daemonsets': {
    prepareForCreate: (o) => withMeta(createDaemonSet(o), { annotations: { ...o.metadata.annotations, [TEMPLATE_GENERATION]: o.metadata.annotations?.[TEMPLATE_GENERATION] ?? '1' } }),
    prepareForUpdate: daemonSetUpdate, subresources: { status: statusKeepsSpec }, resetFields: RESET,
  },
  'apps/controllerrevisions': {},
  'batch/jobs': {
    ...SPEC_STATUS, prepareForCreate: createJob, selectable: ['status.successful'], fields: (o) => ({ 'status.successful': String(o['status']?.succeeded ?? 0) }),
  },
  'batch/cronjobs': SPEC_STATUS,
  'autoscaling/horizontalpodautoscalers': {
    prepareForCreate: (o) => withFields(o, { status: { desiredReplicas: 0, currentMetrics: null } }),
    prepareForUpdate: (next, old) => withFields(next, { status: old['status'] }), subresources: { status: statusKeepsSpec }, resetFields: RESET,
    conversion: { 'autoscaling/v1': { toStored: autoscalerToV2, fromStored: autoscalerFromV2 } },
  },
};
