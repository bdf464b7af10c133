/**
 * `kubectl describe` of Deployment, ReplicaSet, ReplicationController, StatefulSet, DaemonSet, Job, CronJob.
 * Upstream: k8s.io/kubectl/pkg/describe/describe.go
 */
import type { KubeObject } from '../../api/types.ts';
import { humanDuration } from '../../apimachinery/duration.ts';
import { formatLabelSelector, selectorOf, selectorText } from '../../apimachinery/labels.ts';
import { parseTime } from '../../apimachinery/time.ts';
import type { Program } from '../../../sim/program.ts';
import type { Session } from '../session.ts';
import type { Describer } from './describer.ts';
import { describePodTemplate } from './pod-template.ts';
import { replicaSetsOf, splitReplicaSets } from './replica-sets.ts';
import { annotationsMultiline, boolOrUnset, controllerText, describeEvents, labelsMultiline, rfc1123, sortedKeys, unset } from './writer.ts';
import type { Any, Writer } from './writer.ts';

const PODS = { group: '', version: 'v1', resource: 'pods' };

interface PodCounts { readonly running: number; readonly waiting: number; readonly succeeded: number; readonly failed: number }

function* podCounts(k: Session, o: KubeObject): Program<PodCounts> {
  const spec = o.spec.selector;
  const selector = o.kind === 'ReplicationController' ? sortedKeys(spec).map((key) => `${key}=${spec[key]}`).join(',') : selectorText(selectorOf(spec).value ?? []);
  const pods = yield* k.list(PODS, o.metadata.namespace, { labelSelector: selector });
  const counts = { running: 0, waiting: 0, succeeded: 0, failed: 0 };
  for (const pod of pods) {
    const owner = (pod.metadata.ownerReferences ?? []).find((r) => r.controller === true);
    if (owner?.uid !== o.metadata.uid) continue;
    switch (pod.status?.phase) {
      case 'Running': counts.running++; break;
      case 'Pending': counts.waiting++; break;
      case 'Succeeded': counts.succeeded++; break;
      case 'Failed': counts.failed++; break;
      default: break;
    }
  }
  return counts;
}

const countsText = (c: PodCounts): string => `${c.running} Running / ${c.waiting} Waiting / ${c.succeeded} Succeeded / ${c.failed} Failed`;

function conditions(w: Writer, list: readonly Any[] | undefined): void {
  if ((list ?? []).length === 0) return;
  w.line(0, 'Conditions:\n  Type\tStatus\tReason');
  w.line(1, '----\t------\t------');
  for (const c of list!) w.line(1, `${c.type} \t${c.status}\t${c.reason ?? ''}`);
}

const setText = (labels: Readonly<Record<string, string>> | undefined): string => sortedKeys(labels).map((key) => `${key}=${labels![key]}`).join(',') || '<none>';

export const deployment: Describer = {
  kinds: ['Deployment'],
  events: 'by-kind',
  *fetch(k, o) { return yield* replicaSetsOf(k, o); },
  write(w, o, { events, extra }) {
    const status = o.status ?? {};
    w.field(0, 'Name', o.metadata.name);
    w.field(0, 'Namespace', o.metadata.namespace);
    w.field(0, 'CreationTimestamp', rfc1123(o.metadata.creationTimestamp));
    labelsMultiline(w, 'Labels', o.metadata.labels);
    annotationsMultiline(w, 'Annotations', o.metadata.annotations);
    w.field(0, 'Selector', selectorText(selectorOf(o.spec.selector).value ?? []));
    w.field(0, 'Replicas', `${o.spec.replicas ?? 0} desired | ${status.updatedReplicas ?? 0} updated | ${status.replicas ?? 0} total | ${status.availableReplicas ?? 0} available | ${status.unavailableReplicas ?? 0} unavailable`);
    w.field(0, 'StrategyType', o.spec.strategy?.type ?? '');
    w.field(0, 'MinReadySeconds', o.spec.minReadySeconds ?? 0);
    const rolling = o.spec.strategy?.rollingUpdate;
    if (rolling !== undefined) w.field(0, 'RollingUpdateStrategy', `${rolling.maxUnavailable} max unavailable, ${rolling.maxSurge} max surge`);
    describePodTemplate(w, o.spec.template);
    conditions(w, status.conditions);
    if (extra !== undefined) {
      const { old, current } = splitReplicaSets(o, extra);
      const text = (sets: readonly KubeObject[]): string => sets.map((rs) => `${rs.metadata.name} (${rs.status?.replicas ?? 0}/${rs.spec.replicas ?? 0} replicas created)`).join(', ') || '<none>';
      w.field(0, 'OldReplicaSets', text(old));
      w.field(0, 'NewReplicaSet', text(current === undefined ? [] : [current]));
    }
    describeEvents(w, events);
  },
};

