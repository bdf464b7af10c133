/**
 * How many live pods of a node a selector matches, remembered for the node's list of pods and carried over to the list that
 * replaces it: a list that gained or lost one pod is not counted anew.
 * Upstream: pkg/scheduler/framework/plugins/podtopologyspread/common.go countPodsMatchSelector
 */
import type { KubeObject } from '../../api/types.ts';
import { matches, type Selector } from '../../apimachinery/labels.ts';

interface Count { readonly namespace: string; readonly selector: Selector; readonly count: number }

const counts = new WeakMap<readonly KubeObject[], Map<string, Count>>();

function counted(pod: KubeObject, namespace: string, selector: Selector): boolean {
  return pod.metadata.namespace === namespace && pod.metadata.deletionTimestamp === undefined && matches(selector, pod.metadata.labels);
}

/** `text` names the selector. */
export function countMatching(pods: readonly KubeObject[], selector: Selector, text: string, namespace: string): number {
  if (selector.length === 0 || pods.length === 0) return 0;
  let known = counts.get(pods);
  if (known === undefined) counts.set(pods, (known = new Map()));
  const key = `${namespace}\n${text}`;
  const remembered = known.get(key);
  if (remembered !== undefined) return remembered.count;
  let count = 0;
  for (const pod of pods) if (counted(pod, namespace, selector)) count++;
  known.set(key, { namespace, selector, count });
  return count;
}

/** `next` is `before` without `gone` and with `come`. */
export function carryCounts(before: readonly KubeObject[], next: readonly KubeObject[], gone: KubeObject | undefined, come: KubeObject | undefined): void {
  const known = counts.get(before);
  if (known === undefined) return;
  if (gone !== undefined && come !== undefined && sameForSelectors(gone, come)) {
    counts.set(next, known);
    return;
  }
  const carried = new Map<string, Count>();
  for (const [key, one] of known) {
    const change = (come !== undefined && counted(come, one.namespace, one.selector) ? 1 : 0) - (gone !== undefined && counted(gone, one.namespace, one.selector) ? 1 : 0);
    carried.set(key, change === 0 ? one : { ...one, count: one.count + change });
  }
  counts.set(next, carried);
}

function sameForSelectors(a: KubeObject, b: KubeObject): boolean {
  return a.metadata.labels === b.metadata.labels && a.metadata.namespace === b.metadata.namespace && (a.metadata.deletionTimestamp === undefined) === (b.metadata.deletionTimestamp === undefined);
}
