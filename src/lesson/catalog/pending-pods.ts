/** Four Pods of three cores, three nodes of four. */
import type { Lesson } from '../lesson.ts';
import { asks, nameOf } from '../records.ts';

export const pendingPods: Lesson = {
  id: 'pending-pods',
  command: '',
  steps: [
    { id: 'fits', begins: (r) => (r.kind === 'schedule' && r.verb !== '' ? { pod: nameOf(r.subject), node: r.verb, feasible: r.value } : undefined) },
    { id: 'fewer', begins: (r) => (r.kind === 'schedule' && r.verb !== '' && r.detail !== '' ? { pod: nameOf(r.subject), node: r.verb, feasible: r.value, why: r.detail } : undefined) },
    { id: 'none', begins: (r) => (r.kind === 'schedule' && r.verb === '' ? { pod: nameOf(r.subject), why: r.detail } : undefined) },
    { id: 'told', begins: (r, facts) => (asks(r, 'kube-scheduler', 'PATCH', 'pods/status') === facts.pod ? {} : undefined) },
  ],
};
