/**
 * The replication controller manager: the ReplicaSet's controller over v1 ReplicationControllers.
 *
 * Upstream: pkg/controller/replication/{replication_controller,conversion}.go
 */
import { serviceTime } from '../../timing.ts';
import { identityOf } from '../identity.ts';
import { replicaController } from '../replicaset/base.ts';

export const replicationController = replicaController({
  name: 'replicationcontroller',
  identity: identityOf('replication-controller'),
  component: 'replication-controller',
  gvr: 'replicationcontrollers',
  apiVersion: 'v1',
  kind: 'ReplicationController',
  serviceTime: serviceTime.replicationcontroller,
  selectorOf: (rc) => ({ matchLabels: rc.spec.selector ?? {} }),
  modern: false,
});
