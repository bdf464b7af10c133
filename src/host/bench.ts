/** `orrery bench`: how fast the simulator is on this machine. Times are noisy; compare ratios. */
import { createCluster } from '../k8s/cluster.ts';
import { Simulator } from '../sim/simulator.ts';
import type { Component } from '../sim/types.ts';
import { kindNumber } from '../trace/trace.ts';
import { commandResult, startCommand } from './workstation.ts';

const SECOND = 1_000_000;
const EVENT = kindNumber('event');
declare const process: { memoryUsage(): { heapUsed: number } } | undefined;
declare const performance: { now(): number };

function heap(): number {
  return typeof process === 'undefined' ? 0 : process.memoryUsage().heapUsed;
}

/** Messages delivered so far: event records of the five types that travel. */
function delivered(sim: Simulator): number {
  let n = 0;
  for (let id = 0; id < sim.trace.end; id++) {
    const { chunk, at } = sim.trace.locate(id);
    if (chunk.kind[at] === EVENT && chunk.type[at] >= 1 && chunk.type[at] <= 6) n++;
  }
  return n;
}

interface PodsResult { readonly wallMs: number; readonly virtualSeconds: number; readonly messages: number; readonly messagesPerSecond: number; readonly events: number; readonly peakHeapMB: number; readonly ready: number; readonly sim: Simulator }

/** From the command to all pods Ready. */
export function pods(replicas: number, nodes: number, journal: boolean): PodsResult {
  const sim = createCluster({ seed: 1, nodes, cpu: '32', memory: '64Gi', addons: false, simulator: { journal } });
  sim.boot();
  sim.runUntil(20 * SECOND);
  const before = delivered(sim);
  const begin = sim.position;
  const at = sim.now;
  const start = performance.now();
  const id = startCommand(sim, `kubectl create deployment bench --image=nginx:1.27 --replicas=${replicas}`);
  let peak = heap();
  let ready = 0;
  for (let n = 0; ready < replicas && sim.now < at + 3600 * SECOND; n++) {
    sim.runUntil(sim.now + SECOND);
    if (n % 8 === 0) peak = Math.max(peak, heap());
    ready = readyPods(sim);
  }
  const wallMs = performance.now() - start;
  if (commandResult(sim, id)?.exitCode !== 0) throw new Error('the command failed');
  const messages = delivered(sim) - before;
  return { wallMs: Math.round(wallMs), virtualSeconds: (sim.now - at) / SECOND, messages, messagesPerSecond: Math.round((messages * 1000) / wallMs), events: sim.position - begin, peakHeapMB: Math.round(Math.max(peak, heap()) / 1048576), ready, sim };
}

function readyPods(sim: Simulator): number {
  const kvs = sim.allContainers().find((container) => container.owner === 'etcd' && container.name === 'kvs')!;
  const status = (kvs.get('/registry/deployments/default/bench') as { value?: { status?: { readyReplicas?: number } } } | undefined)?.value?.status;
  return status?.readyReplicas ?? 0;
}

/** p95 of 60 seeks to places drawn over the whole run, in milliseconds. */
function seekP95(sim: Simulator): number {
  const times: number[] = [];
  const end = sim.branch.end;
  for (let i = 1; i <= 60; i++) {
    const to = 1 + (Math.imul(i, 2654435761) >>> 0) % (end - 1);
    const start = performance.now();
    sim.seek(to);
    times.push(performance.now() - start);
  }
  sim.seek(end);
  times.sort((a, b) => a - b);
  return Math.round(times[Math.floor(times.length * 0.95)] * 10) / 10;
}

/** Two components that answer each other, journal off: deliveries a second of the bare simulator. */
export function ping(deliveries: number): number {
  const sim = new Simulator({ seed: 1, latency: () => ({ base: 100, jitter: 0 }), journal: false });
  const side = (address: string, peer: string): Component => ({
    address,
    start: (ctx) => ctx.send(peer, 'request', 0, { verb: 'PING', subject: '' }),
    message: (ctx) => ctx.send(peer, 'request', 0, { verb: 'PING', subject: '' }),
  });
  sim.add(side('a', 'b'));
  sim.add({ ...side('b', 'a'), start: () => {} });
  sim.boot();
  const start = performance.now();
  for (let n = 0; n < deliveries; n++) sim.step();
  return Math.round((deliveries * 1000) / (performance.now() - start));
}

export function bench(quick: boolean, print: (line: string) => void): void {
  const pingPerSecond = ping(quick ? 200_000 : 1_000_000);
  pods(100, 3, false);
  const on = measured(pods(1000, 10, true), seekP95);
  const off = measured(pods(1000, 10, false), () => 0);
  const big = quick ? null : measured(pods(10_000, 100, true), seekP95);
  print(JSON.stringify({
    messagesPerSecond: { journalOn: on.figures.messagesPerSecond, journalOff: off.figures.messagesPerSecond, ping: pingPerSecond },
    pods1000nodes10: on.figures, pods1000nodes10JournalOff: off.figures,
    ...(big ? { pods10000nodes100: { ...big.figures, perPodRatio: Math.round((big.figures.wallMs / 10 / on.figures.wallMs) * 100) / 100 } } : {}),
    seek: { p95Ms: (big ?? on).seekMs, p95MsAt1000: on.seekMs },
  }));
}

/** The figures alone: the simulator itself must not live on while the next one is measured. */
function measured({ sim, ...figures }: PodsResult, seek: (sim: Simulator) => number): { figures: Omit<PodsResult, 'sim'>; seekMs: number } {
  return { figures, seekMs: seek(sim) };
}
