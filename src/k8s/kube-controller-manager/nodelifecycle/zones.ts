/**
 * Zones: how many of their nodes are well, and how fast nodes of a zone may be tainted NoExecute.
 *
 * Upstream: pkg/controller/nodelifecycle/node_lifecycle_controller.go (handleDisruption, ComputeZoneState), scheduler/rate_limited_queue.go
 */
import type { Micros } from '../../../sim/types.ts';
import type { KubeObject } from '../../api/types.ts';

export type ZoneState = 'Initial' | 'Normal' | 'FullDisruption' | 'PartialDisruption';

/** Nodes per 10 s; --node-eviction-rate 0.1, --secondary-node-eviction-rate 0.01. In nodes a second times 100. */
const evictionRate = 10;
const secondaryRate = 1;
const largeCluster = 50;
const unhealthyThreshold = 55;

export interface Entry { readonly name: string; readonly at: Micros }

export interface Zone {
  readonly state: ZoneState;
  /** Nodes that wait for their taint. */
  readonly queue: readonly Entry[];
  /** Nodes that wait or have been tainted: these are not queued again. */
  readonly known: readonly string[];
  /** Hundredths of a node a second; 0: never. */
  readonly rate: number;
  /** Token bucket of one: when the next token is there. */
  readonly next: Micros;
}

export const newZone: Zone = { state: 'Initial', queue: [], known: [], rate: evictionRate, next: 0 };

export function zoneOf(node: KubeObject): string {
  const labels = node.metadata.labels ?? {};
  const region = labels['topology.kubernetes.io/region'] ?? labels['failure-domain.beta.kubernetes.io/region'] ?? '';
  const zone = labels['topology.kubernetes.io/zone'] ?? labels['failure-domain.beta.kubernetes.io/zone'] ?? '';
  return `${region}:${zone}`;
}

export function add(zone: Zone, name: string, at: Micros): Zone {
  if (zone.known.includes(name)) return zone;
  return { ...zone, queue: [...zone.queue, { name, at }], known: [...zone.known, name] };
}

export function remove(zone: Zone, name: string): Zone {
  if (!zone.known.includes(name)) return zone;
  return { ...zone, queue: zone.queue.filter((e) => e.name !== name), known: zone.known.filter((n) => n !== name) };
}

/** The node has its taint: it leaves the queue but stays known. */
export function done(zone: Zone, name: string): Zone {
  return { ...zone, queue: zone.queue.filter((e) => e.name !== name) };
}

/** Takes a token and the longest waiting node; undefined if there is none, or no token. */
export function take(zone: Zone, now: Micros): { readonly zone: Zone; readonly name: string } | undefined {
  if (zone.queue.length === 0 || zone.rate === 0 || now < zone.next) return undefined;
  const first = zone.queue.reduce((a, b) => (b.at < a.at ? b : a));
  if (first.at > now) return undefined;
  return { zone: { ...zone, next: now + Math.floor(100_000_000 / zone.rate) }, name: first.name };
}

function withRate(zone: Zone, rate: number, now: Micros): Zone {
  if (zone.rate === rate) return zone;
  // A fresh bucket is full, unless the old one had just been emptied.
  const empty = zone.rate === 0 || now < zone.next;
  return { ...zone, rate, next: rate === 0 || !empty ? 0 : now + Math.floor(100_000_000 / rate) };
}

export interface Counts { readonly ready: number; readonly notReady: number }

export function stateOf({ ready, notReady }: Counts): ZoneState {
  if (ready === 0 && notReady > 0) return 'FullDisruption';
  if (notReady > 2 && notReady * 100 >= unhealthyThreshold * (notReady + ready)) return 'PartialDisruption';
  return 'Normal';
}

function inState(zone: Zone, state: ZoneState, size: number, now: Micros): Zone {
  const rate = state === 'PartialDisruption' ? (size > largeCluster ? secondaryRate : 0) : evictionRate;
  return { ...withRate(zone, rate, now), state };
}

export interface Disruption {
  readonly zones: Readonly<Record<string, Zone>>;
  /** 'entering': every node is called reachable, nothing is evicted any more. 'leaving': every node's health counts from now. */
  readonly mode?: 'entering' | 'leaving';
}

export function handleDisruption(zones: Readonly<Record<string, Zone>>, counts: Readonly<Record<string, Counts>>, now: Micros): Disruption {
  const next: Record<string, Zone> = {};
  const states: Record<string, ZoneState> = {};
  let allNow = true;
  let allBefore = true;
  for (const key of Object.keys(counts).sort()) {
    states[key] = stateOf(counts[key]!);
    if (states[key] !== 'FullDisruption') allNow = false;
    next[key] = zones[key] ?? newZone;
    if (next[key]!.state !== 'FullDisruption') allBefore = false;
  }
  if (allNow && allBefore) return { zones: next };
  for (const key of Object.keys(next)) {
    if (allNow) next[key] = { ...withRate(next[key]!, 0, now), state: 'FullDisruption' };
    else if (allBefore || next[key]!.state !== states[key]) next[key] = inState(next[key]!, states[key]!, counts[key]!.ready + counts[key]!.notReady, now);
  }
  return { zones: next, ...(allNow ? { mode: 'entering' as const } : allBefore ? { mode: 'leaving' as const } : {}) };
}
