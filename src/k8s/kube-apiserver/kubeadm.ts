/**
 * What kubeadm adds to a fresh server: the administrator's group is bound to cluster-admin.
 * Upstream: cmd/kubeadm/app/phases/kubeconfig/kubeconfig.go (EnsureAdminClusterRoleBinding)
 * Left out: bootstrap tokens, the kubeadm and kubelet ConfigMaps, certificates.
 */
import type { KubeObject } from '../api/types.ts';

export function kubeadmObjects(): readonly KubeObject[] {
  return [{
    apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name: 'kubeadm:cluster-admins', uid: '', resourceVersion: '', creationTimestamp: '' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'kubeadm:cluster-admins' }],
  }];
}
