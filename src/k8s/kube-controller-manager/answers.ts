/**
 * Reading the API server's answers inside a sync: a refusal is thrown as `ApiError` and ends the sync, as `return err` does upstream.
 *
 * Upstream: staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go
 */
import type { Program } from '../../sim/program.ts';
import type { KubeObject, Status } from '../api/types.ts';
import type { ApiResponse } from '../apimachinery/request.ts';
import { isStatus } from '../apimachinery/request.ts';
import type { SyncResult } from '../client-go/types.ts';

/** Why a sync failed. Not an Error: nobody wants a stack of the simulator. */
export class ApiError {
  readonly message: string;
  readonly response: ApiResponse | undefined;
  constructor(message: string, response?: ApiResponse) {
    this.message = message;
    this.response = response;
  }
}

export function succeeded(response: ApiResponse): boolean {
  return response.code >= 200 && response.code < 300;
}

/** The text Go's err.Error() has. */
export function errorText(response: ApiResponse): string {
  if (isStatus(response.body)) return response.body.message ?? '';
  return typeof response.body === 'string' ? response.body : '';
}

export function isNotFound(response: ApiResponse): boolean {
  return response.code === 404 || reason(response) === 'NotFound';
}

export function isConflict(response: ApiResponse): boolean {
  return reason(response) === 'Conflict';
}

export function isAlreadyExists(response: ApiResponse): boolean {
  return reason(response) === 'AlreadyExists';
}

export function isInvalid(response: ApiResponse): boolean {
  return reason(response) === 'Invalid';
}

function reason(response: ApiResponse): string | undefined {
  return isStatus(response.body) ? (response.body as Status).reason : undefined;
}

export function hasCause(response: ApiResponse | undefined, cause: string): boolean {
  return response !== undefined && isStatus(response.body) && (response.body.details?.causes ?? []).some((c) => c.reason === cause);
}

/** The answer's object, or throws. */
export function must(response: ApiResponse): KubeObject {
  if (!succeeded(response)) throw new ApiError(errorText(response), response);
  return response.body as KubeObject;
}

/**
 * Turns a thrown `ApiError` into 'retry'. With `forgiveTerminating`, a refusal because the namespace is going away counts as done
 * (some controllers do so upstream).
 */
export function* guarded(sync: Program<SyncResult>, forgiveTerminating = false): Program<SyncResult> {
  try {
    return yield* sync;
  } catch (thrown) {
    if (!(thrown instanceof ApiError)) throw thrown;
    return forgiveTerminating && hasCause(thrown.response, 'NamespaceTerminating') ? 'done' : 'retry';
  }
}
