/**
 * The replica set controller.
 *
 * Upstream: pkg/controller/replicaset/replica_set.go
 */
import { serviceTime } from '../../timing.ts';
import { identityOf } from '../identity.ts';
import { replicaController } from './base.ts';

export const replicaSetController = replicaController({
  name: 'replicaset',
  identity: identityOf('replicaset-controller'),
  component: 'replicaset-controller',
  gvr: 'apps/v1/replicasets',
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  serviceTime: serviceTime.replicaset,
  selectorOf: (rs) => rs.spec.selector,
  modern: true,
});
