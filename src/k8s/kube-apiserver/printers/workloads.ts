/**
 * Rows of apps, batch, autoscaling and policy.
 * Upstream: pkg/printers/internalversion/printers.go
 */
import { humanDuration } from '../../apimachinery/duration.ts';
import { formatLabelSelector } from '../../apimachinery/labels.ts';
import { parseTime } from '../../apimachinery/time.ts';
import type { Printer } from './printer.ts';
import { age, images, labelsText, names, since } from './text.ts';

/* eslint-disable @typescript-eslint/no-explicit-any */
type Any = any;

const template = (o: Any): Any[] | undefined => o.spec?.template?.spec?.containers;

const printJob: Printer = (o, now) => {
  const spec = (o['spec'] ?? {}) as Any;
  const s = (o['status'] ?? {}) as Any;
  const done = s.succeeded ?? 0;
  const completions = spec.completions !== undefined ? `${done}/${spec.completions}` : (spec.parallelism ?? 0) > 1 ? `${done}/1 of ${spec.parallelism}` : `${done}/1`;
  const start = parseTime(s.startTime);
  const duration = start === undefined ? '' : humanDuration((parseTime(s.completionTime) ?? now) - start);
  const has = (type: string): boolean => (s.conditions ?? []).some((c: Any) => c.type === type && c.status === 'True');
  const status = has('Complete') ? 'Complete' : has('Failed') ? 'Failed' : o.metadata.deletionTimestamp !== undefined ? 'Terminating' : has('Suspended') ? 'Suspended'
    : has('FailureTarget') ? 'FailureTarget' : has('SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running';
  return [o.metadata.name, status, completions, duration, age(o, now), names(template(o)), images(template(o)), formatLabelSelector(spec.selector)];
};

function metricsText(o: Any): string {
  const metrics = (o.spec?.metrics ?? []) as Any[];
  if (metrics.length === 0) return '<none>';
  const list: string[] = [];
  metrics.slice(0, 2).forEach((m, i) => {
    const now = o.status?.currentMetrics?.[i];
    if (m.type === 'Resource' || m.type === 'ContainerResource') {
      const of = m.type === 'Resource' ? m.resource : m.containerResource;
      const current = m.type === 'Resource' ? now?.resource?.current : now?.containerResource?.current;
      if (of?.target?.averageValue) list.push(`${of.name}: ${current?.averageValue ?? '<unknown>'}/${of.target.averageValue}`);
      else list.push(`${of?.name}: ${current?.averageUtilization !== undefined ? current.averageUtilization + '%' : '<unknown>'}/${of?.target?.averageUtilization !== undefined ? of.target.averageUtilization + '%' : '<auto>'}`);
    } else list.push('<unknown type>');
  });
  const text = list.join(', ');
  return metrics.length > 2 ? `${text} + ${metrics.length - 2} more...` : text;
}

const printAutoscaler: Printer = (o, now) => {
  const s = o['spec'] as Any;
  const targets = o.apiVersion === 'autoscaling/v1'
    ? `cpu: ${o['status']?.currentCPUUtilizationPercentage !== undefined ? o['status'].currentCPUUtilizationPercentage + '%' : '<unknown>'}/${s?.targetCPUUtilizationPercentage !== undefined ? s.targetCPUUtilizationPercentage + '%' : '<auto>'}`
    : metricsText(o);
  return [o.metadata.name, `${s?.scaleTargetRef?.kind}/${s?.scaleTargetRef?.name}`, targets, s?.minReplicas === undefined ? '<unset>' : String(s.minReplicas), s?.maxReplicas ?? 0, o['status']?.currentReplicas ?? 0, age(o, now)];
};

export const WORKLOAD_PRINTERS: Readonly<Record<string, Printer>> = {
  'apps/deployments': (o, now) => {
    const s = (o['status'] ?? {}) as Any;
    return [o.metadata.name, `${s.readyReplicas ?? 0}/${o['spec']?.replicas ?? 0}`, s.updatedReplicas ?? 0, s.availableReplicas ?? 0, age(o, now), names(template(o)), images(template(o)), formatLabelSelector(o['spec']?.selector)];
  },
  'apps/replicasets': (o, now) => {
    const s = (o['status'] ?? {}) as Any;
    return [o.metadata.name, o['spec']?.replicas ?? 0, s.replicas ?? 0, s.readyReplicas ?? 0, age(o, now), names(template(o)), images(template(o)), formatLabelSelector(o['spec']?.selector)];
  },
  'apps/statefulsets': (o, now) => [o.metadata.name, `${o['status']?.readyReplicas ?? 0}/${o['spec']?.replicas ?? 0}`, age(o, now), names(template(o)), images(template(o))],
  'apps/daemonsets': (o, now) => {
    const s = (o['status'] ?? {}) as Any;
    return [o.metadata.name, s.desiredNumberScheduled ?? 0, s.currentNumberScheduled ?? 0, s.numberReady ?? 0, s.updatedNumberScheduled ?? 0, s.numberAvailable ?? 0,
      labelsText(o['spec']?.template?.spec?.nodeSelector), age(o, now), names(template(o)), images(template(o)), formatLabelSelector(o['spec']?.selector)];
  },
  'apps/controllerrevisions': (o, now) => {
    const owner = o.metadata.ownerReferences?.find((r) => r.controller);
    const lower = (t: string): string => t.replace(/[A-Z]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 32));
    const group = owner?.apiVersion.includes('/') ? '.' + owner.apiVersion.split('/')[0] : '';
    return [o.metadata.name, owner === undefined ? '<none>' : `${lower(owner.kind)}${group}/${owner.name}`, o['revision'] ?? 0, age(o, now)];
  },
  'batch/jobs': printJob,
  'batch/cronjobs': (o, now) => {
    const s = (o['spec'] ?? {}) as Any;
    const c = s.jobTemplate?.spec?.template?.spec?.containers;
    return [o.metadata.name, s.schedule ?? '', s.timeZone ?? '<none>', s.suspend === true ? 'True' : s.suspend === false ? 'False' : '<unset>', (o['status']?.active ?? []).length,
      o['status']?.lastScheduleTime ? since(o['status'].lastScheduleTime, now) : '<none>', age(o, now), names(c), images(c), formatLabelSelector(s.jobTemplate?.spec?.selector)];
  },
  'autoscaling/horizontalpodautoscalers': printAutoscaler,
  'policy/poddisruptionbudgets': (o, now) => [o.metadata.name, String(o['spec']?.minAvailable ?? 'N/A'), String(o['spec']?.maxUnavailable ?? 'N/A'), o['status']?.disruptionsAllowed ?? 0, age(o, now)],
};
