/** The describers by kind. Upstream: k8s.io/kubectl/pkg/describe/describe.go (describerMap). */
import { configMap, limitRange, namespace, resourceQuota, secret, serviceAccount } from './config.ts';
import type { Describer } from './describer.ts';
import { generic } from './generic.ts';
import { node } from './node.ts';
import { pod } from './pod.ts';
import { clusterRole, hpa, podDisruptionBudget, priorityClass, role, roleBinding } from './policy.ts';
import { persistentVolume, persistentVolumeClaim, storageClass } from './storage.ts';
import { endpoints, endpointSlice, ingress, networkPolicy, service } from './services.ts';
import { cronJob, daemonSet, deployment, job, replicaSet, statefulSet } from './workloads.ts';

const ALL: readonly Describer[] = [
  pod, deployment, replicaSet, statefulSet, daemonSet, job, cronJob, service, endpoints, endpointSlice, ingress, networkPolicy,
  configMap, secret, serviceAccount, namespace, resourceQuota, limitRange,
  node, persistentVolume, persistentVolumeClaim, storageClass, role, clusterRole, roleBinding, hpa, podDisruptionBudget, priorityClass,
];

const GROUPS = ['', 'apps', 'batch', 'autoscaling', 'policy', 'networking.k8s.io', 'discovery.k8s.io', 'storage.k8s.io', 'scheduling.k8s.io', 'rbac.authorization.k8s.io'];

export function describerFor(kind: string, group: string): Describer {
  return (GROUPS.includes(group) ? ALL.find((d) => d.kinds.includes(kind)) : undefined) ?? generic;
}
