/**
 * The TTL-after-finished controller: deletes Jobs some time after they have ended.
 *
 * Upstream: pkg/controller/ttlafterfinished/ttlafterfinished_controller.go
 */
import type { Program } from '../../../sim/program.ts';
import { act, now } from '../../../sim/program.ts';
import type { KubeObject } from '../../api/types.ts';
import { parseTime } from '../../apimachinery/time.ts';
import { clientFor } from '../../client-go/client.ts';
import type { ControllerDefinition, InformerEvent, ProcessContext, SyncResult } from '../../client-go/types.ts';
import { serviceTime } from '../../timing.ts';
import { guarded, isNotFound, must, succeeded } from '../answers.ts';
import { identityOf } from '../identity.ts';
import { isFinished } from '../job/rules.ts';
import type { Condition } from '../objects.ts';
import { keyOf, splitKey } from '../objects.ts';

const gvr = 'batch/v1/jobs';
const identity = identityOf('ttl-after-finished-controller');
const client = clientFor(identity);

/** When the Job may go; undefined: never, or it has not ended. */
function expiry(job: KubeObject): number | undefined {
  const ttl: number | undefined = job.spec.ttlSecondsAfterFinished;
  if (ttl === undefined || ttl === null || !isFinished(job) || job.metadata.deletionTimestamp !== undefined) return undefined;
  const end = ((job.status?.conditions ?? []) as Condition[]).find((c) => (c.type === 'Complete' || c.type === 'Failed') && c.status === 'True');
  const at = parseTime(end?.lastTransitionTime);
  return at === undefined ? undefined : at + ttl * 1e6;
}

function* sync(key: string): Program<SyncResult> {
  const cached = yield* act((p: ProcessContext) => p.informer(gvr).get(key));
  const due = cached === undefined ? undefined : expiry(cached);
  if (due === undefined) return 'done';
  const at = yield* now();
  if (due > at) return { after: due - at };
  const { namespace, name } = splitKey(key);
  const answer = yield* client.get(gvr, namespace, name);
  if (isNotFound(answer)) return 'done';
  const fresh = must(answer);
  const again = expiry(fresh);
  if (again === undefined) return 'done';
  if (again > at) return { after: again - at };
  const gone = yield* client.delete(gvr, namespace, name, { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Foreground', preconditions: { uid: fresh.metadata.uid } });
  return succeeded(gone) || isNotFound(gone) ? 'done' : 'retry';
}

export const ttlAfterFinishedController: ControllerDefinition = {
  name: 'ttlafterfinished',
  client: identity,
  workers: 5,
  serviceTime: serviceTime.ttlafterfinished,
  informers: [gvr],
  handlers: {
    [gvr]: (p: ProcessContext, event: InformerEvent) => {
      if (event.type !== 'delete' && expiry(event.object) !== undefined) p.queue('ttlafterfinished').add(keyOf(event.object));
    },
  },
  sync: (key) => guarded(sync(key)),
};
