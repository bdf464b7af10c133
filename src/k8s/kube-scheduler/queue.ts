/**
 * The scheduling queue: active, backoff (unschedulable and error), unschedulable and gated pods, and the pod in flight with the
 * events that came meanwhile. All of it lives in two journalled cells: `queue` (pod key -> entry) and the ordered `queue order`
 * (`<queue letter>/<sort key>` -> pod key).
 * Upstream: pkg/scheduler/backend/queue/{scheduling_queue,active_queue,backoff_queue,unschedulable_pods}.go
 * Left out: activation by plugins (no default plugin does it), metrics, closing.
 */
import type { Cell, Micros } from '../../sim/types.ts';
import type { KubeObject } from '../api/types.ts';
import type { ProcessContext } from '../client-go/types.ts';
import type { ClusterEvent, Listers } from './framework/types.ts';
import { isPreempting } from './preemption.ts';
import { PLUGINS } from './plugins/registry.ts';

const SECOND = 1_000_000;
const INITIAL_BACKOFF = SECOND;
const MAX_BACKOFF = 10 * SECOND;
const MAX_IN_UNSCHEDULABLE = 5 * 60 * SECOND;

/** a: active, b: backing off after a refusal, e: backing off after an error, u: unschedulable or gated. */
export type QueueName = 'a' | 'b' | 'e' | 'u';

export interface QueuedPod {
  readonly pod: KubeObject;
  readonly queue: QueueName;
  readonly sort: string;
  /** When it was added or last tried. */
  readonly timestamp: Micros;
  readonly attempts: number;
  readonly unschedulableCount: number;
  readonly errors: number;
  readonly unschedulablePlugins: readonly string[];
  /** The PreEnqueue plugin that keeps it out. */
  readonly gatedBy?: string;
}

export interface InFlight {
  readonly key: string;
  readonly entry: QueuedPod;
  readonly events: readonly ClusterEvent[];
}

/** Backoff times are cut to whole seconds, so that pods of one window are popped by priority. */
function aligned(at: Micros): Micros {
  return Math.floor(at / SECOND) * SECOND;
}

export function backoffUntil(entry: QueuedPod): Micros {
  const count = entry.errors > 0 ? entry.errors : entry.unschedulableCount;
  if (count === 0) return -1;
  let duration = INITIAL_BACKOFF;
  for (let i = 1; i < count && duration < MAX_BACKOFF; i++) duration *= 2;
  return aligned(entry.timestamp + Math.min(duration, MAX_BACKOFF));
}

function backingOff(entry: QueuedPod, now: Micros): boolean {
  return backoffUntil(entry) >= aligned(now);
}

function digits(n: number): string {
  return String(n).padStart(16, '0');
}

function activeSort(entry: QueuedPod, key: string): string {
  // Higher priority first, then the one that waits longer.
  return `${digits(2_147_483_648 - (entry.pod.spec.priority ?? 0))} ${digits(entry.timestamp)} ${key}`;
}

function sortOf(queue: QueueName, entry: QueuedPod, key: string): string {
  if (queue === 'u') return key;
  if (queue === 'a') return activeSort(entry, key);
  return `${digits(Math.max(0, backoffUntil(entry)))} ${activeSort(entry, key)}`;
}

export function podKey(pod: KubeObject): string {
  return `${pod.metadata.namespace}/${pod.metadata.name}`;
}

const INTEREST = new Map<string, { readonly plugin: string; readonly registration: NonNullable<(typeof PLUGINS)[number]['events']>[number] }[]>();
for (const plugin of PLUGINS) {
  for (const registration of plugin.events ?? []) {
    const list = INTEREST.get(registration.resource) ?? [];
    list.push({ plugin: plugin.name, registration });
    INTEREST.set(registration.resource, list);
  }
}

function registered(actions: number, action: number): boolean {
  return (actions & action) !== 0 && action <= actions;
}

export class SchedulingQueue {
  private readonly entries: Cell<QueuedPod>;
  private readonly order: Cell<string>;
  private readonly flight: Cell<InFlight>;

  constructor(private readonly p: ProcessContext, private readonly listers: Listers) {
    this.entries = p.cell('queue');
    this.order = p.cell('queue order');
    this.flight = p.cell('in flight');
  }

