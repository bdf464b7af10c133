/**
 * CoreDNS with the kubernetes plugin: watches what its zone is made of, and answers questions from it.
 * A question is a message whose body is {name, type}; the answer's body is a DnsAnswer.
 * Upstream: coredns/coredns plugin/kubernetes/controller.go
 * Left out: two replicas (one process stands for the Deployment), cache, forward's servers, health and metrics.
 */
import type { Component, Host, Message } from '../../sim/types.ts';
import type { KubeObject } from '../api/types.ts';
import { createProcess } from '../client-go/process.ts';
import type { ClientIdentity, ProcessContext } from '../client-go/types.ts';
import { lookup, type DnsState, type RecordType } from './lookup.ts';

const SLICES = 'discovery.k8s.io/v1/endpointslices';
/** Work of one answer, microseconds. */
const ANSWER_TIME = 100;

const COREDNS: ClientIdentity = {
  name: 'coredns', user: { username: 'system:serviceaccount:kube-system:coredns', groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'] },
  userAgent: 'coredns/v0.0.0 (linux/amd64) kubernetes/$Format', qps: 5, burst: 10,
};

function serviceOf(slice: KubeObject): readonly string[] {
  const service = slice.metadata.labels?.['kubernetes.io/service-name'];
  return service ? [`${slice.metadata.namespace}/${service}`] : [];
}

function addressesOf(slice: KubeObject): readonly string[] {
  return [...new Set(((slice['endpoints'] ?? []) as { addresses?: readonly string[] }[]).flatMap((one) => one.addresses ?? []))];
}

function clusterIPs(service: KubeObject): readonly string[] {
  return ((service.spec?.clusterIPs ?? []) as readonly string[]).filter((ip) => ip !== 'None' && ip !== '');
}

/** The zone's objects as the process knows them now. */
export function dnsState(p: ProcessContext): DnsState {
  const slices = p.informer(SLICES);
  return {
    namespace: (name) => p.informer('namespaces').get(name),
    service: (namespace, name) => p.informer('services').get(`${namespace}/${name}`),
    slices: (namespace, service) => slices.byIndex('service', `${namespace}/${service}`),
    serviceByIP: (ip) => p.informer('services').byIndex('ip', ip)[0],
    slicesByIP: (ip) => slices.byIndex('ip', ip),
  };
}

interface Question { readonly name: string; readonly type: RecordType }

function isQuestion(body: unknown): body is Question {
  return typeof body === 'object' && body !== null && typeof (body as Question).name === 'string' && typeof (body as Question).type === 'string';
}

export function createCoreDNS(host: Host): Component {
  return createProcess(host, {
    address: 'coredns',
    reader: COREDNS,
    informers: ['namespaces', { gvr: 'services', indexes: { ip: clusterIPs } }, { gvr: SLICES, indexes: { service: serviceOf, ip: addressesOf } }],
    message(p: ProcessContext, message: Message) {
      if (!message.re || !isQuestion(message.body)) return;
      const { name, type } = message.body;
      const ready = p.informer('services').hasSynced() && p.informer(SLICES).hasSynced() && p.informer('namespaces').hasSynced();
      const answer = ready ? lookup(name, type, dnsState(p)) : { code: 'SERVFAIL' as const, answers: [], additional: [] };
      p.reply(message, answer, { verb: answer.code, subject: `${type} ${name}` }, { delay: ANSWER_TIME });
    },
  });
}
