/**
 * Events: one stored form, served by the core group and by events.k8s.io.
 * Upstream: pkg/registry/core/event/strategy.go, pkg/apis/events/v1/conversion.go
 */
import type { KubeObject } from '../../api/types.ts';
import type { Strategy } from './strategy.ts';

const RENAMED: readonly (readonly [core: string, events: string])[] = [
  ['involvedObject', 'regarding'], ['message', 'note'], ['source', 'deprecatedSource'], ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'], ['count', 'deprecatedCount'], ['reportingComponent', 'reportingController'],
];
const TO_CORE: Readonly<Record<string, string>> = Object.fromEntries(RENAMED.map(([core, events]) => [events, core]));
const TO_EVENTS: Readonly<Record<string, string>> = Object.fromEntries(RENAMED);

function rename(o: KubeObject, names: Readonly<Record<string, string>>, apiVersion: string): KubeObject {
  const out: Record<string, unknown> = {};
  for (const field of Object.keys(o)) out[names[field] ?? field] = o[field];
  out['apiVersion'] = apiVersion;
  return out as unknown as KubeObject;
}

const EVENT_FIELDS = ['involvedObject.kind', 'involvedObject.namespace', 'involvedObject.name', 'involvedObject.uid', 'involvedObject.apiVersion',
  'involvedObject.resourceVersion', 'involvedObject.fieldPath', 'reason', 'reportingComponent', 'source', 'type'];

export const EVENT: Strategy = {
  allowCreateOnUpdate: true,
  defaultGC: 'unsupported',
  ttl: 3600,
  selectable: EVENT_FIELDS,
  fields: (o) => {
    const i = o['involvedObject'] ?? {};
    return {
      'involvedObject.kind': i.kind ?? '', 'involvedObject.namespace': i.namespace ?? '', 'involvedObject.name': i.name ?? '', 'involvedObject.uid': i.uid ?? '',
      'involvedObject.apiVersion': i.apiVersion ?? '', 'involvedObject.resourceVersion': i.resourceVersion ?? '', 'involvedObject.fieldPath': i.fieldPath ?? '',
      reason: o['reason'] ?? '', reportingComponent: o['reportingComponent'] ?? '', source: o['source']?.component || o['reportingComponent'] || '', type: o['type'] ?? '',
    };
  },
  conversion: {
    'events.k8s.io/v1': { toStored: (o) => rename(o, TO_CORE, 'v1'), fromStored: (o) => rename(o, TO_EVENTS, 'events.k8s.io/v1') },
  },
};