export const replicaSet: Describer = {
  kinds: ['ReplicaSet', 'ReplicationController'],
  events: 'by-kind',
  fetch: podCounts,
  write(w, o, { events, extra }) {
    w.field(0, 'Name', o.metadata.name);
    w.field(0, 'Namespace', o.metadata.namespace);
    w.field(0, 'Selector', o.kind === 'ReplicaSet' ? formatLabelSelector(o.spec.selector) : setText(o.spec.selector));
    labelsMultiline(w, 'Labels', o.metadata.labels);
    annotationsMultiline(w, 'Annotations', o.metadata.annotations);
    const controller = controllerText(o);
    if (controller !== '' && o.kind === 'ReplicaSet') w.field(0, 'Controlled By', controller);
    w.field(0, 'Replicas', `${o.status?.replicas ?? 0} current / ${o.spec.replicas ?? 0} desired`);
    w.field(0, 'Pods Status', countsText(extra));
    describePodTemplate(w, o.spec.template);
    conditions(w, o.status?.conditions);
    describeEvents(w, events);
  },
};

export const statefulSet: Describer = {
  kinds: ['StatefulSet'],
  events: 'by-kind',
  fetch: podCounts,
  write(w, o, { events, extra }) {
    w.field(0, 'Name', o.metadata.name);
    w.field(0, 'Namespace', o.metadata.namespace);
    w.field(0, 'CreationTimestamp', rfc1123(o.metadata.creationTimestamp));
    w.field(0, 'Selector', selectorText(selectorOf(o.spec.selector).value ?? []));
    labelsMultiline(w, 'Labels', o.metadata.labels);
    annotationsMultiline(w, 'Annotations', o.metadata.annotations);
    w.field(0, 'Replicas', `${o.spec.replicas ?? 0} desired | ${o.status?.replicas ?? 0} total`);
    w.field(0, 'Update Strategy', o.spec.updateStrategy?.type ?? '');
    const rolling = o.spec.updateStrategy?.rollingUpdate;
    if (rolling !== undefined) {
      if (rolling.partition !== undefined) w.field(1, 'Partition', rolling.partition);
      if (rolling.maxUnavailable !== undefined) w.field(1, 'MaxUnavailable', rolling.maxUnavailable);
    }
    w.field(0, 'Pods Status', countsText(extra));
    describePodTemplate(w, o.spec.template);
    claimTemplates(w, o.spec.volumeClaimTemplates ?? []);
    describeEvents(w, events);
  },
};

function claimTemplates(w: Writer, templates: readonly Any[]): void {
  if (templates.length === 0) { w.field(0, 'Volume Claims', '<none>'); return; }
  w.line(0, 'Volume Claims:');
  for (const t of templates) {
    w.field(1, 'Name', t.metadata.name);
    w.field(1, 'StorageClass', t.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? t.spec.storageClassName ?? '');
    labelsMultiline(w, 'Labels', t.metadata.labels, '  ', '\t');
    labelsMultiline(w, 'Annotations', t.metadata.annotations, '  ', '\t');
    w.field(1, 'Capacity', t.spec.resources?.requests?.storage ?? '<default>');
    w.field(1, 'Access Modes', `[${(t.spec.accessModes ?? []).join(' ')}]`);
  }
}

export const daemonSet: Describer = {
  kinds: ['DaemonSet'],
  events: 'by-kind',
  fetch: podCounts,
  write(w, o, { events, extra }) {
    const s = o.status ?? {};
    w.field(0, 'Name', o.metadata.name);
    w.field(0, 'Namespace', o.metadata.namespace);
    w.field(0, 'Selector', selectorText(selectorOf(o.spec.selector).value ?? []));
    w.field(0, 'Node-Selector', setText(o.spec.template?.spec?.nodeSelector));
    labelsMultiline(w, 'Labels', o.metadata.labels);
    annotationsMultiline(w, 'Annotations', o.metadata.annotations);
    w.line(0, `Desired Number of Nodes Scheduled: ${s.desiredNumberScheduled ?? 0}`);
    w.line(0, `Current Number of Nodes Scheduled: ${s.currentNumberScheduled ?? 0}`);
    w.line(0, `Number of Nodes Scheduled with Up-to-date Pods: ${s.updatedNumberScheduled ?? 0}`);
    w.line(0, `Number of Nodes Scheduled with Available Pods: ${s.numberAvailable ?? 0}`);
    w.line(0, `Number of Nodes Misscheduled: ${s.numberMisscheduled ?? 0}`);
    w.field(0, 'Pods Status', countsText(extra));
    describePodTemplate(w, o.spec.template);
    describeEvents(w, events);
  },
};

