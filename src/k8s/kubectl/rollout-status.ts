/**
 * How far a rollout is, in kubectl's words.
 * Upstream: k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go
 * Left out: nothing.
 */
import type { KubeObject } from '../api/types.ts';
import { KubectlError } from './errors.ts';

export interface RolloutStatus { readonly text: string; readonly done: boolean }

const n = (v: unknown): number => (typeof v === 'number' ? v : 0);

function deployment(o: KubeObject, revision: number): RolloutStatus {
  const name = o.metadata.name;
  const status = o.status ?? {};
  if (revision > 0) {
    const at = Number(o.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0);
    if (at !== revision) throw new KubectlError(`desired revision (${revision}) is different from the running revision (${at})`);
  }
  if (n(o.metadata.generation) > n(status.observedGeneration)) return { text: 'Waiting for deployment spec update to be observed...\n', done: false };
  const progressing = (status.conditions ?? []).find((c: { type: string }) => c.type === 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') throw new KubectlError(`deployment "${name}" exceeded its progress deadline`);
  const wanted = o.spec.replicas;
  const waiting = `Waiting for deployment "${name}" rollout to finish: `;
  if (wanted !== undefined && n(status.updatedReplicas) < wanted) return { text: `${waiting}${n(status.updatedReplicas)} out of ${wanted} new replicas have been updated...\n`, done: false };
  if (n(status.replicas) > n(status.updatedReplicas)) return { text: `${waiting}${n(status.replicas) - n(status.updatedReplicas)} old replicas are pending termination...\n`, done: false };
  if (n(status.availableReplicas) < n(status.updatedReplicas)) return { text: `${waiting}${n(status.availableReplicas)} of ${n(status.updatedReplicas)} updated replicas are available...\n`, done: false };
  return { text: `deployment "${name}" successfully rolled out\n`, done: true };
}

function daemonSet(o: KubeObject): RolloutStatus {
  const name = o.metadata.name;
  const status = o.status ?? {};
  if (o.spec.updateStrategy?.type !== 'RollingUpdate') throw new KubectlError('rollout status is only available for RollingUpdate strategy type');
  if (n(o.metadata.generation) > n(status.observedGeneration)) return { text: 'Waiting for daemon set spec update to be observed...\n', done: false };
  const wanted = n(status.desiredNumberScheduled);
  const waiting = `Waiting for daemon set "${name}" rollout to finish: `;
  if (n(status.updatedNumberScheduled) < wanted) return { text: `${waiting}${n(status.updatedNumberScheduled)} out of ${wanted} new pods have been updated...\n`, done: false };
  if (n(status.numberAvailable) < wanted) return { text: `${waiting}${n(status.numberAvailable)} of ${wanted} updated pods are available...\n`, done: false };
  return { text: `daemon set "${name}" successfully rolled out\n`, done: true };
}

function statefulSet(o: KubeObject): RolloutStatus {
  const status = o.status ?? {};
  const strategy = o.spec.updateStrategy ?? {};
  const wanted = o.spec.replicas;
  if (strategy.type !== 'RollingUpdate') throw new KubectlError('rollout status is only available for RollingUpdate strategy type');
  if (n(status.observedGeneration) === 0 || n(o.metadata.generation) > n(status.observedGeneration)) return { text: 'Waiting for statefulset spec update to be observed...\n', done: false };
  if (wanted !== undefined && n(status.readyReplicas) < wanted) return { text: `Waiting for ${wanted - n(status.readyReplicas)} pods to be ready...\n`, done: false };
  if (strategy.rollingUpdate !== undefined) {
    const partition = strategy.rollingUpdate.partition;
    if (wanted !== undefined && partition !== undefined && n(status.updatedReplicas) < wanted - partition) {
      return { text: `Waiting for partitioned roll out to finish: ${n(status.updatedReplicas)} out of ${wanted - partition} new pods have been updated...\n`, done: false };
    }
    return { text: `partitioned roll out complete: ${n(status.updatedReplicas)} new pods have been updated...\n`, done: true };
  }
  if (status.updateRevision !== status.currentRevision) {
    return { text: `waiting for statefulset rolling update to complete ${n(status.updatedReplicas)} pods at revision ${status.updateRevision ?? ''}...\n`, done: false };
  }
  return { text: `statefulset rolling update complete ${n(status.currentReplicas)} pods at revision ${status.currentRevision ?? ''}...\n`, done: true };
}

/** Throws when the rollout failed, or the kind has none. `revision` 0: any. */
export function rolloutStatus(o: KubeObject, revision: number): RolloutStatus {
  switch (o.kind) {
    case 'Deployment': return deployment(o, revision);
    case 'DaemonSet': return daemonSet(o);
    case 'StatefulSet': return statefulSet(o);
    default: throw new KubectlError(`no status viewer has been implemented for ${o.kind}`);
  }
}
