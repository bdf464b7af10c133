/**
 * The objects that a fresh kube-apiserver makes by itself: namespaces, RBAC's roles and bindings, priority classes, flow schemas …
 * Upstream: plugin/pkg/auth/authorizer/rbac/bootstrappolicy, pkg/registry/scheduling/rest, pkg/apis/flowcontrol/bootstrap.
 * Left out: uid, resourceVersion and times, which the writer adds; the server's own address is 192.0.2.2:16443.
 */
import { BOOTSTRAP } from './generated/bootstrap.ts';
import type { KubeObject } from './types.ts';

let objects: readonly KubeObject[] | undefined;

/** In the recorded order. The objects are shared: do not change them. */
export function bootstrapObjects(): readonly KubeObject[] {
  return (objects ??= BOOTSTRAP.split('\n').map((line) => JSON.parse(line) as KubeObject));
}
