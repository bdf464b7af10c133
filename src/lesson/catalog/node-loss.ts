/** Why it takes minutes until the Pods of a dead node are replaced. */
import type { Lesson } from '../lesson.ts';
import { asks, nameOf, nodeOf, secondsSince } from '../records.ts';

export const nodeLoss: Lesson = {
  id: 'node-loss',
  command: '',
  steps: [
    { id: 'silent', begins: (r) => (r.kind === 'fault' && r.verb === 'stop' && r.subject.startsWith('kubelet/') ? { node: nodeOf(r.subject), stopped: r.time } : undefined) },
    { id: 'lease', begins: (r, facts) => {
      const other = r.actor.startsWith('kubelet/') && r.actor !== `kubelet/${facts.node}` ? asks(r, 'kubelet', 'PUT', 'leases') : undefined;
      return other === undefined ? undefined : { other };
    } },
    { id: 'unknown', begins: (r, facts) => (asks(r, 'kube-controller-manager', 'PUT', 'nodes/status') === facts.node ? { silence: secondsSince(facts.stopped, r) } : undefined) },
    { id: 'taint', begins: (r, facts) => (asks(r, 'kube-controller-manager', 'PATCH', 'nodes') === facts.node ? { tainted: r.time } : undefined) },
    { id: 'evict', begins: (r, facts) => {
      const pod = asks(r, 'kube-controller-manager', 'DELETE', 'pods');
      return pod === undefined ? undefined : { pod, waited: secondsSince(facts.tainted, r), whole: secondsSince(facts.stopped, r) };
    } },
    { id: 'replace', begins: (r) => (asks(r, 'kube-controller-manager', 'POST', 'pods') === undefined ? undefined : {}) },
    { id: 'elsewhere', begins: (r) => (r.kind === 'schedule' && r.verb !== '' ? { fresh: nameOf(r.subject), to: r.verb } : undefined) },
  ],
};
