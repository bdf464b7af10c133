/**
 * `kubectl describe` of Role, ClusterRole, their bindings, HorizontalPodAutoscaler, PodDisruptionBudget, PriorityClass.
 * Upstream: k8s.io/kubectl/pkg/describe/describe.go, pkg/util/rbac/rbac.go
 */
import { formatLabelSelector } from '../../apimachinery/labels.ts';
import { compareStrings } from '../../apimachinery/utf8.ts';
import type { Describer } from './describer.ts';
import { annotationsMultiline, describeEvents, labelsMultiline, none, rfc1123, sortedKeys, unset } from './writer.ts';
import type { Any, Writer } from './writer.ts';

export interface Row { readonly group: string; /** As the rule names it. */ readonly given: string; readonly resource: string; readonly urls: readonly string[]; readonly names: readonly string[]; readonly verbs: string[] }

/** One row per resource (and set of names), verbs gathered. Upstream: BreakdownRule, CompactRules, SortableRuleSlice. */
export function ruleRows(rules: readonly Any[]): Row[] {
  const out: Row[] = [];
  const add = (group: string, resource: string, names: readonly string[], verbs: readonly string[]): void => {
    const found = out.find((r) => r.urls.length === 0 && r.group === group && r.given === resource && r.names.join('\n') === names.join('\n'));
    const [base, sub] = resource.split('/');
    if (found === undefined) out.push({ group, given: resource, resource: `${base}${group === '' ? '' : `.${group}`}${sub === undefined ? '' : `/${sub}`}`, urls: [], names, verbs: [...verbs] });
    else for (const v of verbs) if (!found.verbs.includes(v)) found.verbs.push(v);
  };
  for (const rule of rules) {
    const names: string[] = rule.resourceNames ?? [];
    for (const group of rule.apiGroups ?? []) {
      for (const resource of rule.resources ?? []) {
        for (const name of names.length === 0 ? [''] : names) add(group, String(resource), name === '' ? [] : [name], rule.verbs ?? []);
      }
    }
    for (const url of rule.nonResourceURLs ?? []) for (const verb of rule.verbs ?? []) out.push({ group: '', given: '', resource: '', urls: [url], names: [], verbs: [verb] });
  }
  // The text that Go prints of the rule: verbs come first in it.
  const key = (r: Row): string => `[${r.verbs.join(' ')}],APIGroups:[${r.given === '' ? '' : r.group}],Resources:[${r.given}],ResourceNames:[${r.names.join(' ')}],NonResourceURLs:[${r.urls.join(' ')}],}`;
  return out.sort((a, b) => compareStrings(key(a), key(b)));
}
function rulesTable(w: Writer, rules: readonly Any[]): void {
  w.line(0, 'PolicyRule:');
  w.line(1, 'Resources\tNon-Resource URLs\tResource Names\tVerbs');
  w.line(1, '---------\t-----------------\t--------------\t-----');
  for (const r of ruleRows(rules)) w.line(1, `${r.resource}\t[${r.urls.join(' ')}]\t[${r.names.join(' ')}]\t[${r.verbs.join(' ')}]`);
}

const roleLike = (kind: string): Describer => ({
  kinds: [kind],
  events: 'never',
  write(w, o) {
    w.field(0, 'Name', o.metadata.name);
    labelsMultiline(w, 'Labels', o.metadata.labels);
    annotationsMultiline(w, 'Annotations', o.metadata.annotations);
    rulesTable(w, o['rules'] ?? []);
  },
});

export const role = roleLike('Role');
export const clusterRole = roleLike('ClusterRole');

export const roleBinding: Describer = {
  kinds: ['RoleBinding', 'ClusterRoleBinding'],
  events: 'never',
  write(w, o) {
    w.field(0, 'Name', o.metadata.name);
    labelsMultiline(w, 'Labels', o.metadata.labels);
    annotationsMultiline(w, 'Annotations', o.metadata.annotations);
    w.line(0, 'Role:');
    w.field(1, 'Kind', o['roleRef']?.kind ?? '');
    w.field(1, 'Name', o['roleRef']?.name ?? '');
    w.line(0, 'Subjects:');
    w.line(1, 'Kind\tName\tNamespace');
    w.line(1, '----\t----\t---------');
    for (const s of o['subjects'] ?? []) w.line(1, `${s.kind}\t${s.name}\t${s.namespace ?? ''}`);
  },
};

