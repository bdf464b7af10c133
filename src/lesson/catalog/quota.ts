/** The Deployment is accepted, its Pods are not. */
import type { Lesson } from '../lesson.ts';
import { asks, secondsSince } from '../records.ts';

export const quota: Lesson = {
  id: 'quota',
  command: '',
  steps: [
    { id: 'limit', begins: (r) => {
      const quota = asks(r, 'workstation', 'POST', 'resourcequotas');
      return quota === undefined ? undefined : { quota };
    } },
    { id: 'accepted', begins: (r) => {
      const name = asks(r, 'workstation', 'POST', 'deployments');
      return name === undefined ? undefined : { name };
    } },
    { id: 'refused', begins: (r) => (r.kind === 'send' && r.type === 'response' && r.code === 403 && r.peer === 'kube-controller-manager' && r.subject.startsWith('pods ') ? { refused: r.time } : undefined) },
    { id: 'again', begins: (r, facts) => (r.kind === 'send' && r.type === 'response' && r.code === 403 && r.peer === 'kube-controller-manager' && r.time > Number(facts.refused) + 1_000_000 ? { waited: secondsSince(facts.refused, r) } : undefined) },
  ],
};
