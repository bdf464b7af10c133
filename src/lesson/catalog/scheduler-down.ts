/** Without a scheduler Pods are made but nobody chooses a node for them. */
import type { Lesson } from '../lesson.ts';
import { asks, nameOf, nodeOf, secondsSince } from '../records.ts';

export const schedulerDown: Lesson = {
  id: 'scheduler-down',
  command: '',
  steps: [
    { id: 'stop', begins: (r) => (r.kind === 'fault' && r.verb === 'stop' && r.subject === 'kube-scheduler' ? {} : undefined) },
    { id: 'pods', begins: (r) => (asks(r, 'kube-controller-manager', 'POST', 'pods') === undefined ? undefined : { made: r.time }) },
    { id: 'back', begins: (r) => (r.kind === 'fault' && r.verb === 'start' && r.subject === 'kube-scheduler' ? {} : undefined) },
    { id: 'choose', begins: (r, facts) => (r.kind === 'schedule' && r.verb !== '' ? { pod: nameOf(r.subject), node: r.verb, waited: secondsSince(facts.made, r) } : undefined) },
    { id: 'runs', begins: (r, facts) => (r.kind === 'note' && r.verb === 'Ready' && nameOf(r.subject) === facts.pod ? { on: nodeOf(r.actor) } : undefined) },
  ],
};
