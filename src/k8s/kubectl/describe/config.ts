/**
 * `kubectl describe` of ConfigMap, Secret, ServiceAccount, Namespace, ResourceQuota, LimitRange.
 * Upstream: k8s.io/kubectl/pkg/describe/describe.go
 */
import type { KubeObject } from '../../api/types.ts';
import { isZeroQuantity, quantity } from '../../apimachinery/quantity.ts';
import { compareStrings } from '../../apimachinery/utf8.ts';
import { base64Bytes, base64Text } from '../base64.ts';
import type { Describer } from './describer.ts';
import { annotationsMultiline, describeEvents, labelsMultiline, sortedKeys } from './writer.ts';
import type { Any, Writer } from './writer.ts';

export const configMap: Describer = {
  kinds: ['ConfigMap'],
  events: 'by-kind',
  write(w, o, { events }) {
    w.field(0, 'Name', o.metadata.name);
    w.field(0, 'Namespace', o.metadata.namespace);
    labelsMultiline(w, 'Labels', o.metadata.labels);
    annotationsMultiline(w, 'Annotations', o.metadata.annotations);
    w.write(0, '\nData\n====\n');
    for (const key of sortedKeys(o['data'])) w.write(0, `${key}:\n----\n${o['data'][key]}\n\n`);
    w.write(0, '\nBinaryData\n====\n');
    for (const key of sortedKeys(o['binaryData'])) w.write(0, `${key}: ${base64Bytes(o['binaryData'][key]).length} bytes\n`);
    w.write(0, '\n');
    describeEvents(w, events);
  },
};

export const secret: Describer = {
  kinds: ['Secret'],
  events: 'never',
  write(w, o) {
    w.field(0, 'Name', o.metadata.name);
    w.field(0, 'Namespace', o.metadata.namespace);
    labelsMultiline(w, 'Labels', o.metadata.labels);
    annotationsMultiline(w, 'Annotations', o.metadata.annotations);
    w.write(0, `\nType:\t${o['type'] ?? ''}\n`);
    w.write(0, '\nData\n====\n');
    for (const key of sortedKeys(o['data'])) {
      if (key === 'token' && o['type'] === 'kubernetes.io/service-account-token') w.field(0, key, base64Text(o['data'][key]));
      else w.line(0, `${key}:\t${base64Bytes(o['data'][key]).length} bytes`);
    }
  },
};

export const serviceAccount: Describer = {
  kinds: ['ServiceAccount'],
  events: 'by-kind',
  write(w, o, { events }) {
    w.field(0, 'Name', o.metadata.name);
    w.field(0, 'Namespace', o.metadata.namespace);
    labelsMultiline(w, 'Labels', o.metadata.labels);
    annotationsMultiline(w, 'Annotations', o.metadata.annotations);
    const pulls: Any[] = o['imagePullSecrets'] ?? [];
    if (pulls.length === 0) w.line(0, 'Image pull secrets:\t<none>');
    pulls.forEach((secret, i) => w.line(0, `${i === 0 ? 'Image pull secrets:' : '                   '}\t${secret.name}`));
    describeEvents(w, events);
  },
};

const SCOPES: Readonly<Record<string, string>> = {
  Terminating: 'Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.',
  NotTerminating: 'Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.',
  BestEffort: 'Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.',
  NotBestEffort: 'Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.',
};

function scopes(w: Writer, o: KubeObject, level: number, bullet: string): void {
  const list = [...(o.spec?.scopes ?? [])].sort(compareStrings);
  if (list.length === 0) return;
  w.field(level, 'Scopes', list.join(', '));
  for (const s of list) if (SCOPES[s] !== undefined) w.line(level, `${bullet}${SCOPES[s]}`);
}

