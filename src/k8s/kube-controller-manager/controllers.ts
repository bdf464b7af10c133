/**
 * Every controller that runs in kube-controller-manager, in a stable order.
 *
 * Upstream: cmd/kube-controller-manager/app/controllermanager.go (NewControllerDescriptors)
 */
import type { ControllerDefinition } from '../client-go/types.ts';
import { cronJobController } from './cronjob/controller.ts';
import { daemonSetController } from './daemonset/controller.ts';
import { deploymentController } from './deployment/controller.ts';
import { disruptionController } from './disruption/controller.ts';
import { endpointsController } from './endpoint/controller.ts';
import { endpointSliceController } from './endpointslice/controller.ts';
import { garbageCollector } from './garbagecollector/controller.ts';
import { jobController } from './job/controller.ts';
import { namespaceController } from './namespace/controller.ts';
import { nodeIpamController } from './nodeipam/controller.ts';
import { nodeLifecycleController } from './nodelifecycle/controller.ts';
import { podGCController } from './podgc/controller.ts';
import { replicaSetController } from './replicaset/controller.ts';
import { replicationController } from './replicationcontroller/controller.ts';
import { resourceQuotaController } from './resourcequota/controller.ts';
import { rootCACertPublisher } from './rootcacertpublisher/controller.ts';
import { serviceAccountController } from './serviceaccount/controller.ts';
import { statefulSetController } from './statefulset/controller.ts';
import { taintEvictionController } from './tainteviction/controller.ts';
import { ttlAfterFinishedController } from './ttlafterfinished/controller.ts';
import { ttlController } from './ttl/controller.ts';

export const controllers: readonly ControllerDefinition[] = [
  endpointsController,
  endpointSliceController,
  replicationController,
  namespaceController,
  serviceAccountController,
  rootCACertPublisher,
  daemonSetController,
  jobController,
  cronJobController,
  ttlAfterFinishedController,
  resourceQuotaController,
  deploymentController,
  replicaSetController,
  disruptionController,
  statefulSetController,
  garbageCollector,
  podGCController,
  ttlController,
  nodeIpamController,
  nodeLifecycleController,
  taintEvictionController,
];
