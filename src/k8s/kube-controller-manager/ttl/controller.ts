/**
 * The TTL controller: tells kubelets by an annotation for how long they may cache secrets and config maps, by the cluster's size.
 *
 * Upstream: pkg/controller/ttl/ttl_controller.go
 */
import type { Program } from '../../../sim/program.ts';
import { act } from '../../../sim/program.ts';
import { clientFor } from '../../client-go/client.ts';
import type { ControllerDefinition, ProcessContext, SyncResult } from '../../client-go/types.ts';
import { serviceTime } from '../../timing.ts';
import { isNotFound, succeeded } from '../answers.ts';
import { identityOf } from '../identity.ts';

const identity = identityOf('ttl-controller');
const client = clientFor(identity);
const annotation = 'node.alpha.kubernetes.io/ttl';
const stepCell = 'ttl step';

/** Steps with hysteresis: from this many nodes down, up to this many, seconds. */
const steps: readonly (readonly [min: number, max: number, seconds: number])[] = [
  [0, 100, 0], [90, 500, 15], [450, 1000, 30], [900, 2000, 60], [1800, Infinity, 300],
];

function* sync(name: string): Program<SyncResult> {
  const wanted = yield* act((p: ProcessContext) => {
    const node = p.informer('nodes').get(name);
    const seconds = String(steps[p.cell<number>(stepCell).get('') ?? 0]![2]);
    return node === undefined || node.metadata.annotations?.[annotation] === seconds ? undefined : seconds;
  });
  if (wanted === undefined) return 'done';
  const answer = yield* client.patch('nodes', '', name, 'application/strategic-merge-patch+json', { metadata: { annotations: { [annotation]: wanted } } });
  return succeeded(answer) || isNotFound(answer) ? 'done' : 'retry';
}

export const ttlController: ControllerDefinition = {
  name: 'ttl',
  client: identity,
  workers: 5,
  serviceTime: serviceTime.ttl,
  informers: ['nodes'],
  handlers: {
    nodes: (p, event) => {
      if (event.type !== 'update') {
        const count = p.informer('nodes').size;
        const step = p.cell<number>(stepCell).get('') ?? 0;
        const next = count > steps[step]![1] && step + 1 < steps.length ? step + 1 : count < steps[step]![0] && step > 0 ? step - 1 : step;
        if (next !== step) p.cell<number>(stepCell).set('', next);
      }
      if (event.type !== 'delete') p.queue('ttl').add(event.object.metadata.name);
    },
  },
  sync,
  cells: [stepCell],
};
