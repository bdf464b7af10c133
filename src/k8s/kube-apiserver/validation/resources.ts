/**
 * Requests and limits of containers and pods, and quantities by resource name.
 * Upstream: validateResourceRequirements, ValidateResourceQuantityValue, validatePodResources in pkg/apis/core/validation/validation.go
 * Left out: nothing.
 */
import type { Path } from '../../apimachinery/field-error.ts';
import { duplicate, forbidden, invalid, notFoundValue, required } from '../../apimachinery/field-error.ts';
import { dns1123Label, has, list, sortedKeys, type Errs, type Obj } from './field-checks.ts';
import type { PodOptions } from './pod-options.ts';
import { addQuantities, canonicalQuantity, compareQuantities, isDivisible, isWhole, maxQuantity, quantitySign } from './quantities.ts';
import { containerResourceName, isHugePageName, isIntegerResource, isOvercommitAllowed, podResourceName } from './resource-names.ts';

/** Upstream: ValidateResourceQuantityValue. */
export function resourceQuantity(errs: Errs, name: string, value: Obj, at: Path): void {
  if (quantitySign(value) < 0) errs.push(invalid(at, canonicalQuantity(value), 'must be greater than or equal to 0'));
  if (isIntegerResource(name) && !isWhole(value)) errs.push(invalid(at, canonicalQuantity(value), 'must be an integer'));
}

/** Whether a huge page quantity is a multiple of the page size its name tells. */
export function hugePageDivisible(name: string, value: Obj): boolean { return isDivisible(value, name.slice('hugepages-'.length)); }

type NameRule = (errs: Errs, name: string, at: Path) => void;

function requirements(errs: Errs, req: Obj, nameRule: NameRule, claimNames: ReadonlySet<string>, at: Path, opts: PodOptions): void {
  if (!has(req)) return;
  const limits = req.limits; const requests = req.requests;
  let cpuOrMemory = false; let huge = false;
  const one = (name: string, value: Obj, p: Path): void => {
    nameRule(errs, name, p);
    resourceQuantity(errs, name, value, p);
  };
  const hugePage = (name: string, value: Obj, p: Path): void => {
    if (!isHugePageName(name)) { if (name === 'cpu' || name === 'memory') cpuOrMemory = true; return; }
    huge = true;
    if (!opts.allowIndivisibleHugePages && !hugePageDivisible(name, value)) {
      const q = canonicalQuantity(value);
      errs.push(invalid(p, q, `${q} is not positive integer multiple of ${name}`));
    }
  };
  if (limits !== undefined) {
    const lp = at.child('limits');
    for (const name of sortedKeys(limits)) { const p = lp.key(name); one(name, limits[name], p); hugePage(name, limits[name], p); }
  }
  if (requests !== undefined) {
    const rp = at.child('requests');
    for (const name of sortedKeys(requests)) {
      const p = rp.key(name); const q = requests[name];
      one(name, q, p);
      const limit = limits?.[name];
      if (has(limit)) {
        const c = compareQuantities(q, limit);
        if (c !== 0 && !isOvercommitAllowed(name)) errs.push(invalid(rp, canonicalQuantity(q), `must be equal to ${name} limit of ${canonicalQuantity(limit)}`));
        else if (c > 0) errs.push(invalid(rp, canonicalQuantity(q), `must be less than or equal to ${name} limit of ${canonicalQuantity(limit)}`));
      } else if (!isOvercommitAllowed(name)) errs.push(required(at.child('limits'), 'Limit must be set for non overcommitable resources'));
      hugePage(name, q, p);
    }
  }
  if (huge && !cpuOrMemory) errs.push(forbidden(at, 'HugePages require cpu or memory'));
  if (req.claims !== undefined) resourceClaimNames(errs, req.claims, claimNames, at.child('claims'));
}

