/**
 * A control plane without controllers, one node, and a hand that sends requests: what tests of the kubelet run on.
 */
import { describe, it } from 'vitest';
import { Simulator } from '../../sim/simulator.ts';
import { act, sleep } from '../../sim/program.ts';
import type { Program } from '../../sim/program.ts';
import type { Context, Message } from '../../sim/types.ts';
import type { ApiRequest, ApiResponse } from '../apimachinery/request.ts';
import { clientFor } from '../client-go/client.ts';
import { createProcess } from '../client-go/process.ts';
import type { ClientIdentity, ProcessContext } from '../client-go/types.ts';
import { createContainerRuntime } from '../container-runtime/container-runtime.ts';
import { createEtcd } from '../etcd/etcd.ts';
import { createApiserver } from '../kube-apiserver/kube-apiserver.ts';
import { createKubelet } from './kubelet.ts';

export interface Write { readonly at: number; readonly who: string; readonly request: ApiRequest; readonly response: ApiResponse }
export interface Step { readonly at: number; readonly request: ApiRequest }

const ADMIN: ClientIdentity = { name: 'admin', user: { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] }, userAgent: 'kubectl/v1.36.3 (linux/amd64) kubernetes/0dc3671', qps: 1000, burst: 1000 };

export class Testbed {
  readonly sim: Simulator;
  readonly log: Write[] = [];

  /** `steps`: requests of the administrator at virtual times, in microseconds. */
  constructor(steps: readonly Step[], seed = 1) {
    const sim = new Simulator({ seed, latency: () => ({ base: 500, jitter: 500 }) });
    this.sim = sim;
    sim.add(createEtcd(sim, { writeTime: 1000, readTime: 300 }));
    sim.add(createApiserver(sim, {}));
    sim.add(createContainerRuntime(sim, { node: 'node-1', ordinal: 1 }));
    sim.add(createKubelet(sim, { node: 'node-1', ordinal: 1, zone: 'zone-a' }));
    sim.add(createProcess(sim, {
      address: 'hand', reader: ADMIN,
      programs: {
        *play(): Program {
          yield* sleep(1_000_000);
          let now = 1_000_000;
          const account = yield* clientFor(ADMIN).create('serviceaccounts', 'default', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } });
          if (account.code !== 201) throw new Error(JSON.stringify(account.body));
          for (const step of steps) {
            yield* sleep(Math.max(0, step.at - now));
            now = step.at;
            const done = yield* clientFor(ADMIN).all([step.request]);
            if (done[0].code >= 400 || done[0].code === 0) throw new Error(JSON.stringify(done[0].body));
            yield* act((p: Context) => p.record('note', 'step', String(step.at)));
          }
        },
      },
      start(p: ProcessContext) { p.spawn('play', {}); },
    }));
    const open = new Map<string, { at: number; message: Message }>();
    sim.tap = (message, _record, departs, arrives) => {
      if (!message.re) return;
      if (message.to === 'kube-apiserver' && message.type === 'request') open.set(`${message.from} ${message.re.program} ${message.re.slot}`, { at: arrives, message });
      if (message.from === 'kube-apiserver' && message.type === 'response') {
        const asked = open.get(`${message.to} ${message.re.program} ${message.re.slot}`);
        if (asked) this.log.push({ at: departs, who: message.to, request: asked.message.body as ApiRequest, response: message.body as ApiResponse });
      }
    };
    sim.boot();
  }
}

const pod = (name: string, spec: object): ApiRequest => ({
  verb: 'create', group: '', version: 'v1', resource: 'pods', namespace: 'default', user: ADMIN.user, userAgent: ADMIN.userAgent,
  body: { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec: { nodeName: 'node-1', automountServiceAccountToken: false, ...spec } },
});
describe('dump', () => {
  it('runs', () => {
    const bed = new Testbed([{ at: 3_000_000, request: pod('web', { containers: [{ name: 'nginx', image: 'nginx:1.26' }] }) },
     { at: 12_000_000, request: { verb: 'delete', group: '', version: 'v1', resource: 'pods', namespace: 'default', name: 'web', user: ADMIN.user, userAgent: ADMIN.userAgent } }]);
    bed.sim.runUntil(20_000_000);
    for (const w of bed.log) console.log(w.at, w.who, w.request.verb, w.request.resource, w.request.subresource ?? '', w.request.name ?? '', w.response.code, JSON.stringify(w.request.body ?? null).slice(0, 1500), w.response.code >= 400 ? JSON.stringify(w.response.body).slice(0,300) : '');
  });
});
