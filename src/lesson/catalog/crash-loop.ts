/** A container that always exits, and the back-off between its starts. */
import type { Lesson } from '../lesson.ts';
import { nameOf, nodeOf, secondsSince } from '../records.ts';

export const crashLoop: Lesson = {
  id: 'crash-loop',
  command: '',
  steps: [
    { id: 'begin', begins: (r) => (r.kind === 'send' && r.type === 'cri' && r.verb === 'StartContainer' ? { what: r.subject, pod: nameOf(r.subject.split(' ')[0]), node: nodeOf(r.actor), last: r.time } : undefined) },
    { id: 'atonce', begins: (r, facts) => (r.kind === 'send' && r.type === 'cri' && r.verb === 'StartContainer' && r.subject === facts.what ? { waited: secondsSince(facts.last, r), last: r.time } : undefined) },
    { id: 'wait', begins: (r, facts) => (r.kind === 'send' && r.type === 'cri' && r.verb === 'StartContainer' && r.subject === facts.what ? { waited: secondsSince(facts.last, r), last: r.time } : undefined) },
    { id: 'longer', begins: (r, facts) => (r.kind === 'send' && r.type === 'cri' && r.verb === 'StartContainer' && r.subject === facts.what ? { waited: secondsSince(facts.last, r), last: r.time } : undefined) },
  ],
};