function resourceClaimNames(errs: Errs, claims: Obj, podClaims: ReadonlySet<string>, at: Path): void {
  const names = new Set<string>();
  list(claims).forEach((c, i) => {
    const name: string = c.name ?? '';
    const p = at.index(i);
    if (name === '') { errs.push(required(p, '')); return; }
    if (names.has(name)) errs.push(duplicate(p, name));
    else {
      let key = name;
      if (c.request) { dns1123Label(errs, c.request, p.child('request')); key += '/' + c.request; }
      if (names.has(key)) errs.push(duplicate(p, key));
      else if (!c.request) for (const k of names) if (k.includes('/') && k.slice(0, k.indexOf('/')) === name) errs.push(duplicate(p, name));
      names.add(key);
    }
    if (!podClaims.has(name)) {
      const e = notFoundValue(p, name);
      errs.push({ ...e, detail: 'must be one of the names in pod.spec.resourceClaims' + (podClaims.size === 0 ? ' which is empty' : ': ' + sortedKeys(Object.fromEntries([...podClaims].map((n) => [n, 1]))).join(', ')) });
    }
  });
}

/** Upstream: ValidateContainerResourceRequirements. */
export function containerResources(errs: Errs, req: Obj, claimNames: ReadonlySet<string>, at: Path, opts: PodOptions): void {
  requirements(errs, req, containerResourceName, claimNames, at, opts);
}

// Containers' resources together, as the scheduler adds them. Upstream: resourcehelper.AggregateContainer{Requests,Limits}.
function aggregate(spec: Obj, field: 'requests' | 'limits'): Map<string, string> {
  const total = new Map<string, string>();
  const add = (to: Map<string, string>, res: Obj): void => { for (const k of Object.keys(res ?? {})) to.set(k, to.has(k) ? addQuantities(to.get(k) as string, res[k]) : canonicalQuantity(res[k])); };
  for (const c of list(spec.containers)) add(total, c.resources?.[field]);
  const sidecars = new Map<string, string>();
  const peak = new Map<string, string>();
  for (const c of list(spec.initContainers)) {
    const res = c.resources?.[field];
    const here = new Map<string, string>();
    if (c.restartPolicy === 'Always') {
      add(total, res); add(sidecars, res);
      for (const [k, v] of sidecars) here.set(k, v);
    } else {
      add(here, res);
      for (const [k, v] of sidecars) here.set(k, here.has(k) ? addQuantities(here.get(k) as string, v) : v);
    }
    for (const [k, v] of here) peak.set(k, peak.has(k) ? maxQuantity(peak.get(k) as string, v) : v);
  }
  for (const [k, v] of peak) total.set(k, total.has(k) ? maxQuantity(total.get(k) as string, v) : v);
  return total;
}

/** Upstream: validatePodResources: the pod's own resources against its containers'. */
export function podResources(errs: Errs, spec: Obj, claimNames: ReadonlySet<string>, at: Path, opts: PodOptions): void {
  const res = spec.resources;
  if (!has(res)) return;
  const rp = at.child('resources');
  if (spec.os?.name === 'windows') { errs.push(forbidden(rp, 'may not be set for a windows pod')); return; }
  if (has(res.claims)) errs.push(forbidden(rp.child('claims'), 'claims may not be set for Resources at pod-level'));
  requirements(errs, res, podResourceName, claimNames, rp, opts);
  const requests = aggregate(spec, 'requests');
  for (const name of sortedKeys(res.requests)) {
    const sum = requests.get(name);
    if (sum === undefined || compareQuantities(sum, res.requests[name]) <= 0) continue;
    errs.push(invalid(rp.child('requests').key(name), canonicalQuantity(res.requests[name]), `must be greater than or equal to aggregate container requests of ${sum}`));
  }
  const limits = aggregate(spec, 'limits');
  for (const name of sortedKeys(res.limits)) {
    const sum = limits.get(name);
    if (sum === undefined || !isHugePageName(name) || compareQuantities(sum, res.limits[name]) <= 0) continue;
    errs.push(invalid(rp.child('limits').key(name), canonicalQuantity(res.limits[name]), `must be greater than or equal to aggregate container limits of ${sum}`));
  }
  list(spec.containers).forEach((c, i) => {
    for (const name of sortedKeys(c.resources?.limits)) {
      const podLimit = res.limits?.[name];
      if (!has(podLimit) || compareQuantities(c.resources.limits[name], podLimit) <= 0) continue;
      errs.push(invalid(rp.child('containers').index(i).key(name).child('limits'), canonicalQuantity(c.resources.limits[name]), `must be less than or equal to pod limits of ${canonicalQuantity(podLimit)}`));
    }
  });
}
