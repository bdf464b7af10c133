/**
 * Who a controller is to the API server: its own service account, its own user agent, its own rate limit.
 *
 * Upstream: staging/src/k8s.io/controller-manager/pkg/clientbuilder/client_builder_dynamic.go, cmd/kube-controller-manager/app/options/generic.go
 * Left out: the ServiceAccount get and the TokenRequest with which each client starts (no lasting write comes of them).
 */
import type { ClientIdentity } from '../client-go/types.ts';

const agent = 'kube-controller-manager/v1.36.3 (linux/amd64) kubernetes/$Format';

/** `factor`: some controllers raise --kube-api-qps 20 and --kube-api-burst 30 for themselves. */
export function identityOf(serviceAccount: string, factor: { readonly qps?: number; readonly burst?: number } = {}): ClientIdentity {
  const username = `system:serviceaccount:kube-system:${serviceAccount}`;
  return {
    name: serviceAccount,
    user: { username, groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'] },
    userAgent: `${agent}/${username}`,
    qps: 20 * (factor.qps ?? 1),
    burst: 30 * (factor.burst ?? 1),
  };
}
