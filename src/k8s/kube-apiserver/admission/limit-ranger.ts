/**
 * LimitRanger: default requests and limits of a namespace, then its minima, maxima and ratios.
 * Upstream: plugin/pkg/admission/limitranger/admission.go
 */
import type { KubeObject, Status } from '../../api/types.ts';
import { aggregate } from '../../apimachinery/field-error.ts';
import { milliValue, quantity, wholeValue } from '../../apimachinery/quantity.ts';
import type { Quantity } from '../../apimachinery/quantity.ts';
import { podLimits, podRequests } from '../pod-resources.ts';
import { withFields, withMeta } from '../registry/strategy.ts';
import { listObjects } from '../state.ts';
import { forbid, isPods } from './forbidden.ts';
import type { Attributes, Plugin } from './plugin.ts';

/* eslint-disable @typescript-eslint/no-explicit-any */
type Any = any;
type List = Readonly<Record<string, string>>;
interface Limit { readonly type: string; readonly min?: List; readonly max?: List; readonly default?: List; readonly defaultRequest?: List; readonly maxLimitRequestRatio?: List }

/** Upstream: resource.MaxMilliValue, as far as numbers are exact. */
const MAX_MILLI = 9_007_199_254_740;
const ANNOTATION = 'kubernetes.io/limit-ranger';

function mergeContainer(c: Any, requests: List, limits: List, what: string, notes: string[]): Any {
  const given = c.resources ?? {};
  const newLimits = Object.keys(limits).filter((k) => given.limits?.[k] === undefined).sort();
  const newRequests = Object.keys(requests).filter((k) => given.requests?.[k] === undefined).sort();
  if (newLimits.length === 0 && newRequests.length === 0) return c;
  const pick = (from: List, keys: string[]): List => Object.fromEntries(keys.map((k) => [k, from[k]]));
  if (newRequests.length > 0) notes.push(`${newRequests.join(', ')} request for ${what} ${c.name}`);
  if (newLimits.length > 0) notes.push(`${newLimits.join(', ')} limit for ${what} ${c.name}`);
  return {
    ...c,
    resources: {
      ...given, ...(given.limits !== undefined || newLimits.length > 0 ? { limits: { ...given.limits, ...pick(limits, newLimits) } } : {}),
      ...(given.requests !== undefined || newRequests.length > 0 ? { requests: { ...given.requests, ...pick(requests, newRequests) } } : {}),
    },
  };
}

function mergeDefaults(pod: KubeObject, range: KubeObject): KubeObject {
  let requests: List = {};
  let limits: List = {};
  for (const l of (range['spec']?.limits ?? []) as Limit[]) {
    if (l.type !== 'Container') continue;
    requests = { ...requests, ...l.defaultRequest };
    limits = { ...limits, ...l.default };
  }
  const notes: string[] = [];
  const spec = pod['spec'] as Any;
  const containers = (spec.containers ?? []).map((c: Any) => mergeContainer(c, requests, limits, 'container', notes));
  const init = spec.initContainers?.map((c: Any) => mergeContainer(c, requests, limits, 'init container', notes));
  if (notes.length === 0) return pod;
  const out = withFields(pod, { spec: { ...spec, containers, ...(init ? { initContainers: init } : {}) } });
  return withMeta(out, { annotations: { ...pod.metadata.annotations, [ANNOTATION]: 'LimitRanger plugin set: ' + notes.join('; ') } });
}

/** Thousandths, unless one of them is too large for it. */
function values(request: Quantity, limit: Quantity, enforced: Quantity): [number, number, number] {
  const whole: [number, number, number] = [wholeValue(request), wholeValue(limit), wholeValue(enforced)];
  return whole.every((v) => v <= MAX_MILLI) ? [milliValue(request), milliValue(limit), milliValue(enforced)] : whole;
}

const ZERO = quantity('0');
const of = (list: List | undefined, name: string): Quantity => (list?.[name] === undefined ? ZERO : quantity(list[name]));

