/**
 * nodeSelector, required and preferred node affinity.
 * Upstream: pkg/scheduler/framework/plugins/nodeaffinity/node_affinity.go
 * Left out: affinity added by the scheduler's configuration.
 */
import { requiredNodeAffinityMatches, termSelects, type NodeSelectorTerm } from '../framework/node-selector.ts';
import { defaultNormalize } from '../framework/scores.ts';
import { Action, type Plugin, type Status } from '../framework/types.ts';

const REFUSED: Status = { code: 'UnschedulableAndUnresolvable', reasons: ["node(s) didn't match Pod's node affinity/selector"] };
const CONFLICT: Status = { code: 'UnschedulableAndUnresolvable', reasons: ['pod affinity terms conflict'] };

/** Node names the terms are restricted to by metadata.name; undefined: any. */
function namedNodes(terms: readonly NodeSelectorTerm[]): string[] | undefined {
  const names = new Set<string>();
  for (const term of terms) {
    let own: string[] | undefined;
    for (const one of term.matchFields ?? []) {
      if (one.key !== 'metadata.name' || one.operator !== 'In') continue;
      const values = one.values ?? [];
      own = own === undefined ? [...values] : own.filter((name) => values.includes(name));
    }
    if (own === undefined) return undefined;
    for (const name of own) names.add(name);
  }
  return [...names].sort();
}

export const nodeAffinity: Plugin = {
  name: 'NodeAffinity',
  weight: 2,
  events: [{
    resource: 'Node', actions: Action.Add | Action.UpdateNodeLabel,
    hint: (pod, event) => requiredNodeAffinityMatches(pod, event.object!) && (event.old === undefined || !requiredNodeAffinityMatches(pod, event.old)),
  }],
  preFilter({ pod }) {
    const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
    if (!required && !pod.spec.nodeSelector) return 'skip';
    const terms: readonly NodeSelectorTerm[] = required?.nodeSelectorTerms ?? [];
    const nodeNames = terms.length > 0 ? namedNodes(terms) : undefined;
    if (nodeNames?.length === 0) return { reject: CONFLICT };
    return { ...(nodeNames ? { nodeNames } : {}), check: (info) => (requiredNodeAffinityMatches(pod, info.node) ? undefined : REFUSED) };
  },
  preScore({ pod }) {
    const preferred: readonly { weight: number; preference: NodeSelectorTerm }[] | undefined = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution;
    if (!preferred) return 'skip';
    return {
      score(info) {
        let sum = 0;
        for (const one of preferred) if (one.weight !== 0 && termSelects(one.preference, info.node)) sum += one.weight;
        return sum;
      },
      normalize: (scores: number[]) => defaultNormalize(scores, false),
    };
  },
};
