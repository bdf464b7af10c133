/** Three Pods are deleted; nobody tells the controller to make new ones. */
import type { Lesson } from '../lesson.ts';
import { asks, nameOf, nodeOf } from '../records.ts';

export const selfHealing: Lesson = {
  id: 'self-healing',
  command: '',
  steps: [
    { id: 'delete', begins: (r) => {
      const pod = asks(r, 'workstation', 'DELETE', 'pods');
      return pod === undefined ? undefined : { pod };
    } },
    { id: 'count', begins: (r) => (asks(r, 'kube-controller-manager', 'POST', 'pods') === undefined ? undefined : {}) },
    { id: 'choose', begins: (r) => (r.kind === 'schedule' && r.verb !== '' ? { fresh: nameOf(r.subject), node: r.verb } : undefined) },
    { id: 'healed', begins: (r, facts) => (r.kind === 'note' && r.verb === 'Ready' && nameOf(r.subject) === facts.fresh ? { on: nodeOf(r.actor) } : undefined) },
  ],
};