  get(key: string): QueuedPod | undefined {
    return this.entries.get(key);
  }

  inFlight(): InFlight | undefined {
    return this.flight.get('');
  }

  /** A new pod. */
  add(pod: KubeObject): void {
    const key = podKey(pod);
    this.toActive(key, { pod, queue: 'a', sort: '', timestamp: this.p.now, attempts: 0, unschedulableCount: 0, errors: 0, unschedulablePlugins: [] }, false);
  }

  /** An unscheduled pod changed. `events`: what changed of it. */
  update(old: KubeObject, pod: KubeObject, events: readonly ClusterEvent[]): void {
    const key = podKey(pod);
    const flying = this.flight.get('');
    if (flying?.key === key && flying.entry.pod.metadata.uid === pod.metadata.uid) {
      this.flight.set('', { ...flying, events: [...flying.events, ...events] });
      return;
    }
    const entry = this.entries.get(key);
    if (entry === undefined) {
      this.add(pod);
      return;
    }
    const next = { ...entry, pod };
    if (entry.queue !== 'u') {
      this.put(key, entry.queue, next);
      return;
    }
    this.put(key, 'u', next);
    for (const event of events) {
      if (!this.worthRequeuing(next, event)) continue;
      if (this.requeue(key, this.entries.get(key)!) !== 'u') break;
    }
  }

  delete(key: string): void {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    this.order.delete(`${entry.queue}/${entry.sort}`);
    this.entries.delete(key);
  }

  /** Takes the next pod into flight: from the active queue, else early from backoff. */
  pop(): InFlight | undefined {
    const place = this.order.range('a/', 'a0', 1)[0] ?? this.order.range('b/', 'b0', 1)[0];
    if (place === undefined) return undefined;
    const key = this.order.get(place)!;
    const entry = this.entries.get(key)!;
    this.order.delete(place);
    this.entries.delete(key);
    // Clearing the refusals of the last attempt is left to the failure handler, as upstream.
    const flying: InFlight = { key, entry: { ...entry, attempts: entry.attempts + 1 }, events: [] };
    this.flight.set('', flying);
    return flying;
  }

  /** The pod in flight is bound (or given up): the events noted for it are no longer needed. */
  done(): void {
    this.flight.delete('');
  }

  /** The pod in flight was refused: back to a queue. `plugins` empty: an error. */
  addUnschedulable(pod: KubeObject, plugins: readonly string[]): QueueName {
    const flying = this.flight.get('');
    if (flying === undefined) return 'u';
    return this.putBack(flying.key, { ...flying.entry, pod }, plugins, flying.events, () => this.flight.delete(''));
  }

  /** A pod whose binding failed comes back. */
  addAfterError(key: string, entry: QueuedPod, pod: KubeObject): QueueName {
    return this.putBack(key, { ...entry, pod }, [], [], () => undefined);
  }

  private putBack(key: string, entry: QueuedPod, plugins: readonly string[], events: readonly ClusterEvent[], done: () => void): QueueName {
    if (this.entries.has(key)) {
      done();
      return this.entries.get(key)!.queue;
    }
    const failed = plugins.length === 0;
    const next: QueuedPod = {
      ...entry, timestamp: this.p.now, unschedulablePlugins: plugins,
      unschedulableCount: entry.unschedulableCount + (failed ? 0 : 1), errors: failed ? entry.errors + 1 : 0,
    };
    const worth = failed || events.some((event) => this.worthRequeuing(next, event));
    const queue = worth ? this.requeue(key, next) : this.put(key, 'u', next);
    done();
    return queue;
  }

  /** Something happened in the cluster: pods that it may help leave the unschedulable ones. */
  move(event: ClusterEvent, only?: (pod: KubeObject) => boolean): void {
    const interested = event.resource === '*' || INTEREST.get(event.resource)?.some((one) => registered(one.registration.actions, event.action));
    if (!interested) return;
    for (const place of this.order.prefix('u/')) {
      const key = this.order.get(place)!;
      const entry = this.entries.get(key)!;
      if (only && !only(entry.pod)) continue;
      if (entry.gatedBy && !this.gateCares(entry.gatedBy, event)) continue;
      if (this.worthRequeuing(entry, event)) this.requeue(key, entry);
    }
    const flying = this.flight.get('');
    if (flying !== undefined) this.flight.set('', { ...flying, events: [...flying.events, event] });
  }

