/** Each invariant is caught: a cluster with one planted bug breaks exactly the invariant that forbids it; the same cluster without it breaks none. */
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../k8s/api/types.ts';
import type { ApiRequest, ApiResponse } from '../k8s/apimachinery/request.ts';
import type { NodeInfo } from '../k8s/kube-scheduler/framework/types.ts';
import type { KeyValue } from '../k8s/etcd/types.ts';
import type { Container } from '../sim/container.ts';
import type { Simulator } from '../sim/simulator.ts';
import type { Component, Context, Message, Micros } from '../sim/types.ts';
import type { Trace } from '../trace/trace.ts';
import { InvariantBroken, checkInvariants } from './invariants.ts';
import { bootedCluster } from './random-scenario.ts';

const EVENTS = 3_000;
const DEPLOYMENT = 'kubectl create deployment web --image=nginx:1.27 --replicas=2';

function container<V>(sim: Simulator, owner: string, name: string): Container<V> {
  const found = sim.allContainers().find((one) => one.owner === owner && one.name === name);
  if (!found) throw new Error(`no container ${owner}/${name}`);
  return found as Container<V>;
}

/** Every value written to a container passes `change`; what it returns is written instead. */
function tamper<V>(target: Container<V>, change: (key: string, value: V, old: V | undefined) => V): void {
  const set = target.set.bind(target);
  target.set = (key, value) => set(key, change(key, value, target.get(key)));
}

/** Every object that etcd stores over an older version of itself passes `change`. */
function tamperStore(sim: Simulator, directory: string, change: (after: KubeObject, before: KubeObject) => KubeObject): void {
  tamper<KeyValue>(container(sim, 'etcd', 'kvs'), (key, kv, old) => (old && key.startsWith(`/registry/${directory}/`) ? { ...kv, value: change(kv.value as KubeObject, old.value as KubeObject) } : kv));
}

/** Every message passes `change` on its way out: what it returns is sent instead. */
function tamperSent(sim: Simulator, change: (message: Message) => readonly Message[]): void {
  const network = sim as unknown as { transmit: (message: Message, delay: Micros) => void };
  const transmit = network.transmit.bind(sim);
  network.transmit = (message, delay) => change(message).forEach((one) => transmit(one, delay));
}

/** `before` sees every message that reaches a component, and may hand it another one instead. */
function tamperReceived(sim: Simulator, address: string, before: (message: Message, ctx: Context) => Message): void {
  const component = sim.component(address) as Component & { message: Component['message'] };
  const message = component.message.bind(component);
  component.message = (ctx, one) => message(ctx, before(one, ctx));
}

