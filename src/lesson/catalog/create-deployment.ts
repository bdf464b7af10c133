/** What happens after kubectl create deployment: nine steps from the key press to Ready. */
import type { Facts, Lesson } from '../lesson.ts';
import { named, sent } from '../records.ts';
import type { TraceRecord } from '../../trace/trace.ts';

/** True if the object of the record was made for the lesson's Deployment. */
function ours(record: TraceRecord, resource: string, facts: Facts): string | undefined {
  const name = named(record, resource);
  return name && name[0] === facts.namespace && name[1].startsWith(`${facts.name}-`) ? name[1] : undefined;
}

export const createDeployment: Lesson = {
  id: 'create-deployment',
  command: 'kubectl create deployment web --image=nginx:1.27 --replicas=3',
  steps: [
    { id: 'command', begins: (r) => {
      const name = sent(r, 'workstation', 'POST') ? named(r, 'deployments') : undefined;
      return name && { namespace: name[0], name: name[1], request: r.id };
    } },
    { id: 'gates', begins: (r, facts) => (r.kind === 'event' && r.cause === facts.request ? { received: r.id } : undefined) },
    { id: 'store', begins: (r, facts) => (r.kind === 'write' && r.subject === `/registry/deployments/${facts.namespace}/${facts.name}` ? { revision: r.value } : undefined) },
    { id: 'answer', begins: (r, facts) => (r.kind === 'send' && r.type === 'response' && r.peer === 'workstation' && named(r, 'deployments')?.[1] === facts.name ? { code: r.code } : undefined) },
    { id: 'replicaset', begins: (r, facts) => {
      const name = sent(r, 'kube-controller-manager', 'POST') ? ours(r, 'replicasets', facts) : undefined;
      return name ? { replicaset: name } : undefined;
    } },
    { id: 'pods', begins: (r, facts) => (sent(r, 'kube-controller-manager', 'POST') && ours(r, 'pods', facts) ? { firstPod: named(r, 'pods')![1] } : undefined) },
    { id: 'schedule', begins: (r, facts) => {
      if (r.kind !== 'schedule' || !r.subject.includes(`/${facts.name}-`)) return undefined;
      return { pod: r.subject.slice(r.subject.lastIndexOf('/') + 1), feasible: r.value };
    } },
    { id: 'start', begins: (r, facts) => (r.kind === 'send' && r.type === 'cri' && r.verb === 'RunPodSandbox' && r.subject.includes(`/${facts.name}-`) ? { node: r.actor.slice(r.actor.indexOf('/') + 1) } : undefined) },
    { id: 'ready', begins: (r, facts) => (r.kind === 'note' && r.verb === 'Ready' && r.subject.includes(`/${facts.name}-`) ? { readyPod: r.subject.slice(r.subject.lastIndexOf('/') + 1), readyNode: r.actor.slice(r.actor.indexOf('/') + 1) } : undefined) },
  ],
};