function checks(l: Limit, requests: List | undefined, limits: List | undefined, claims: boolean): string[] {
  const out: string[] = [];
  const type = l.type;
  for (const name of Object.keys(l.min ?? {}).sort()) {
    const e = l.min![name];
    const [r, m, v] = values(of(requests, name), of(limits, name), quantity(e));
    if (requests?.[name] === undefined) out.push(`minimum ${name} usage per ${type} is ${e}.  No request is specified`);
    else if (r < v) out.push(`minimum ${name} usage per ${type} is ${e}, but request is ${requests[name]}`);
    else if (limits?.[name] !== undefined && m < v) out.push(`minimum ${name} usage per ${type} is ${e}, but limit is ${limits[name]}`);
  }
  for (const name of Object.keys(l.max ?? {}).sort()) {
    const e = l.max![name];
    const [r, m, v] = values(of(requests, name), of(limits, name), quantity(e));
    if (claims) {
      if (requests?.[name] === undefined) out.push(`maximum ${name} usage per ${type} is ${e}.  No request is specified`);
      else if (r > v) out.push(`maximum ${name} usage per ${type} is ${e}, but request is ${requests[name]}`);
    } else if (limits?.[name] === undefined) out.push(`maximum ${name} usage per ${type} is ${e}.  No limit is specified`);
    else if (m > v) out.push(`maximum ${name} usage per ${type} is ${e}, but limit is ${limits[name]}`);
    else if (requests?.[name] !== undefined && r > v) out.push(`maximum ${name} usage per ${type} is ${e}, but request is ${requests[name]}`);
  }
  if (claims) return out;
  for (const name of Object.keys(l.maxLimitRequestRatio ?? {}).sort()) {
    const e = l.maxLimitRequestRatio![name];
    const [r, m] = values(of(requests, name), of(limits, name), quantity(e));
    if (requests?.[name] === undefined || r === 0) out.push(`${name} max limit to request ratio per ${type} is ${e}, but no request is specified or request is 0`);
    else if (limits?.[name] === undefined || m === 0) out.push(`${name} max limit to request ratio per ${type} is ${e}, but no limit is specified or limit is 0`);
    else if ((m / r) * 1000 > milliValue(quantity(e))) out.push(`${name} max limit to request ratio per ${type} is ${e}, but provided ratio is ${sixDigits(m, r)}`);
  }
  return out;
}

/** Go's %f of a ratio of whole numbers. */
function sixDigits(a: number, b: number): string {
  const millionths = Math.floor((a / b) * 1e6 + 0.5);
  return Math.floor(millionths / 1e6) + '.' + String(millionths % 1e6).padStart(6, '0');
}

function supported(a: Attributes): 'pod' | 'claim' | undefined {
  if (isPods(a)) return (a.subresource === 'resize' && a.operation === 'UPDATE') || (a.subresource === '' && a.operation === 'CREATE') ? 'pod' : undefined;
  return a.resource.resource === 'persistentvolumeclaims' && a.subresource === '' ? 'claim' : undefined;
}

const ranges = (a: Attributes): KubeObject[] => listObjects(a.state, '/registry/limitranges/' + a.namespace + '/');

function verdict(a: Attributes, what: 'pod' | 'claim'): Status | undefined {
  if (a.old?.metadata.deletionTimestamp !== undefined) return undefined;
  for (const range of ranges(a)) {
    const errors: string[] = [];
    const spec = a.object!['spec'] as Any;
    for (const l of (range['spec']?.limits ?? []) as Limit[]) {
      if (what === 'claim') {
        if (l.type === 'PersistentVolumeClaim') errors.push(...checks(l, spec?.resources?.requests, undefined, true));
      } else if (l.type === 'Container') {
        for (const c of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) errors.push(...checks(l, c.resources?.requests, c.resources?.limits, false));
      } else if (l.type === 'Pod') errors.push(...checks(l, podRequests(spec), podLimits(spec), false));
    }
    if (errors.length > 0) return forbid(a, aggregate(errors));
  }
  return undefined;
}

export const limitRanger: Plugin = {
  name: 'LimitRanger',
  handles: ['CREATE', 'UPDATE'],
  admit(a) {
    if (supported(a) !== 'pod' || a.old?.metadata.deletionTimestamp !== undefined) return undefined;
    let pod = a.object!;
    for (const range of ranges(a)) pod = mergeDefaults(pod, range);
    return pod;
  },
  validate(a) {
    const what = supported(a);
    return what === undefined ? undefined : verdict(a, what);
  },
};
