import { describe, expect, it } from 'vitest';
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


const M = 1_000_000;
const user = { user: ADMIN.user, userAgent: ADMIN.userAgent };
const create = (name: string, spec: object): ApiRequest => ({
  verb: 'create', group: '', version: 'v1', resource: 'pods', namespace: 'default', ...user,
  body: { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec: { nodeName: 'node-1', automountServiceAccountToken: false, ...spec } },
});
const remove = (name: string): ApiRequest => ({ verb: 'delete', group: '', version: 'v1', resource: 'pods', namespace: 'default', name, ...user });
const logs = (name: string, query: Record<string, string> = {}): ApiRequest => ({ verb: 'get', group: '', version: 'v1', resource: 'pods', subresource: 'log', namespace: 'default', name, options: { query }, ...user });
const shell = (script: string) => ['sh', '-c', script];

function play(steps: readonly Step[], end: number): Testbed {
  const bed = new Testbed(steps);
  bed.sim.runUntil(end * M);
  return bed;
}
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Any = any;
const writesTo = (bed: Testbed, name: string): Write[] => bed.log.filter((w) => w.who === 'kubelet/node-1' && w.request.resource === 'pods' && w.request.name === name && w.request.verb !== 'get');
const statuses = (bed: Testbed, name: string): Any[] => writesTo(bed, name).filter((w) => w.request.verb === 'patch' && w.response.code === 200).map((w) => (w.response.body as Any).status);
const events = (bed: Testbed, name: string): string[] => bed.log.filter((w) => w.request.resource === 'events' && w.request.verb === 'create' && (w.request.body as Any).involvedObject.name === name).map((w) => { const e = w.request.body as Any; return `${e.reason}: ${e.message}`; });
const state = (status: Any, container = 'main'): string => {
  const c = status.containerStatuses.find((s: Any) => s.name === container);
  return c.state.running ? 'running' : c.state.terminated ? `exit ${c.state.terminated.exitCode}` : c.state.waiting.reason;
};