export const job: Describer = {
  kinds: ['Job'],
  events: 'by-kind',
  write(w, o, { events }) {
    const spec = o.spec;
    const s = o.status ?? {};
    w.field(0, 'Name', o.metadata.name);
    w.field(0, 'Namespace', o.metadata.namespace);
    w.field(0, 'Selector', selectorText(selectorOf(spec.selector).value ?? []));
    labelsMultiline(w, 'Labels', o.metadata.labels);
    annotationsMultiline(w, 'Annotations', o.metadata.annotations);
    const controller = controllerText(o);
    if (controller !== '') w.field(0, 'Controlled By', controller);
    if (spec.parallelism !== undefined) w.field(0, 'Parallelism', spec.parallelism);
    w.field(0, 'Completions', unset(spec.completions));
    if (spec.completionMode !== undefined) w.field(0, 'Completion Mode', spec.completionMode);
    if (spec.suspend !== undefined) w.field(0, 'Suspend', String(spec.suspend));
    if (spec.backoffLimit !== undefined) w.field(0, 'Backoff Limit', spec.backoffLimit);
    if (spec.ttlSecondsAfterFinished !== undefined) w.field(0, 'TTL Seconds After Finished', spec.ttlSecondsAfterFinished);
    if (s.startTime) w.field(0, 'Start Time', rfc1123(s.startTime));
    if (s.completionTime) w.field(0, 'Completed At', rfc1123(s.completionTime));
    const start = parseTime(s.startTime);
    const end = parseTime(s.completionTime);
    if (start !== undefined && end !== undefined) w.field(0, 'Duration', humanDuration(end - start));
    if (spec.activeDeadlineSeconds !== undefined) w.field(0, 'Active Deadline Seconds', `${spec.activeDeadlineSeconds}s`);
    const ready = s.ready === undefined ? '' : ` (${s.ready} Ready)`;
    w.field(0, 'Pods Statuses', `${s.active ?? 0} Active${ready} / ${s.succeeded ?? 0} Succeeded / ${s.failed ?? 0} Failed`);
    if (spec.completionMode === 'Indexed') w.field(0, 'Completed Indexes', indexes(s.completedIndexes ?? ''));
    describePodTemplate(w, spec.template);
    describeEvents(w, events);
  },
};

function indexes(text: string): string {
  if (text === '') return '<none>';
  const comma = text.indexOf(',', 50);
  return comma < 0 ? text : `${text.slice(0, comma + 1)}...`;
}

export const cronJob: Describer = {
  kinds: ['CronJob'],
  events: 'by-kind',
  write(w, o, { events }) {
    const spec = o.spec;
    w.field(0, 'Name', o.metadata.name);
    w.field(0, 'Namespace', o.metadata.namespace);
    labelsMultiline(w, 'Labels', o.metadata.labels);
    annotationsMultiline(w, 'Annotations', o.metadata.annotations);
    w.field(0, 'Schedule', spec.schedule);
    w.field(0, 'Concurrency Policy', spec.concurrencyPolicy ?? '');
    w.field(0, 'Suspend', boolOrUnset(spec.suspend));
    w.field(0, 'Time Zone', unset(spec.timeZone));
    w.field(0, 'Successful Job History Limit', unset(spec.successfulJobsHistoryLimit));
    w.field(0, 'Failed Job History Limit', unset(spec.failedJobsHistoryLimit));
    w.field(0, 'Starting Deadline Seconds', spec.startingDeadlineSeconds === undefined ? '<unset>' : `${spec.startingDeadlineSeconds}s`);
    const t = spec.jobTemplate?.spec ?? {};
    w.field(0, 'Selector', t.selector === undefined ? '<unset>' : selectorText(selectorOf(t.selector).value ?? []));
    w.field(0, 'Parallelism', unset(t.parallelism));
    w.field(0, 'Completions', unset(t.completions));
    if (t.activeDeadlineSeconds !== undefined) w.field(0, 'Active Deadline Seconds', `${t.activeDeadlineSeconds}s`);
    describePodTemplate(w, t.template);
    w.field(0, 'Last Schedule Time', o.status?.lastScheduleTime === undefined ? '<unset>' : rfc1123(o.status.lastScheduleTime));
    const active: Any[] = o.status?.active ?? [];
    w.field(0, 'Active Jobs', active.map((a) => a.name).join(', ') || '<none>');
    describeEvents(w, events);
  },
};

