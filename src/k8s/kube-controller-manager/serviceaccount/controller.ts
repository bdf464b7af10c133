/**
 * The service account controller: every active namespace has a ServiceAccount `default`.
 *
 * Upstream: pkg/controller/serviceaccount/serviceaccounts_controller.go
 */
import type { Program } from '../../../sim/program.ts';
import { act } from '../../../sim/program.ts';
import { clientFor } from '../../client-go/client.ts';
import type { ControllerDefinition, ProcessContext, SyncResult } from '../../client-go/types.ts';
import { serviceTime } from '../../timing.ts';
import { hasCause, isAlreadyExists, succeeded } from '../answers.ts';
import { identityOf } from '../identity.ts';

const identity = identityOf('service-account-controller');
const client = clientFor(identity);

function* sync(namespace: string): Program<SyncResult> {
  const missing = yield* act((p: ProcessContext) => {
    const ns = p.informer('namespaces').get(namespace);
    return ns?.status?.phase === 'Active' && p.informer('serviceaccounts').get(`${namespace}/default`) === undefined;
  });
  if (!missing) return 'done';
  const answer = yield* client.create('serviceaccounts', namespace, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } });
  return succeeded(answer) || isAlreadyExists(answer) || hasCause(answer, 'NamespaceTerminating') ? 'done' : 'retry';
}

export const serviceAccountController: ControllerDefinition = {
  name: 'serviceaccount',
  client: identity,
  workers: 1,
  serviceTime: serviceTime.serviceaccount,
  informers: ['namespaces', 'serviceaccounts'],
  handlers: {
    namespaces: (p, event) => {
      if (event.type !== 'delete') p.queue('serviceaccount').add(event.object.metadata.name);
    },
    serviceaccounts: (p, event) => {
      if (event.type === 'delete') p.queue('serviceaccount').add(event.object.metadata.namespace ?? '');
    },
  },
  sync,
};