describe('kubelet', () => {
  it('brings a pod up and down with the writes and events of a real one', () => {
    const bed = play([{ at: 3 * M, request: create('web', { containers: [{ name: 'main', image: 'nginx:1.26' }] }) }, { at: 12 * M, request: remove('web') }], 20);
    const seen = statuses(bed, 'web');
    expect(seen.map((s) => `${s.phase} ${state(s)} ${s.conditions.map((c: Any) => c.status[0]).join('')}`)).toEqual([
      'Pending ContainerCreating FTFFT', 'Pending ContainerCreating TTFFT', 'Running running TTTTT', 'Running running TTTTT', 'Succeeded exit 0 FTFFT',
    ]);
    expect(seen[2].podIP).toBe('10.244.1.2');
    expect(seen[3].observedGeneration).toBe(2);
    expect(writesTo(bed, 'web').at(-1)!.request.verb).toBe('delete');
    expect(events(bed, 'web')).toEqual([
      'Pulling: Pulling image "nginx:1.26"', 'Pulled: Successfully pulled image "nginx:1.26" in 1.034s (1.034s including waiting). Image size: 128987193 bytes.',
      'Created: Container created', 'Started: Container started', 'Killing: Stopping container main',
    ]);
  });

  it('restarts a failing container at once, then with a growing back-off', () => {
    const bed = play([{ at: 3 * M, request: create('crash', { containers: [{ name: 'main', image: 'busybox:1.36', command: shell('sleep 2; exit 1') }] }) }], 60);
    const seen = statuses(bed, 'crash').map((s) => state(s));
    expect(seen.slice(2, 11)).toEqual(['running', 'exit 1', 'running', 'exit 1', 'CrashLoopBackOff', 'running', 'exit 1', 'CrashLoopBackOff', 'running']);
    expect(statuses(bed, 'crash').at(-2).containerStatuses[0].restartCount).toBe(3);
    expect(events(bed, 'crash').some((e) => e.startsWith('BackOff: Back-off restarting failed container main in pod crash_default('))).toBe(true);
  });

  it('reports a final phase only when nothing runs any more', () => {
    const bed = play([{ at: 3 * M, request: create('job', { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox', command: shell('sleep 1; exit 3') }, { name: 'other', image: 'busybox', command: ['sleep', '4'] }] }) }], 20);
    expect(statuses(bed, 'job').map((s) => s.phase)).toEqual(['Pending', 'Pending', 'Running', 'Running', 'Running', 'Failed']);
  });

  it('runs init containers one by one, and keeps a sidecar', () => {
    const bed = play([{ at: 3 * M, request: create('app', {
      initContainers: [{ name: 'first', image: 'busybox', command: shell('sleep 1') }, { name: 'side', image: 'redis', restartPolicy: 'Always' }], containers: [{ name: 'main', image: 'nginx' }],
    }) }, { at: 20 * M, request: remove('app') }], 40);
    const last = statuses(bed, 'app').find((s) => s.phase === 'Running');
    expect(last.initContainerStatuses.map((c: Any) => (c.state.running ? 'running' : `exit ${c.state.terminated.exitCode}`))).toEqual(['exit 0', 'running']);
    // The sidecar is told to end after the container it serves.
    const killing = bed.log.filter((w) => w.request.resource === 'events' && (w.request.body as Any).reason === 'Killing').map((w) => (w.request.body as Any).message);
    expect([...killing].sort()).toEqual(['Stopping container main', 'Stopping container side']);
    expect(writesTo(bed, 'app').at(-1)!.request.verb).toBe('delete');
  });

  it('tells why an image, a configuration or a command is no good', () => {
    const bed = play([
      { at: 3 * M, request: create('image', { containers: [{ name: 'main', image: 'nginx:doesnotexist' }] }) },
      { at: 3 * M, request: create('config', { containers: [{ name: 'main', image: 'nginx', envFrom: [{ configMapRef: { name: 'nope' } }] }] }) },
      { at: 3 * M, request: create('command', { containers: [{ name: 'main', image: 'nginx', command: ['nosuch'] }] }) },
      { at: 3 * M, request: create('big', { containers: [{ name: 'main', image: 'nginx', resources: { requests: { cpu: '9' } } }] }) },
    ], 40);
    expect(new Set(statuses(bed, 'image').map((s) => state(s)))).toEqual(new Set(['ContainerCreating', 'ErrImagePull', 'ImagePullBackOff']));
    expect(statuses(bed, 'config').at(-1).containerStatuses[0].state.waiting).toEqual({ reason: 'CreateContainerConfigError', message: 'configmap "nope" not found' });
    expect(events(bed, 'config')).toContain('Failed: Error: configmap "nope" not found');
    expect(statuses(bed, 'command').map((s) => state(s))).toEqual(expect.arrayContaining(['RunContainerError', 'CrashLoopBackOff']));
    expect(statuses(bed, 'big')[0]).toMatchObject({ phase: 'Failed', reason: 'OutOfcpu', message: "Pod was rejected: Node didn't have enough resource: cpu, requested: 9000, used: 0, capacity: 4000" });
  });

  it('kills a container that fails its liveness probe, and tells readiness', () => {
    const bed = play([{ at: 3 * M, request: create('probed', { terminationGracePeriodSeconds: 2, containers: [{
      name: 'main', image: 'busybox', command: shell('touch /tmp/ok; sleep 10; rm /tmp/ok; sleep 600'),
      readinessProbe: { exec: { command: ['cat', '/tmp/ok'] }, periodSeconds: 1, failureThreshold: 1 }, livenessProbe: { exec: { command: ['cat', '/tmp/ok'] }, periodSeconds: 3, failureThreshold: 2 },
    }] }) }], 40);
    const ready = statuses(bed, 'probed').map((s) => s.containerStatuses[0].ready);
    expect(ready.slice(2, 5)).toEqual([false, true, false]);
    expect(events(bed, 'probed')).toContain("Unhealthy: Liveness probe failed: cat: can't open '/tmp/ok': No such file or directory\n");
    expect(events(bed, 'probed')).toContain('Killing: Container main failed liveness probe, will be restarted');
    expect(statuses(bed, 'probed').some((s) => s.containerStatuses[0].lastState.terminated?.exitCode === 137)).toBe(true);
  });

  it('finds its containers again after a restart', () => {
    const bed = new Testbed([{ at: 3 * M, request: create('web', { containers: [{ name: 'main', image: 'nginx' }] }) }]);
    bed.sim.runUntil(10 * M);
    bed.sim.input({ kind: 'stop', component: 'kubelet/node-1' });
    bed.sim.runUntil(20 * M);
    const before = writesTo(bed, 'web').length;
    bed.sim.input({ kind: 'start', component: 'kubelet/node-1' });
    bed.sim.runUntil(40 * M);
    expect(writesTo(bed, 'web').length).toBe(before);
    expect(statuses(bed, 'web').at(-1).containerStatuses[0].restartCount).toBe(0);
  });

  it('serves the logs of a container', () => {
    const bed = play([
      { at: 3 * M, request: create('talk', { containers: [{ name: 'main', image: 'busybox', command: shell('echo one; echo two; sleep 600') }] }) },
      { at: 10 * M, request: logs('talk', { tailLines: '1' }) }, { at: 11 * M, request: logs('talk', { timestamps: 'true' }) },
    ], 12);
    const texts = bed.log.filter((w) => w.request.subresource === 'log').map((w) => w.response.body);
    expect(texts).toEqual(['two\n', expect.stringMatching(/^2026-01-01T00:00:04\.\d{9}Z one\n2026-01-01T00:00:04\.\d{9}Z two\n$/)]);
  });

  it('is quiet when nothing happens: heartbeats alone', () => {
    const bed = play([{ at: 3 * M, request: create('web', { containers: [{ name: 'main', image: 'nginx' }] }) }], 60);
    let messages = 0;
    bed.sim.tap = (message) => { if (message.from === 'kubelet/node-1' || message.to === 'kubelet/node-1') messages++; };
    bed.sim.runUntil(160 * M);
    // Ten Lease renewals, asked and answered.
    expect(messages).toBeLessThan(24);
  });

  it('gives the same history when it is run again from a checkpoint', () => {
    const steps = [{ at: 3 * M, request: create('app', { initContainers: [{ name: 'first', image: 'busybox', command: shell('sleep 1') }], containers: [{ name: 'main', image: 'nginx' }] }) }, { at: 9 * M, request: remove('app') }];
    const bed = play(steps, 15);
    const hash = bed.sim.traceHash();
    const again = new Testbed(steps);
    again.sim.runUntil(8 * M);
    again.sim.seek(Math.floor(again.sim.position / 2));
    again.sim.runUntil(15 * M);
    expect(again.sim.traceHash()).toBe(hash);
  });
});
