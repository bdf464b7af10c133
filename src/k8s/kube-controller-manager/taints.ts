/**
 * Taints on nodes: which are tolerated, and adding and removing them by patch.
 *
 * Upstream: pkg/controller/controller_utils.go (AddOrUpdateTaintOnNode, RemoveTaintOffNode, PatchNodeTaints), pkg/util/taints,
 * staging/src/k8s.io/component-helpers/scheduling/corev1/helpers.go
 * Left out: the numeric operators Lt and Gt of tolerations (alpha).
 */
import type { Program } from '../../sim/program.ts';
import { sleep } from '../../sim/program.ts';
import type { KubeObject } from '../api/types.ts';
import type { Client } from '../client-go/types.ts';
import { isConflict, succeeded } from './answers.ts';
import { equal } from './objects.ts';

export interface Taint { readonly key: string; readonly value?: string; readonly effect: string; readonly timeAdded?: string }
export interface Toleration { readonly key?: string; readonly operator?: string; readonly value?: string; readonly effect?: string; readonly tolerationSeconds?: number }

export const same = (a: Taint, b: Taint): boolean => a.key === b.key && a.effect === b.effect;

export function taintsOf(node: KubeObject): readonly Taint[] {
  return node.spec?.taints ?? [];
}

export function hasTaint(node: KubeObject, taint: Taint): boolean {
  return taintsOf(node).some((t) => same(t, taint));
}

export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if ((toleration.effect ?? '') !== '' && toleration.effect !== taint.effect) return false;
  if ((toleration.key ?? '') !== '' && toleration.key !== taint.key) return false;
  if (toleration.operator === 'Exists') return true;
  return (toleration.operator ?? 'Equal') === 'Equal' && (toleration.key ?? '') !== '' && (toleration.value ?? '') === (taint.value ?? '');
}

/** The tolerations used, one a taint, or undefined if some taint is not tolerated. */
export function matchingTolerations(taints: readonly Taint[], tolerations: readonly Toleration[]): Toleration[] | undefined {
  const used: Toleration[] = [];
  for (const taint of taints) {
    const found = tolerations.find((t) => tolerates(t, taint));
    if (found === undefined) return undefined;
    used.push(found);
  }
  return used;
}

/** Patches a node's taints as `change` says; looks again and retries on conflict, up to five times. True if it succeeded or had nothing to do. */
function* patchTaints(client: Client, name: string, change: (taints: readonly Taint[]) => readonly Taint[]): Program<boolean> {
  for (let i = 0, wait = 100_000; i < 5; i++) {
    const answer = yield* client.get('nodes', '', name, i === 0 ? { resourceVersion: '0' } : undefined);
    if (!succeeded(answer)) return false;
    const node = answer.body as KubeObject;
    const old = taintsOf(node);
    const next = change(old);
    if (equal(old, next)) return true;
    const patched = yield* client.patch('nodes', '', name, 'application/strategic-merge-patch+json', {
      metadata: { resourceVersion: node.metadata.resourceVersion }, spec: { taints: next.length === 0 ? null : next },
    });
    if (succeeded(patched)) return true;
    if (!isConflict(patched)) return false;
    yield* sleep(wait);
  }
  return false;
}

export function* addTaints(client: Client, name: string, taints: readonly Taint[]): Program<boolean> {
  if (taints.length === 0) return true;
  return yield* patchTaints(client, name, (old) => taints.reduce<readonly Taint[]>((have, taint) => (
    have.some((t) => same(t, taint)) ? have.map((t) => (same(t, taint) ? taint : t)) : [...have, taint]
  ), old));
}

/** Asks the server only if the node, as cached, has one of the taints. */
export function* removeTaints(client: Client, node: KubeObject, taints: readonly Taint[]): Program<boolean> {
  if (!taints.some((t) => hasTaint(node, t))) return true;
  return yield* patchTaints(client, node.metadata.name, (old) => old.filter((t) => !taints.some((gone) => same(gone, t))));
}
