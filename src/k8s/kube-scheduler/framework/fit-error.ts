/**
 * The text that says why a pod fits nowhere.
 * Upstream: pkg/scheduler/framework/types.go FitError.Error
 */
import { compareStrings } from '../../apimachinery/utf8.ts';
import type { Diagnosis } from './filtering.ts';

/** `0/3 nodes are available: 1 Insufficient cpu, 2 …. <postFilterMessage>` */
export function fitErrorText(nodes: number, diagnosis: Diagnosis, postFilterMessage: string): string {
  let text = `0/${nodes} nodes are available:`;
  if (diagnosis.preFilterMessage !== '') text += ` ${diagnosis.preFilterMessage}.`;
  else {
    const reasons = new Map<string, number>();
    for (const { status } of diagnosis.refusals) for (const reason of status.reasons) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    const absent = nodes - diagnosis.refusals.length;
    if (absent > 0) for (const reason of diagnosis.absent?.reasons ?? []) reasons.set(reason, (reasons.get(reason) ?? 0) + absent);
    const lines = [...reasons.keys()].map((reason) => `${reasons.get(reason)} ${reason}`).sort(compareStrings);
    if (lines.length > 0) text += ` ${lines.join(', ')}.`;
  }
  return postFilterMessage === '' ? text : `${text} ${postFilterMessage}`;
}