  /** Every second: pods whose backoff is over become active. */
  flushBackoff(): void {
    for (const letter of ['b', 'e']) {
      for (const place of this.order.prefix(`${letter}/`)) {
        const key = this.order.get(place)!;
        const entry = this.entries.get(key)!;
        if (backingOff(entry, this.p.now)) break;
        this.toActive(key, entry, true);
      }
    }
  }

  /** Every 30 s: pods that were unschedulable for more than five minutes are tried again. */
  flushUnschedulable(): void {
    for (const place of this.order.prefix('u/')) {
      const key = this.order.get(place)!;
      const entry = this.entries.get(key)!;
      if (this.p.now - entry.timestamp > MAX_IN_UNSCHEDULABLE && !entry.gatedBy) this.requeue(key, entry);
    }
  }

  /** Whether a flush of backoffs has anything to wait for. */
  hasBackingOff(): boolean {
    return this.order.range('b/', 'b0', 1).length > 0 || this.order.range('e/', 'e0', 1).length > 0;
  }

  hasUnschedulable(): boolean {
    return this.order.range('u/', 'u0', 1).length > 0;
  }

  /** Straight to the active queue (a preemption failed). */
  activate(key: string): void {
    const entry = this.entries.get(key);
    if (entry && entry.queue !== 'a') this.toActive(key, entry, entry.queue !== 'u');
  }

  private gateCares(plugin: string, event: ClusterEvent): boolean {
    return event.resource === '*' || INTEREST.get(event.resource)?.some((one) => one.plugin === plugin && registered(one.registration.actions, event.action)) === true;
  }

  private worthRequeuing(entry: QueuedPod, event: ClusterEvent): boolean {
    if (entry.unschedulablePlugins.length === 0 || event.resource === '*') return true;
    for (const { plugin, registration } of INTEREST.get(event.resource) ?? []) {
      if (!registered(registration.actions, event.action) || !entry.unschedulablePlugins.includes(plugin)) continue;
      if (registration.hint === undefined || registration.hint(entry.pod, event, this.listers)) return true;
    }
    return false;
  }

  private requeue(key: string, entry: QueuedPod): QueueName {
    if (!backingOff(entry, this.p.now)) return this.toActive(key, entry, false);
    const gate = this.gate(entry);
    if (gate !== undefined) return this.put(key, 'u', gate);
    return this.put(key, entry.unschedulablePlugins.length === 0 ? 'e' : 'b', ungated(entry));
  }

  private toActive(key: string, entry: QueuedPod, fromBackoff: boolean): QueueName {
    const gate = fromBackoff ? undefined : this.gate(entry);
    return gate !== undefined ? this.put(key, 'u', gate) : this.put(key, 'a', ungated(entry));
  }

  /** The entry as kept out by a PreEnqueue plugin; undefined when none objects. */
  private gate(entry: QueuedPod): QueuedPod | undefined {
    for (const plugin of PLUGINS) {
      if (!plugin.preEnqueue?.(entry.pod)) continue;
      const unschedulablePlugins = entry.unschedulablePlugins.includes(plugin.name) ? entry.unschedulablePlugins : [...entry.unschedulablePlugins, plugin.name];
      return { ...entry, gatedBy: plugin.name, unschedulablePlugins };
    }
    if (!isPreempting(this.p, entry.pod.metadata.uid)) return undefined;
    const name = 'DefaultPreemption';
    return { ...entry, gatedBy: name, unschedulablePlugins: entry.unschedulablePlugins.includes(name) ? entry.unschedulablePlugins : [...entry.unschedulablePlugins, name] };
  }

  private put(key: string, queue: QueueName, entry: QueuedPod): QueueName {
    const sort = sortOf(queue, entry, key);
    const old = this.entries.get(key);
    if (old && (old.queue !== queue || old.sort !== sort)) this.order.delete(`${old.queue}/${old.sort}`);
    this.entries.set(key, { ...entry, queue, sort });
    this.order.set(`${queue}/${sort}`, key);
    return queue;
  }
}

function ungated(entry: QueuedPod): QueuedPod {
  if (entry.gatedBy === undefined) return entry;
  const { gatedBy: _gone, ...rest } = entry;
  return rest;
}
