/**
 * Events, written as core/v1 or as events.k8s.io/v1. Objects arrive in the form of the version that was asked for.
 * Upstream: pkg/apis/core/validation/events.go
 * Left out: nothing.
 */
import type { FieldError } from '../../apimachinery/field-error.ts';
import { invalid, path, required } from '../../apimachinery/field-error.ts';
import { isDNS1123Subdomain, isQualifiedName, nameIsDNSSubdomain } from '../../apimachinery/validation-strings.ts';
import { utf8Length } from '../../apimachinery/utf8.ts';
import { complain, has, type Errs, type Obj } from './field-checks.ts';
import { jsonEqual, toInternal } from './internal-form.ts';
import { immutableField, validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts';

/** The internal event, whichever version it came in. */
function normal(e: Obj): Obj {
  if (e.apiVersion === 'v1') return { ...e, firstTimestamp: e.firstTimestamp, reportingController: e.reportingComponent };
  return {
    metadata: e.metadata, eventTime: e.eventTime, series: e.series, reportingController: e.reportingController, reportingInstance: e.reportingInstance, action: e.action,
    reason: e.reason, involvedObject: e.regarding, related: e.related, message: e.note, type: e.type, source: e.deprecatedSource,
    firstTimestamp: e.deprecatedFirstTimestamp, lastTimestamp: e.deprecatedLastTimestamp, count: e.deprecatedCount,
  };
}

function atMost(errs: Errs, value: string, limit: number, field: string): void {
  if (utf8Length(value) > limit) errs.push(invalid(path(field), '', `can have at most ${limit} characters`));
}

function legacy(errs: Errs, e: Obj, core: boolean): void {
  const ns: string = e.metadata.namespace ?? '';
  const involved: string = e.involvedObject?.namespace ?? '';
  const mismatch = (): void => { errs.push(invalid(path('involvedObject', 'namespace'), involved, 'does not match event.namespace')); };
  if (!has(e.eventTime)) {
    if (involved === '' ? ns !== '' && ns !== 'default' : ns !== involved) mismatch();
  } else {
    if (involved === '' && ns !== 'default' && ns !== 'kube-system') mismatch();
    const controller: string = e.reportingController ?? '';
    const field = core ? 'reportingComponent' : 'reportingController';
    if (controller === '') errs.push(required(path(field), ''));
    complain(errs, path(field), controller, isQualifiedName(controller));
    if (!e.reportingInstance) errs.push(required(path('reportingInstance'), ''));
    atMost(errs, e.reportingInstance ?? '', 128, 'reportingInstance');
    if (!e.action) errs.push(required(path('action'), ''));
    atMost(errs, e.action ?? '', 128, 'action');
    if (!e.reason) errs.push(required(path('reason'), ''));
    atMost(errs, e.reason ?? '', 128, 'reason');
    atMost(errs, e.message ?? '', 1024, 'message');
  }
  complain(errs, path('namespace'), ns, isDNS1123Subdomain(ns));
}

function series(errs: Errs, e: Obj): void {
  if (!has(e.series)) return;
  if ((e.series.count ?? 0) < 2) errs.push(invalid(path('series.count'), '', 'should be at least 2'));
  if (!has(e.series.lastObservedTime)) errs.push(required(path('series.lastObservedTime'), ''));
}

export function validateCreate(event: Obj): FieldError[] {
  const errs: FieldError[] = [];
  const core = event.apiVersion === 'v1';
  const e = normal(event);
  legacy(errs, e, core);
  if (core) return errs;
  validateObjectMeta(errs, e.metadata, true, nameIsDNSSubdomain);
  series(errs, e);
  if (!has(e.eventTime)) errs.push(required(path('eventTime'), ''));
  if (e.type !== 'Normal' && e.type !== 'Warning') errs.push(invalid(path('type'), '', `has invalid value: ${e.type ?? ''}`));
  const unset = (field: string, set: boolean): void => { if (set) errs.push(invalid(path(field), '', 'needs to be unset')); };
  unset('firstTimestamp', has(e.firstTimestamp));
  unset('lastTimestamp', has(e.lastTimestamp));
  unset('count', (e.count ?? 0) !== 0);
  unset('source', Boolean(e.source?.component) || Boolean(e.source?.host));
  return errs;
}

export function validateUpdate(event: Obj, oldEvent: Obj): FieldError[] {
  const errs: FieldError[] = [];
  const core = event.apiVersion === 'v1';
  const e = normal(event); const old = normal(oldEvent);
  legacy(errs, e, core);
  if (core) return errs;
  validateObjectMetaUpdate(errs, e.metadata, old.metadata);
  if (!jsonEqual(e.series, old.series)) series(errs, e);
  const text = (f: string): void => immutableField(errs, e[f] ?? '', old[f] ?? '', path(f));
  const plain = (f: string, shown: Obj): void => immutableField(errs, e[f], old[f], path(f), shown);
  plain('involvedObject', toInternal('ObjectReference', e.involvedObject ?? {}));
  text('reason'); text('message');
  plain('source', toInternal('EventSource', e.source ?? {}));
  plain('firstTimestamp', e.firstTimestamp ?? null); plain('lastTimestamp', e.lastTimestamp ?? null);
  plain('count', e.count ?? 0);
  text('reason'); text('type');
  plain('eventTime', e.eventTime ?? null);
  text('action');
  plain('related', has(e.related) ? toInternal('ObjectReference', e.related) : null);
  text('reportingController'); text('reportingInstance');
  return errs;
}
