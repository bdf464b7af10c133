/**
 * The root CA publisher: every namespace has the ConfigMap kube-root-ca.crt, which pods mount to trust kube-apiserver.
 *
 * Upstream: pkg/controller/certificates/rootcacertpublisher/publisher.go
 * Left out: a real certificate: the text has the form of one.
 */
import type { Program } from '../../../sim/program.ts';
import { act } from '../../../sim/program.ts';
import { clientFor } from '../../client-go/client.ts';
import type { ControllerDefinition, ProcessContext, SyncResult } from '../../client-go/types.ts';
import { serviceTime } from '../../timing.ts';
import { hasCause, isNotFound, succeeded } from '../answers.ts';
import { identityOf } from '../identity.ts';
import { equal, withAnnotations } from '../objects.ts';

const identity = identityOf('root-ca-cert-publisher');
const client = clientFor(identity);
const configMap = 'kube-root-ca.crt';
const descriptionAnnotation = 'kubernetes.io/description';
const description = 'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. '
  + 'No other usage is guaranteed across distributions of Kubernetes clusters.';

/** Stands for the cluster's certificate authority. */
export const rootCA = `-----BEGIN CERTIFICATE-----
${['MIIDBTCCAe2gAwIBAgIIc2ltdWxhdGVkMA0GCSqGSIb3DQEBCwUAMBUxEzARBgNV', 'BAMTCmt1YmVybmV0ZXMwHhcNMjYwMTAxMDAwMDAwWhcNMzYwMTAxMDAwMDAwWjAV', 'MRMwEQYDVQQDEwprdWJlcm5ldGVzc2ltdWxhdGVkY2VydGlmaWNhdGVhdXRob3JpdHk='].join('\n')}
-----END CERTIFICATE-----
`;

function* sync(namespace: string): Program<SyncResult> {
  const have = yield* act((p: ProcessContext) => p.informer('configmaps').get(`${namespace}/${configMap}`));
  const data = { 'ca.crt': rootCA };
  if (have === undefined) {
    const answer = yield* client.create('configmaps', namespace, {
      apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: configMap, annotations: { [descriptionAnnotation]: description } }, data,
    });
    return succeeded(answer) || isNotFound(answer) || hasCause(answer, 'NamespaceTerminating') ? 'done' : 'retry';
  }
  if (equal(have.data, data) && (have.metadata.annotations?.[descriptionAnnotation] ?? '') !== '') return 'done';
  const answer = yield* client.update('configmaps', withAnnotations({ ...have, data }, { ...have.metadata.annotations, [descriptionAnnotation]: description }));
  return succeeded(answer) ? 'done' : 'retry';
}

export const rootCACertPublisher: ControllerDefinition = {
  name: 'rootcacertpublisher',
  client: identity,
  workers: 1,
  serviceTime: serviceTime.rootcacertpublisher,
  informers: ['namespaces', 'configmaps'],
  handlers: {
    namespaces: (p, event) => {
      if (event.type === 'add' || (event.type === 'update' && event.object.status?.phase === 'Active')) p.queue('rootcacertpublisher').add(event.object.metadata.name);
    },
    configmaps: (p, event) => {
      if (event.type !== 'add' && event.object.metadata.name === configMap) p.queue('rootcacertpublisher').add(event.object.metadata.namespace ?? '');
    },
  },
  sync,
};