const isRequest = (message: Message, verb: string, resource: string): boolean => {
  const body = message.body as ApiRequest;
  return message.type === 'request' && message.to === 'kube-apiserver' && body.verb === verb && body.resource === resource;
};
const manifest = (value: unknown): string => JSON.stringify(value);
const bigDeployment = manifest({
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' },
  spec: { replicas: 3, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'nginx', image: 'nginx:1.27', resources: { requests: { cpu: '3' } } }] } } },
});
const keptConfigMap = manifest({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kept', finalizers: ['example.com/keep'] } });

interface Planted { readonly id: string; readonly bug: string; readonly plant: (sim: Simulator) => void; readonly lines: readonly (string | readonly [line: string, stdin: string] | { readonly stop: string })[] }

const bugs: readonly Planted[] = [
  { id: 'S1', bug: 'etcd writes twice at one revision', lines: [DEPLOYMENT], plant: (sim) => tamper<KeyValue>(container(sim, 'etcd', 'kvs'), (_, kv, old) => (old ? { ...kv, modRevision: old.modRevision } : kv)) },
  { id: 'S1', bug: 'etcd counts backwards', lines: [DEPLOYMENT], plant: (sim) => tamper<unknown>(container(sim, 'etcd', 'meta'), (key, value, old) => (key === 'revision' ? (old as number) - 1 : value)) },
  { id: 'S5', bug: 'a watch event comes twice', lines: [DEPLOYMENT], plant: (sim) => tamperSent(sim, (message) => (message.type === 'watch' && message.from === 'kube-apiserver' ? [message, message] : [message])) },
  { id: 'S6', bug: 'a watch begins before the version it was asked for', lines: [DEPLOYMENT, { stop: 'kube-scheduler' }],
    plant: (sim) => tamperReceived(sim, 'kube-apiserver', (message) => {
      const body = message.body as ApiRequest;
      return isRequest(message, 'watch', 'pods') ? { ...message, body: { ...body, options: { ...body.options, resourceVersion: String(Math.max(1, Number(body.options?.resourceVersion) - 30)) } } } : message;
    }) },
  { id: 'S7', bug: 'an update of an old version is stored', lines: [DEPLOYMENT],
    plant: (sim) => {
      const real = new Map<string, string>();
      const named = (message: Message, version: string): Message => {
        const body = message.body as ApiRequest;
        return { ...message, body: { ...body, body: { ...body.body as KubeObject, metadata: { ...(body.body as KubeObject).metadata, resourceVersion: version } } } };
      };
      const id = (message: Message): string => `${message.from} ${message.re?.program} ${message.re?.slot}`;
      tamperSent(sim, (message) => {
        const version = isRequest(message, 'update', 'replicasets') && (message.body as ApiRequest).body?.metadata?.resourceVersion;
        if (!version) return [message];
        real.set(id(message), version);
        return [named(message, '1')];
      });
      tamperReceived(sim, 'kube-apiserver', (message) => (real.has(id(message)) && isRequest(message, 'update', 'replicasets') ? named(message, real.get(id(message))!) : message));
    } },
  { id: 'S8', bug: 'an informer loses an update', lines: [DEPLOYMENT], plant: (sim) => {
    let lost = 0;
    const cache = container<KubeObject>(sim, 'kube-controller-manager', 'informer pods');
    const set = cache.set.bind(cache);
    cache.set = (key, value) => {
      if (!cache.has(key) || lost++ > 0) set(key, value);
    };
  } },
  { id: 'S9', bug: 'an update changes the uid', lines: [DEPLOYMENT], plant: (sim) => tamperStore(sim, 'deployments', (after) => ({ ...after, metadata: { ...after.metadata, uid: 'another' } })) },
  { id: 'S9', bug: 'the generation falls', lines: [DEPLOYMENT], plant: (sim) => tamperStore(sim, 'deployments', (after) => ({ ...after, metadata: { ...after.metadata, generation: 0 } })) },
  { id: 'S9', bug: 'a status write raises the generation', lines: [DEPLOYMENT], plant: (sim) => {
    const asked = new Set<string>();
    tamperSent(sim, (message) => {
      const key = `${message.type === 'request' ? message.from : message.to} ${message.re?.program} ${message.re?.slot}`;
      if (isRequest(message, 'update', 'deployments') && (message.body as ApiRequest).subresource === 'status') asked.add(key);
      if (message.type !== 'response' || message.from !== 'kube-apiserver' || !asked.has(key) || (message.body as ApiResponse).code !== 200) return [message];
      const answer = message.body as ApiResponse;
      const object = answer.body as KubeObject;
      return [{ ...message, body: { ...answer, body: { ...object, metadata: { ...object.metadata, generation: object.metadata.generation! + 1 } } } }];
    });
  } },
  { id: 'S11', bug: 'a pod moves to another node', lines: [DEPLOYMENT], plant: (sim) => tamperStore(sim, 'pods', (after, before) => (before.spec.nodeName ? { ...after, spec: { ...after.spec, nodeName: 'node-9' } } : after)) },
  { id: 'S12', bug: 'the scheduler forgets what pods ask for', lines: [['kubectl apply -f -', bigDeployment]],
    plant: (sim) => tamper<NodeInfo>(container(sim, 'kube-scheduler', 'nodes'), (_, info) => ({ ...info, requested: { ...info.requested, cpu: 0 } })) },
  { id: 'S13', bug: 'a deletion is taken back', lines: [DEPLOYMENT, 'kubectl delete deployment web --wait=false'], plant: (sim) => tamperStore(sim, 'pods', (after, before) => {
    if (!before.metadata.deletionTimestamp) return after;
    const { deletionTimestamp: _, ...metadata } = after.metadata;
    return { ...after, metadata };
  }) },
  { id: 'S13', bug: 'a pod that succeeded runs again', lines: [`kubectl run once --image=busybox:1.36 --restart=Never -- true`, 'kubectl label pod once touched=1'],
    plant: (sim) => tamperStore(sim, 'pods', (after, before) => (before.status?.phase === 'Succeeded' ? { ...after, status: { ...after.status, phase: 'Running' } } : after)) },
  { id: 'S14', bug: 'kube-apiserver forgets finalizers', lines: [['kubectl create -f -', keptConfigMap], 'kubectl delete configmap kept --wait=false'],
    plant: (sim) => tamperReceived(sim, 'kube-apiserver', (message) => {
      if (!isRequest(message, 'delete', 'configmaps')) return message;
      const bare = (o: KubeObject): KubeObject => {
        const { finalizers: _, ...metadata } = o.metadata;
        return { ...o, metadata };
      };
      for (const one of sim.allContainers()) {
        for (const key of one.keys().filter((name) => name.endsWith('/kept'))) {
          const value = one.get(key) as KubeObject & KeyValue;
          // Past the journal: the checker has seen the finalizers, the server no longer does.
          if (value.metadata) one.apply(key, bare(value));
          else if ((value.value as KubeObject | undefined)?.metadata) one.apply(key, { ...value, value: bare(value.value as KubeObject) });
        }
      }
      return message;
    }) },
  { id: 'S15', bug: 'the garbage collector takes a child of a live owner', lines: [DEPLOYMENT], plant: (sim) => {
    const sets = container<KubeObject>(sim, 'kube-controller-manager', 'informer apps/v1/replicasets');
    let taken = false;
    tamperReceived(sim, 'kube-controller-manager', (message, ctx) => {
      if (!taken && sets.size > 0) {
        taken = true;
        const name = sets.get(sets.keys()[0])!.metadata.name;
        const request = { verb: 'delete', group: 'apps', version: 'v1', resource: 'replicasets', namespace: 'default', name, user: { username: 'system:serviceaccount:kube-system:generic-garbage-collector', groups: [] }, userAgent: '' };
        ctx.send('kube-apiserver', 'request', request, { verb: 'DELETE', subject: `replicasets default/${name}` });
      }
      return message;
    });
  } },
  { id: 'S16', bug: 'a pod gets a second controller', lines: [DEPLOYMENT], plant: (sim) => tamperStore(sim, 'pods', (after) => ({ ...after, metadata: { ...after.metadata, ownerReferences: [...after.metadata.ownerReferences ?? [], { apiVersion: 'v1', kind: 'ReplicaSet', name: 'thief', uid: 'thief', controller: true }] } })) },
  { id: 'S17', bug: 'the ReplicaSet controller creates one pod too many', lines: [DEPLOYMENT], plant: (sim) => {
    let more = 0;
    tamperSent(sim, (message) => (isRequest(message, 'create', 'pods') && !(message.body as ApiRequest).subresource && more++ === 0 ? [message, message, message] : [message]));
  } },
  { id: 'S18', bug: 'a rollout gives up the old pods at once', lines: [DEPLOYMENT, 'kubectl rollout status deployment/web', 'kubectl set image deployment/web nginx=nginx:1.28'],
    plant: (sim) => tamperSent(sim, (message) => {
      const body = message.body as ApiRequest;
      if (message.type !== 'request') return [message];
      const old = isRequest(message, 'update', 'replicasets') && !body.subresource && body.user.username.endsWith(':deployment-controller') && body.body?.metadata?.annotations?.['deployment.kubernetes.io/revision'] === '1';
      return [old ? { ...message, body: { ...body, body: { ...body.body as KubeObject, spec: { ...(body.body as KubeObject).spec, replicas: 0 } } } } : message];
    }) },
  { id: 'S24', bug: 'a record names a later one as its cause', lines: [DEPLOYMENT], plant: (sim) => {
    const trace = sim.trace as Trace & { append: Trace['append'] };
    const append = trace.append.bind(trace);
    trace.append = (kind, type, time, event, _, ...rest) => append(kind, type, time, event, trace.end + 1, ...rest);
  } },
];

/** Types the lines one after the other, each when the one before has ended; a stopped component is started at once. */
function play(sim: Simulator, lines: Planted['lines']): void {
  for (const line of lines) {
    if (typeof line === 'object' && 'stop' in line) {
      sim.input({ kind: 'stop', component: line.stop });
      sim.input({ kind: 'start', component: line.stop });
      sim.runUntil(sim.now + 2_000_000, EVENTS);
      continue;
    }
    const [text, stdin] = typeof line === 'string' ? [line, undefined] : line;
    sim.input({ kind: 'signal', to: 'workstation', body: { start: { line: text, ...(stdin === undefined ? {} : { stdin }) } }, label: { verb: 'Enter', subject: text } });
    sim.runUntil(sim.now + 12_000_000, EVENTS);
  }
}

describe('planted bugs', () => {
  it.each(bugs)('$id: $bug', ({ id, plant, lines }) => {
    const sound = bootedCluster();
    checkInvariants(sound);
    play(sound, lines);

    const sim = bootedCluster();
    checkInvariants(sim);
    plant(sim);
    let broken: unknown;
    try {
      play(sim, lines);
    } catch (error) {
      broken = error;
    }
    if (!(broken instanceof InvariantBroken)) throw broken ?? new Error('nothing was noticed');
    expect(broken.id, broken.message).toBe(id);
  });
});