function metric(w: Writer, m: Any, current: Any): void {
  const shown = (v: unknown): string => (v === undefined ? '<unknown>' : String(v));
  switch (m.type) {
    case 'Resource': case 'ContainerResource': {
      const field = m.type === 'Resource' ? 'resource' : 'containerResource';
      const spec = m[field];
      const now = current?.[field]?.current;
      w.write(1, `resource ${spec.name}${m.type === 'Resource' ? '' : ` of container "${spec.container}"`} on pods`);
      if (spec.target?.averageValue !== undefined) w.write(0, `:\t${shown(now?.averageValue)} / ${spec.target.averageValue}\n`);
      else w.write(1, `(as a percentage of request):\t${now?.averageUtilization === undefined ? '<unknown>' : `${now.averageUtilization}% (${now.averageValue})`} / ${spec.target?.averageUtilization === undefined ? '<auto>' : `${spec.target.averageUtilization}%`}\n`);
      break;
    }
    case 'Pods': w.line(1, `"${m.pods.metric.name}" on pods:\t${shown(current?.pods?.current?.averageValue)} / ${m.pods.target.averageValue}`); break;
    case 'Object': {
      const average = m.object.target.type === 'AverageValue';
      w.line(1, `"${m.object.metric.name}" on ${m.object.describedObject.kind}/${m.object.describedObject.name} (target ${average ? 'average ' : ''}value):\t${shown(current?.object?.current?.[average ? 'averageValue' : 'value'])} / ${m.object.target[average ? 'averageValue' : 'value']}`);
      break;
    }
    case 'External': {
      const average = m.external.target.averageValue !== undefined;
      w.line(1, `"${m.external.metric.name}" (target ${average ? 'average ' : ''}value):\t${shown(current?.external?.current?.[average ? 'averageValue' : 'value'])} / ${m.external.target[average ? 'averageValue' : 'value']}`);
      break;
    }
    default: w.line(1, `<unknown metric type "${m.type}">`);
  }
}

function direction(w: Writer, title: string, rules: Any): void {
  if (rules === undefined) return;
  w.line(1, `${title}:`);
  if (rules.stabilizationWindowSeconds !== undefined) w.line(2, `Stabilization Window: ${rules.stabilizationWindowSeconds} seconds`);
  if ((rules.policies ?? []).length === 0) return;
  if (rules.selectPolicy !== undefined) w.line(2, `Select Policy: ${rules.selectPolicy}`);
  w.line(2, 'Policies:');
  for (const p of rules.policies) w.line(3, `- Type: ${p.type}\tValue: ${p.value}\tPeriod: ${p.periodSeconds} seconds`);
}

export const hpa: Describer = {
  kinds: ['HorizontalPodAutoscaler'],
  events: 'by-kind',
  write(w, o, { events }) {
    const spec = o.spec;
    w.field(0, 'Name', o.metadata.name);
    w.field(0, 'Namespace', o.metadata.namespace);
    labelsMultiline(w, 'Labels', o.metadata.labels);
    annotationsMultiline(w, 'Annotations', o.metadata.annotations);
    w.field(0, 'CreationTimestamp', rfc1123(o.metadata.creationTimestamp));
    w.field(0, 'Reference', `${spec.scaleTargetRef?.kind}/${spec.scaleTargetRef?.name}`);
    w.field(0, 'Metrics', '( current / target )');
    (spec.metrics ?? []).forEach((m: Any, i: number) => metric(w, m, o.status?.currentMetrics?.[i]));
    w.field(0, 'Min replicas', unset(spec.minReplicas));
    w.field(0, 'Max replicas', spec.maxReplicas);
    if (spec.behavior !== undefined) {
      w.line(0, 'Behavior:');
      direction(w, 'Scale Up', spec.behavior.scaleUp);
      direction(w, 'Scale Down', spec.behavior.scaleDown);
    }
    w.field(0, `${spec.scaleTargetRef?.kind} pods`, `${o.status?.currentReplicas ?? 0} current / ${o.status?.desiredReplicas ?? 0} desired`);
    const conditions: Any[] = o.status?.conditions ?? [];
    if (conditions.length > 0) {
      w.line(0, 'Conditions:');
      w.line(1, 'Type\tStatus\tReason\tMessage');
      w.line(1, '----\t------\t------\t-------');
      for (const c of conditions) w.line(1, `${c.type}\t${c.status}\t${c.reason ?? ''}\t${c.message ?? ''}`);
    }
    describeEvents(w, events);
  },
};

export const podDisruptionBudget: Describer = {
  kinds: ['PodDisruptionBudget'],
  events: 'by-kind',
  write(w, o, { events }) {
    w.field(0, 'Name', o.metadata.name);
    w.field(0, 'Namespace', o.metadata.namespace);
    if (o.spec?.minAvailable !== undefined) w.field(0, 'Min available', o.spec.minAvailable);
    else if (o.spec?.maxUnavailable !== undefined) w.field(0, 'Max unavailable', o.spec.maxUnavailable);
    w.field(0, 'Selector', o.spec?.selector === undefined ? '<unset>' : formatLabelSelector(o.spec.selector));
    w.line(0, 'Status:');
    w.field(2, 'Allowed disruptions', o.status?.disruptionsAllowed ?? 0);
    w.field(2, 'Current', o.status?.currentHealthy ?? 0);
    w.field(2, 'Desired', o.status?.desiredHealthy ?? 0);
    w.field(2, 'Total', o.status?.expectedPods ?? 0);
    describeEvents(w, events);
  },
};

export const priorityClass: Describer = {
  kinds: ['PriorityClass'],
  events: 'by-kind',
  write(w, o, { events }) {
    w.field(0, 'Name', o.metadata.name);
    w.field(0, 'Value', o['value'] ?? 0);
    w.field(0, 'GlobalDefault', String(o['globalDefault'] === true));
    w.field(0, 'PreemptionPolicy', o['preemptionPolicy'] ?? '');
    w.field(0, 'Description', o['description'] ?? '');
    w.field(0, 'Annotations', none(sortedKeys(o.metadata.annotations).map((key) => `${key}=${o.metadata.annotations![key]}`).join(',')));
    describeEvents(w, events);
  },
};