export const resourceQuota: Describer = {
  kinds: ['ResourceQuota'],
  events: 'never',
  write(w, o) {
    w.field(0, 'Name', o.metadata.name);
    w.field(0, 'Namespace', o.metadata.namespace);
    scopes(w, o, 0, ' * ');
    w.line(0, 'Resource\tUsed\tHard');
    w.line(0, '--------\t----\t----');
    for (const name of sortedKeys(o.status?.hard)) w.line(0, `${name}\t${o.status.used?.[name] ?? '0'}\t${o.status.hard[name]}`);
  },
};

const LIMIT_HEADER = 'Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio';
const LIMIT_RULE = '----\t--------\t---\t---\t---------------\t-------------\t-----------------------';

function limits(w: Writer, o: KubeObject, prefix: string): void {
  for (const item of o.spec?.limits ?? []) {
    const names = new Set<string>();
    for (const field of ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio']) for (const name of Object.keys(item[field] ?? {})) names.add(name);
    for (const name of [...names].sort(compareStrings)) {
      const cell = (field: string): string => { const v = item[field]?.[name]; return v === undefined || (field !== 'min' && field !== 'max' && isZeroQuantity(quantity(v))) ? '-' : String(v); };
      w.line(0, `${prefix}${item.type}\t${name}\t${cell('min')}\t${cell('max')}\t${cell('defaultRequest')}\t${cell('default')}\t${cell('maxLimitRequestRatio')}`);
    }
  }
}

export const limitRange: Describer = {
  kinds: ['LimitRange'],
  events: 'never',
  write(w, o) {
    w.field(0, 'Name', o.metadata.name);
    w.field(0, 'Namespace', o.metadata.namespace);
    w.line(0, LIMIT_HEADER);
    w.line(0, LIMIT_RULE);
    limits(w, o, '');
  },
};

export const namespace: Describer = {
  kinds: ['Namespace'],
  events: 'never',
  *fetch(k, o) {
    const quotas = yield* k.list({ group: '', version: 'v1', resource: 'resourcequotas' }, o.metadata.name);
    const ranges = yield* k.list({ group: '', version: 'v1', resource: 'limitranges' }, o.metadata.name);
    return { quotas, ranges };
  },
  write(w, o, { extra }) {
    w.field(0, 'Name', o.metadata.name);
    labelsMultiline(w, 'Labels', o.metadata.labels);
    annotationsMultiline(w, 'Annotations', o.metadata.annotations);
    w.field(0, 'Status', o.status?.phase ?? '');
    const conditions: Any[] = o.status?.conditions ?? [];
    if (conditions.length > 0) {
      w.line(0, 'Conditions:');
      w.line(1, 'Type\tStatus\tLastTransitionTime\tReason\tMessage');
      w.line(1, '----\t------\t------------------\t------\t-------');
      for (const c of conditions) w.line(1, `${c.type}\t${c.status}\t${c.lastTransitionTime ?? ''}\t${c.reason ?? ''}\t${c.message ?? ''}`);
    }
    w.line(0, '');
    if (extra.quotas.length === 0) w.line(0, 'No resource quota.');
    else {
      w.line(0, 'Resource Quotas');
      for (const q of [...extra.quotas].sort((a: KubeObject, b: KubeObject) => compareStrings(a.metadata.name, b.metadata.name))) {
        w.field(1, 'Name', q.metadata.name);
        scopes(w, q, 1, '* ');
        w.line(1, 'Resource\tUsed\tHard');
        w.line(1, '--------\t---\t---');
        for (const name of sortedKeys(q.status?.hard)) w.line(1, `${name}\t${q.status.used?.[name] ?? '0'}\t${q.status.hard[name]}`);
      }
    }
    w.line(0, '');
    if (extra.ranges.length === 0) w.line(0, 'No LimitRange resource.');
    else {
      w.line(0, `Resource Limits\n ${LIMIT_HEADER}`);
      w.line(0, ` ${LIMIT_RULE}`);
      for (const r of extra.ranges) limits(w, r, ' ');
    }
  },
};

