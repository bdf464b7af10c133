/**
 * Priority: writes a pod's priority and preemption policy from its PriorityClass; only one class may be the default.
 * Upstream: plugin/pkg/admission/priority/admission.go
 */
import type { KubeObject } from '../../api/types.ts';
import { withFields } from '../registry/strategy.ts';
import { listObjects } from '../state.ts';
import type { State } from '../state.ts';
import { forbid, isPods } from './forbidden.ts';
import type { Plugin } from './plugin.ts';

function defaultClass(state: State): KubeObject | undefined {
  let found: KubeObject | undefined;
  for (const c of listObjects(state, '/registry/priorityclasses/')) {
    if (c['globalDefault'] === true && (found === undefined || (c['value'] ?? 0) < (found['value'] ?? 0))) found = c;
  }
  return found;
}

export const priority: Plugin = {
  name: 'Priority',
  handles: ['CREATE', 'UPDATE'],
  admit(a) {
    if (!isPods(a) || a.subresource !== '') return undefined;
    const pod = a.object!;
    const spec = pod['spec'];
    if (a.operation === 'UPDATE') {
      const old = a.old?.['spec'];
      const next: Record<string, unknown> = {};
      if (spec?.priority === undefined && old?.priority !== undefined) next['priority'] = old.priority;
      if (spec?.preemptionPolicy === undefined && old?.preemptionPolicy !== undefined) next['preemptionPolicy'] = old.preemptionPolicy;
      return Object.keys(next).length === 0 ? undefined : withFields(pod, { spec: { ...spec, ...next } });
    }
    const asked = spec?.priorityClassName as string | undefined;
    let chosen: KubeObject | undefined;
    if (asked) {
      chosen = a.state.objects.get('/registry/priorityclasses/' + asked);
      if (chosen === undefined) return forbid(a, `no PriorityClass with name ${asked} was found`);
    } else chosen = defaultClass(a.state);
    const value = (chosen?.['value'] as number | undefined) ?? 0;
    const policy = (chosen?.['preemptionPolicy'] as string | undefined) ?? 'PreemptLowerPriority';
    if (spec?.priority !== undefined && spec.priority !== value) {
      return forbid(a, `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`);
    }
    if (spec?.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy) {
      return forbid(a, `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`);
    }
    return withFields(pod, { spec: { ...spec, ...(chosen === undefined ? {} : { priorityClassName: chosen.metadata.name }), priority: value, preemptionPolicy: policy } });
  },
  validate(a) {
    if (a.resource.resource !== 'priorityclasses' || a.subresource !== '' || a.object?.['globalDefault'] !== true) return undefined;
    const other = defaultClass(a.state);
    if (other === undefined || (a.operation === 'UPDATE' && other.metadata.name === a.object.metadata.name)) return undefined;
    return forbid(a, `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`);
  },
};
