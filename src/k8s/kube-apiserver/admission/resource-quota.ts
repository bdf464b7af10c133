/**
 * ResourceQuota: what an object uses is added to every quota of its namespace that counts it, before the object is stored.
 * Upstream: staging/src/k8s.io/apiserver/pkg/admission/plugin/resourcequota/{admission,controller}.go
 * Left out: configuration of limited resources; batching per namespace (each request claims by compare-and-swap itself).
 */
import type { KubeObject, Status } from '../../api/types.ts';
import { addQuantities, compareQuantities, isZeroQuantity, quantity, quantityText, signOf, subtractQuantities } from '../../apimachinery/quantity.ts';
import { withFields } from '../registry/strategy.ts';
import { listObjects } from '../state.ts';
import { forbid } from './forbidden.ts';
import type { Attributes, Plugin } from './plugin.ts';
import { evaluatorFor } from './quota-usage.ts';
import type { Evaluator, ScopeSelector, Usage } from './quota-usage.ts';

const names = (list: Usage | undefined): string[] => Object.keys(list ?? {});
const pretty = (list: Usage): string => names(list).sort().map((k) => `${k}=${list[k]}`).join(',');

function mask(list: Usage | undefined, keys: readonly string[]): Usage {
  const out: Record<string, string> = {};
  for (const k of keys) if (list?.[k] !== undefined) out[k] = list[k];
  return out;
}

function scopesOf(quota: KubeObject): ScopeSelector[] {
  const spec = quota['spec'] ?? {};
  return [...((spec.scopes ?? []) as string[]).map((scopeName) => ({ scopeName, operator: 'Exists' })), ...((spec.scopeSelector?.matchExpressions ?? []) as ScopeSelector[])];
}

function covers(e: Evaluator, quota: KubeObject, o: KubeObject): boolean {
  return e.counted(names(quota['status']?.hard)).length > 0 && scopesOf(quota).every((s) => e.inScope(s, o));
}

const positive = (u: Usage): Usage => {
  const out: Record<string, string> = {};
  for (const k of names(u)) if (!isZeroQuantity(quantity(u[k]))) out[k] = u[k];
  return out;
};

/** a - b, never below zero. */
function minus(a: Usage, b: Usage): Usage {
  const out: Record<string, string> = {};
  for (const k of names(a)) {
    const d = b[k] === undefined ? quantity(a[k]) : subtractQuantities(quantity(a[k]), quantity(b[k]));
    out[k] = signOf(d) < 0 ? '0' : quantityText(d);
  }
  return out;
}

function check(a: Attributes): Status | undefined {
  if (a.namespace === '' || a.resource.prefix === '') return undefined;
  const quotas = listObjects(a.state, '/registry/resourcequotas/' + a.namespace + '/');
  if (quotas.length === 0) return undefined;
  const e = evaluatorFor(a.resource);
  if (e === undefined || !e.handles(a)) return undefined;
  const o = a.object!;
  const interesting: KubeObject[] = [];
  for (const quota of quotas) {
    if (!covers(e, quota, o)) continue;
    const restricted = e.counted(names(quota['status']?.hard));
    const missing = e.missing(restricted, o);
    if (missing !== undefined) return forbid(a, `failed quota: ${quota.metadata.name}: ${missing}`);
    const unknown = restricted.filter((k) => quota['status']?.used?.[k] === undefined);
    if (unknown.length > 0) return forbid(a, `status unknown for quota: ${quota.metadata.name}, resources: ${restricted.slice().sort().join(',')}`);
    interesting.push(quota);
  }
  if (interesting.length === 0) return undefined;
  const used = e.usage(o, a.now);
  const negative = names(used).filter((k) => signOf(quantity(used[k])) < 0);
  if (negative.length > 0) return forbid(a, `quota usage is negative for resource(s): ${negative.sort().join(',')}`);
  const before = a.operation === 'UPDATE' && a.old !== undefined ? e.usage(a.old, a.now) : undefined;
  for (const quota of interesting) {
    const delta = positive(before !== undefined && covers(e, quota, a.old!) ? minus(used, before) : used);
    if (names(delta).length === 0) continue;
    const hard = quota['status'].hard as Usage;
    const total = quota['status'].used as Usage;
    const asked = mask(delta, names(hard));
    const next: Record<string, string> = { ...total };
    const exceeded: string[] = [];
    for (const k of names(asked)) {
      const sum = addQuantities(quantity(total[k] ?? '0'), quantity(asked[k]));
      next[k] = quantityText(sum);
      if (compareQuantities(sum, quantity(hard[k])) > 0) exceeded.push(k);
    }
    if (exceeded.length > 0 && a.subresource !== 'status') {
      return forbid(a, `exceeded quota: ${quota.metadata.name}, requested: ${pretty(mask(asked, exceeded))}, used: ${pretty(mask(total, exceeded))}, limited: ${pretty(mask(hard, exceeded))}`);
    }
    if (!a.dryRun && names(asked).length > 0) a.charge(quota, withFields(quota, { status: { ...quota['status'], used: next } }));
  }
  return undefined;
}

export const resourceQuota: Plugin = { name: 'ResourceQuota', handles: ['CREATE', 'UPDATE'], validate: check };
