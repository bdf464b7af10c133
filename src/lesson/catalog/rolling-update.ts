/** Which Pod goes first in a rolling update, and who decides. */
import type { Lesson } from '../lesson.ts';
import { asks, nameOf, nodeOf } from '../records.ts';

export const rollingUpdate: Lesson = {
  id: 'rolling-update',
  command: '',
  steps: [
    { id: 'change', begins: (r) => {
      const name = asks(r, 'workstation', 'PATCH', 'deployments');
      return name === undefined ? undefined : { name };
    } },
    { id: 'newset', begins: (r) => {
      const replicaset = asks(r, 'kube-controller-manager', 'POST', 'replicasets');
      return replicaset === undefined ? undefined : { replicaset };
    } },
    { id: 'surge', begins: (r, facts) => (asks(r, 'kube-controller-manager', 'POST', 'pods')?.startsWith(`${facts.replicaset}-`) ? {} : undefined) },
    { id: 'first', begins: (r, facts) => (r.kind === 'note' && r.verb === 'Ready' && nameOf(r.subject).startsWith(`${facts.replicaset}-`) ? { pod: nameOf(r.subject), node: nodeOf(r.actor) } : undefined) },
    { id: 'old', begins: (r) => {
      const old = asks(r, 'kube-controller-manager', 'DELETE', 'pods');
      return old === undefined ? undefined : { old };
    } },
    { id: 'again', begins: (r, facts) => (asks(r, 'kube-controller-manager', 'POST', 'pods')?.startsWith(`${facts.replicaset}-`) ? {} : undefined) },
  ],
};
