/**
 * Which validation belongs to which kind, with what the server checks of every kind around it.
 * Upstream: staging/src/k8s.io/apiserver/pkg/registry/rest/{create,update}.go (BeforeCreate, BeforeUpdate), pkg/registry/<group>/<kind>/strategy.go
 * Left out: kinds without an entry: the generic metadata checks alone apply to them (`validateAnyCreate`, `validateAnyUpdate`).
 */
import type { FieldError } from '../../apimachinery/field-error.ts';
import { nameIsPathSegment } from '../../apimachinery/validation-strings.ts';
import { path } from '../../apimachinery/field-error.ts';
import * as configMap from './config-map.ts';
import * as controllerRevision from './controller-revision.ts';
import * as cronJob from './cron-job.ts';
import * as daemonSet from './daemon-set.ts';
import * as deployment from './deployment.ts';
import * as endpointSlice from './endpoint-slice.ts';
import * as endpoints from './endpoints.ts';
import * as event from './event.ts';
import type { Obj } from './field-checks.ts';
import * as horizontalPodAutoscaler from './horizontal-pod-autoscaler.ts';
import * as ingress from './ingress.ts';
import * as job from './job.ts';
import * as lease from './lease.ts';
import * as limitRange from './limit-range.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts';
import * as namespace from './namespace.ts';
import * as networkPolicy from './network-policy.ts';
import * as node from './node.ts';
import * as persistentVolume from './persistent-volume.ts';
import * as persistentVolumeClaim from './persistent-volume-claim.ts';
import * as pod from './pod.ts';
import * as podDisruptionBudget from './pod-disruption-budget.ts';
import * as podStatus from './pod-status.ts';
import { podWarnings } from './pod-warnings.ts';
import * as podTemplate from './pod-template.ts';
import * as priorityClass from './priority-class.ts';
import * as rbac from './rbac.ts';
import * as replicaSet from './replica-set.ts';
import * as replicationController from './replication-controller.ts';
import * as resourceQuota from './resource-quota.ts';
import * as secret from './secret.ts';
import * as service from './service.ts';
import * as serviceAccount from './service-account.ts';
import * as statefulSet from './stateful-set.ts';
import * as storageClass from './storage-class.ts';

export interface KindValidation {
  /** Errors of a new object, after defaulting and mutation. Empty: valid. */
  readonly create: (obj: Obj) => FieldError[];
  readonly update: (obj: Obj, old: Obj) => FieldError[];
  /** The status sub-resource. */
  readonly status?: (obj: Obj, old: Obj) => FieldError[];
  /** Group that refusals name, where it is not the kind's own. */
  readonly errorGroup?: string;
  /** Texts of Warning headers; `old` is absent on create. */
  readonly warnings?: (obj: Obj, old?: Obj) => string[];
  readonly statusWarnings?: (obj: Obj) => string[];
  /** Other sub-resources by name. */
  readonly subresources?: Readonly<Record<string, (obj: Obj, old: Obj) => FieldError[]>>;
}

interface Module {
  readonly validateCreate: (obj: Obj) => FieldError[];
  readonly validateUpdate: (obj: Obj, old: Obj) => FieldError[];
  readonly validateStatusUpdate?: (obj: Obj, old: Obj) => FieldError[];
  readonly warnings?: (obj: Obj, old?: Obj) => string[];
}

/** Metadata every kind obeys: the rules of BeforeCreate for a kind of either scope. */
export function validateAnyCreate(obj: Obj, namespaced: boolean): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMeta(errs, obj.metadata, namespaced, nameIsPathSegment, path('metadata'), false);
  return errs;
}

/** Metadata every kind obeys on update: the rules of BeforeUpdate. */
export function validateAnyUpdate(obj: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMetaUpdate(errs, obj.metadata, old.metadata, path('metadata'), false);
  return errs;
}

// The kind's own rules come first on create, and hide the general ones; on update both are told, the general ones first.
function entry(m: Module, namespaced: boolean, more: Partial<KindValidation> = {}): KindValidation {
  const after = (rules: (obj: Obj, old: Obj) => FieldError[]) => (obj: Obj, old: Obj): FieldError[] => {
    const general = validateAnyUpdate(obj, old);
    const own = rules(obj, old);
    return general.length === 0 ? own : [...general, ...own];
  };
  return {
    create(obj) { const own = m.validateCreate(obj); return own.length > 0 ? own : validateAnyCreate(obj, namespaced); },
    update: after(m.validateUpdate),
    ...(m.validateStatusUpdate === undefined ? {} : { status: after(m.validateStatusUpdate) }),
    ...(m.warnings === undefined ? {} : { warnings: m.warnings }),
    ...more,
    ...(more.subresources === undefined ? {} : { subresources: Object.fromEntries(Object.entries(more.subresources).map(([k, v]) => [k, after(v)])) }),
  };
}

/** By `group/Kind`; the core group is empty: `/Pod`. */
export const VALIDATION: Readonly<Record<string, KindValidation>> = {
  '/Namespace': entry(namespace, false, { subresources: { finalize: namespace.validateFinalizeUpdate } }),
  '/Node': entry(node, false),
  '/Pod': entry({ validateCreate: pod.validateCreate, validateUpdate: pod.validateUpdate, validateStatusUpdate: podStatus.validateStatusUpdate, warnings: (p, old) => (old === undefined ? podWarnings(p) : []) }, true,
    { statusWarnings: podStatus.statusWarnings, subresources: { ephemeralcontainers: pod.validateEphemeralContainersUpdate } }),
  '/Service': entry(service, true),
  '/Endpoints': entry(endpoints, true),
  '/ServiceAccount': entry(serviceAccount, true),
  '/ConfigMap': entry(configMap, true),
  '/Secret': entry(secret, true),
  '/Event': entry(event, true),
  '/LimitRange': entry(limitRange, true),
  '/ResourceQuota': entry(resourceQuota, true),
  '/ReplicationController': entry(replicationController, true),
  '/PodTemplate': entry(podTemplate, true),
  '/PersistentVolume': entry(persistentVolume, false),
  '/PersistentVolumeClaim': entry(persistentVolumeClaim, true),
  'events.k8s.io/Event': entry(event, true, { errorGroup: '' }),
  'discovery.k8s.io/EndpointSlice': entry(endpointSlice, true),
  'coordination.k8s.io/Lease': entry(lease, true),
  'apps/Deployment': entry(deployment, true),
  'apps/ReplicaSet': entry(replicaSet, true),
  'apps/ControllerRevision': entry(controllerRevision, true),
  'apps/StatefulSet': entry(statefulSet, true),
  'apps/DaemonSet': entry(daemonSet, true),
  'batch/Job': entry(job, true),
  'batch/CronJob': entry(cronJob, true),
  'autoscaling/HorizontalPodAutoscaler': entry(horizontalPodAutoscaler, true),
  'policy/PodDisruptionBudget': entry(podDisruptionBudget, true),
  'networking.k8s.io/NetworkPolicy': entry(networkPolicy, true),
  'networking.k8s.io/Ingress': entry(ingress, true),
  'storage.k8s.io/StorageClass': entry(storageClass, false),
  'scheduling.k8s.io/PriorityClass': entry(priorityClass, false),
  'rbac.authorization.k8s.io/Role': entry(rbac.roleValidation, true),
  'rbac.authorization.k8s.io/ClusterRole': entry(rbac.clusterRoleValidation, false),
  'rbac.authorization.k8s.io/RoleBinding': entry(rbac.roleBindingValidation, true),
  'rbac.authorization.k8s.io/ClusterRoleBinding': entry(rbac.clusterRoleBindingValidation, false),
};
