/**
 * The pod garbage collector: pods of lost nodes, terminating pods that never got a node, too many finished pods.
 *
 * Upstream: pkg/controller/podgc/gc_controller.go
 */
import type { Program } from '../../../sim/program.ts';
import { act, now } from '../../../sim/program.ts';
import type { KubeObject } from '../../api/types.ts';
import { clientFor } from '../../client-go/client.ts';
import type { ControllerDefinition, ProcessContext } from '../../client-go/types.ts';
import { serviceTime } from '../../timing.ts';
import { isNotFound, succeeded } from '../answers.ts';
import { identityOf } from '../identity.ts';
import { byCreation } from '../objects.ts';
import { isPodTerminal } from '../pods.ts';
import { taintsOf } from '../taints.ts';
import { disruptionTargetPatch } from '../tainteviction/controller.ts';
import { ready } from '../nodelifecycle/health.ts';

const identity = identityOf('pod-garbage-collector');
const client = clientFor(identity);
/** Node names that pods refer to and that no node has -> when that was first seen. */
const missingCell = 'pod gc missing nodes';
const quarantine = 40_000_000;
const period = 20_000_000;
const threshold = 12_500;

interface Victim { readonly pod: KubeObject; readonly reason?: string; readonly message?: string }

function* collect(): Program {
  const found = yield* act((p: ProcessContext) => {
    const nodes = p.informer('nodes');
    const missing = p.cell<number>(missingCell);
    const victims: Victim[] = [];
    const due: KubeObject[] = [];
    const finished: KubeObject[] = [];
    const gone: string[] = [];
    const outOfService = nodes.list().filter((n) => ready(n)?.status !== 'True' && taintsOf(n).some((t) => t.key === 'node.kubernetes.io/out-of-service')).map((n) => n.metadata.name);
    for (const pod of p.informer('pods').list()) {
      const node: string = pod.spec.nodeName ?? '';
      const going = pod.metadata.deletionTimestamp !== undefined;
      if (isPodTerminal(pod)) finished.push(pod);
      if (going && outOfService.includes(node)) victims.push({ pod, reason: 'DeletionByPodGC', message: 'PodGC: node is out of service' });
      else if (node !== '' && nodes.get(node) === undefined) {
        if (!gone.includes(node)) gone.push(node);
        const since = missing.get(node);
        if (since !== undefined && p.now >= since + quarantine) due.push(pod);
      } else if (going && node === '') victims.push({ pod });
    }
    for (const name of gone) if (!missing.has(name)) missing.set(name, p.now);
    for (const name of missing.keys().slice()) if (!gone.includes(name)) missing.delete(name);
    const excess = finished.length - threshold;
    if (excess > 0) finished.sort(byCreation).slice(0, excess).forEach((pod) => victims.push({ pod }));
    return { victims, due };
  });
  // A node that the cache does not know may yet exist.
  const absent: Record<string, boolean> = {};
  for (const pod of found.due) {
    const name: string = pod.spec.nodeName;
    absent[name] ??= isNotFound(yield* client.get('nodes', '', name));
    if (absent[name]) yield* remove({ pod, reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists' });
  }
  for (const victim of found.victims) yield* remove(victim);
}

function* remove({ pod, reason, message }: Victim): Program {
  const { namespace, name } = pod.metadata;
  if (!isPodTerminal(pod)) {
    const patch = reason === undefined
      ? { metadata: { uid: pod.metadata.uid }, status: { phase: 'Failed' } }
      : disruptionTargetPatch(pod, yield* now(), reason, message!, 'Failed');
    const answer = yield* client.patch('pods', namespace ?? '', name, 'application/strategic-merge-patch+json', patch, 'status');
    if (!succeeded(answer)) return;
  }
  yield* client.delete('pods', namespace ?? '', name, { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0 });
}

export const podGCController: ControllerDefinition = {
  name: 'podgc',
  client: identity,
  workers: 1,
  serviceTime: serviceTime.podgc,
  informers: ['pods', 'nodes'],
  *sync() {
    return undefined;
  },
  periodic: { collect: { period, run: collect } },
  cells: [missingCell],
};
