/** Emptying a node without taking more away than is allowed. */
import type { Lesson } from '../lesson.ts';
import { asks, nameOf } from '../records.ts';

export const drain: Lesson = {
  id: 'drain',
  command: '',
  steps: [
    { id: 'cordon', begins: (r) => {
      const node = asks(r, 'workstation', 'PATCH', 'nodes');
      return node === undefined ? undefined : { node };
    } },
    { id: 'evict', begins: (r) => {
      const pod = asks(r, 'workstation', 'POST', 'pods/eviction');
      return pod === undefined ? undefined : { pod };
    } },
    { id: 'replace', begins: (r) => (asks(r, 'kube-controller-manager', 'POST', 'pods') === undefined ? undefined : {}) },
    { id: 'elsewhere', begins: (r) => (r.kind === 'schedule' && r.verb !== '' ? { fresh: nameOf(r.subject), to: r.verb } : undefined) },
    { id: 'gone', begins: (r, facts) => (asks(r, 'kubelet', 'DELETE', 'pods') === facts.pod ? {} : undefined) },
  ],
};
