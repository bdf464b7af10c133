/**
 * Making a pod from a template, and the slow start in which controllers make many.
 *
 * Upstream: pkg/controller/controller_utils.go (GetPodFromTemplate, RealPodControl), pkg/controller/replicaset/replica_set.go (slowStartBatch)
 */
import type { Program } from '../../sim/program.ts';
import { act } from '../../sim/program.ts';
import type { KubeObject, OwnerReference } from '../api/types.ts';
import type { ApiRequest, ApiResponse } from '../apimachinery/request.ts';
import type { Client, EventSource, ProcessContext } from '../client-go/types.ts';
import { errorText, hasCause, isNotFound, succeeded } from './answers.ts';

/** The body of a POST pods. */
export function podFromTemplate(owner: KubeObject, template: { metadata?: Record<string, unknown>; spec: unknown }, reference: OwnerReference): Record<string, unknown> {
  const meta = template.metadata ?? {};
  const prefix = `${owner.metadata.name}-`;
  return {
    apiVersion: 'v1', kind: 'Pod',
    metadata: {
      // A prefix that would not pass as a name loses its dash.
      generateName: prefix.length > 253 ? owner.metadata.name : prefix,
      ...(present(meta.labels) ? { labels: meta.labels } : {}),
      ...(present(meta.annotations) ? { annotations: meta.annotations } : {}),
      ...(Array.isArray(meta.finalizers) && meta.finalizers.length > 0 ? { finalizers: meta.finalizers } : {}),
      ownerReferences: [reference],
    },
    spec: template.spec,
  };
}

function present(map: unknown): boolean {
  return typeof map === 'object' && map !== null && Object.keys(map).length > 0;
}

export interface BatchResult {
  readonly successes: number;
  /** Text of the first failure in the batch that stopped the slow start. */
  readonly error?: string;
  readonly created: readonly KubeObject[];
}

/**
 * Creates pods in batches of 1, 2, 4 … and stops after the first batch with a failure. Notes SuccessfulCreate and FailedCreate events
 * on `owner`. Refusals by a terminating namespace count as successes (any further creation would fail too).
 */
export function* slowStartCreate(client: Client, source: EventSource, owner: KubeObject, requests: readonly ApiRequest[], onAnswer?: (p: ProcessContext, response: ApiResponse, index: number) => void): Program<BatchResult> {
  let done = 0;
  let successes = 0;
  const created: KubeObject[] = [];
  for (let size = Math.min(1, requests.length); size > 0; size = Math.min(2 * size, requests.length - done)) {
    const from = done;
    const answers: readonly ApiResponse[] = yield* client.all(requests.slice(from, from + size));
    let error: string | undefined;
    for (const answer of answers) {
      if (succeeded(answer)) {
        successes++;
        created.push(answer.body as KubeObject);
      } else if (hasCause(answer, 'NamespaceTerminating')) successes++;
      else error ??= errorText(answer);
    }
    yield* act((p: ProcessContext) => {
      answers.forEach((answer, i) => {
        if (succeeded(answer)) p.event(source, owner, 'Normal', 'SuccessfulCreate', `Created pod: ${(answer.body as KubeObject).metadata.name}`);
        else if (!hasCause(answer, 'NamespaceTerminating')) p.event(source, owner, 'Warning', 'FailedCreate', `Error creating: ${errorText(answer)}`);
        onAnswer?.(p, answer, from + i);
      });
    });
    if (error !== undefined) return { successes, error, created };
    done += size;
  }
  return { successes, created };
}

/** Deletes pods at once, notes the events. `onFailure` runs for each refusal (not found included). Answers the first error's text, if any but not found. */
export function* deletePods(client: Client, source: EventSource, owner: KubeObject, pods: readonly KubeObject[], onFailure: (p: ProcessContext, pod: KubeObject) => void, deleteOptions?: unknown): Program<string | undefined> {
  const answers = yield* client.all(pods.map((pod) => client.request.delete('pods', pod.metadata.namespace ?? '', pod.metadata.name, deleteOptions)));
  let error: string | undefined;
  yield* act((p: ProcessContext) => {
    answers.forEach((answer, i) => {
      const pod = pods[i]!;
      if (succeeded(answer)) p.event(source, owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
      else {
        onFailure(p, pod);
        if (!isNotFound(answer)) p.event(source, owner, 'Warning', 'FailedDelete', `Error deleting: ${errorText(answer)}`);
      }
    });
  });
  for (const answer of answers) if (!succeeded(answer) && !isNotFound(answer)) error ??= `unable to delete pods: ${errorText(answer)}`;
  return error;
}
