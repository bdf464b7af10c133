/**
 * Calls of the kubelet to its node's container runtime.
 * Upstream: staging/src/k8s.io/cri-client/pkg/remote_runtime.go
 */
import { all, isCallFailed } from '../../sim/program.ts';
import type { Call, CallFailed, Program } from '../../sim/program.ts';
import { criErrorText, isCriError, runtimeAddress } from '../cri-api/types.ts';
import type { CriError, CriRequest } from '../cri-api/types.ts';

/** An answer, or why there is none. */
export type CriAnswer<T> = T | CriError | CallFailed;

export function criFailed(answer: unknown): answer is CriError | CallFailed {
  return isCallFailed(answer) || isCriError(answer);
}
export { criErrorText };

/** No answer is expected sooner: pulls and stops take what they take. */
const PATIENCE = 3_600_000_000;

/** The call as an effect: `(yield criCall(…)) as CriAnswer<T>`. */
export function criCall(node: string, request: CriRequest, subject: string): Call {
  return { op: 'call', to: runtimeAddress(node), body: request, label: { verb: request.method, subject }, timeout: PATIENCE };
}

export function* cri<T>(node: string, request: CriRequest, subject: string): Program<CriAnswer<T>> {
  return (yield criCall(node, request, subject)) as CriAnswer<T>;
}

/** Several calls at the same moment; answers in order. */
export function* criAll<T>(node: string, requests: readonly { readonly request: CriRequest; readonly subject: string }[]): Program<readonly CriAnswer<T>[]> {
  return (yield* all<T | CriError>(requests.map(({ request, subject }) => criCall(node, request, subject)))) as readonly CriAnswer<T>[];
}
