/** A tag that does not exist: pulled again and again, ever less often. */
import type { Lesson } from '../lesson.ts';
import { nodeOf, secondsSince } from '../records.ts';

export const imagePull: Lesson = {
  id: 'image-pull',
  command: '',
  steps: [
    { id: 'pull', begins: (r) => (r.kind === 'send' && r.type === 'cri' && r.verb === 'PullImage' ? { what: r.subject, node: nodeOf(r.actor), last: r.time } : undefined) },
    { id: 'report', begins: (r, facts) => (r.kind === 'send' && r.type === 'request' && r.actor === `kubelet/${facts.node}` && r.verb === 'PATCH' && r.subject.startsWith('pods/status ') && r.time > Number(facts.last) + 100_000 ? {} : undefined) },
    { id: 'retry', begins: (r, facts) => (r.kind === 'send' && r.type === 'cri' && r.verb === 'PullImage' && r.subject === facts.what ? { waited: secondsSince(facts.last, r), last: r.time } : undefined) },
    { id: 'longer', begins: (r, facts) => (r.kind === 'send' && r.type === 'cri' && r.verb === 'PullImage' && r.subject === facts.what ? { waited: secondsSince(facts.last, r), last: r.time } : undefined) },
  ],
};
