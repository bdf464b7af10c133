/**
 * Event recording: correlation (count, aggregation, spam filter) and the objects that are written.
 * Upstream: tools/record/event.go, events_cache.go (core/v1); tools/events/event_recorder.go, event_broadcaster.go (events.k8s.io/v1)
 * Left out: series flushing after 30 minutes; the LRU bound of the caches (4096 keys).
 */
import { hashString } from '../../base/hash.ts';
import { act, type Program } from '../../sim/program.ts';
import type { Cell, Host, Micros } from '../../sim/types.ts';
import { formatMicroTime, formatTime } from '../apimachinery/time.ts';
import type { ApiResponse } from '../apimachinery/request.ts';
import { clientFor } from './client.ts';
import type { EventObject, EventSource, ObjectReference, ProcessContext } from './types.ts';

/** An event as it waits for its sink. */
export interface Recorded {
  readonly source: EventSource;
  readonly about: ObjectReference;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** When it happened, microseconds since the epoch. */
  readonly at: Micros;
  readonly n: number;
}

interface Seen { readonly count: number; readonly first: Micros; readonly name: string; readonly namespace: string; readonly series?: boolean }
interface Aggregate { readonly messages: readonly string[]; readonly last: Micros }
interface Spam { readonly tokens: number; readonly at: Micros }

/** events_cache.go: defaultAggregateMaxEvents, defaultAggregateIntervalInSeconds, defaultSpamBurst, defaultSpamQPS (one in 300 s). */
const AGGREGATE = { max: 10, interval: 600_000_000 };
const SPAM = { burst: 25, refill: 300_000_000 };

export function referenceTo(object: EventObject): ObjectReference {
  if ('reference' in object) return object as ObjectReference;
  const { kind, apiVersion, metadata } = object;
  return { reference: true, kind, apiVersion, ...(metadata.namespace ? { namespace: metadata.namespace } : {}), name: metadata.name, uid: metadata.uid, resourceVersion: metadata.resourceVersion };
}

/** The caches and the line of events of one process. */
export class EventSink {
  readonly line: Cell<Recorded>;
  readonly busy: Cell<number>;
  private readonly seen: Cell<Seen>;
  private readonly aggregates: Cell<Aggregate>;
  private readonly spam: Cell<Spam>;

  constructor(host: Host, owner: string) {
    this.line = host.container(owner, 'events line', { ordered: true });
    this.busy = host.container(owner, 'events busy');
    this.seen = host.container(owner, 'events seen');
    this.aggregates = host.container(owner, 'events aggregates');
    this.spam = host.container(owner, 'events spam');
  }

  /** Notes an event. Returns the key of the line it stands in: one sink a client and API, served one after the other. */
  note(p: ProcessContext, source: EventSource, object: EventObject, type: 'Normal' | 'Warning', reason: string, message: string): string {
    const sink = `${source.client.name} ${source.api ?? 'core/v1'}`;
    const at = `${sink}\n${String(p.cause).padStart(10, '0')}`;
    // Those of one cause are noted in one step, and taken out in later ones.
    let n = 0;
    let key = `${at} 0000`;
    while (this.line.has(key)) key = `${at} ${String(++n).padStart(4, '0')}`;
    this.line.set(key, { source, about: referenceTo(object), type, reason, message, at: p.now, n });
    return sink;
  }

  /** The key of the next event of a line. */
  first(sink: string): string | undefined {
    return this.line.size === 0 ? undefined : this.line.range(`${sink}\n`, `${sink}\n~`, 1)[0];
  }

  /** Takes the next event of a line and decides what is sent for it. Null: nothing (spam, or a series that is only counted). */
  next(p: ProcessContext, sink: string): { request: 'create' | 'patch'; namespace: string; name: string; body: unknown; source: EventSource; key: string } | 'empty' | null {
    const key = this.first(sink);
    if (key === undefined) return 'empty';
    const event = this.line.get(key)!;
    this.line.delete(key);
    return event.source.api === 'events.k8s.io/v1' ? this.nextNew(event) : this.nextCore(p, event);
  }

  /** The server answered: remember what stands there, or forget it when it is gone. */
  answered(key: string, request: 'create' | 'patch', response: ApiResponse): void {
    if (request === 'patch' && response.code === 404) this.seen.delete(key);
  }

  private nextCore(p: ProcessContext, event: Recorded): ReturnType<EventSink['next']> {
    const { source, about } = event;
    const object = `${source.component}\n${source.host ?? ''}\n${about.kind}\n${about.namespace ?? ''}\n${about.name}\n${about.uid ?? ''}\n${about.apiVersion ?? ''}`;
    const group = `${object}\n${event.type}\n${event.reason}\n${source.component}`;
    const old = this.aggregates.get(group);
    const fresh = old === undefined || event.at - old.last > AGGREGATE.interval;
    const messages = fresh ? [event.message] : old.messages.includes(event.message) ? old.messages : [...old.messages, event.message];
    this.aggregates.set(group, { messages: messages.length > AGGREGATE.max ? messages.slice(0, AGGREGATE.max) : messages, last: event.at });
    const combined = messages.length >= AGGREGATE.max;
    const message = combined ? `(combined from similar events): ${event.message}` : event.message;
    const key = combined ? group : `${object}\n${about.fieldPath ?? ''}\n${event.type}\n${event.reason}\n${event.message}`;
    const seen = this.seen.get(key);

    const spam = this.spam.get(object) ?? { tokens: SPAM.burst * SPAM.refill, at: p.now };
    const tokens = Math.min(SPAM.burst * SPAM.refill, spam.tokens + (p.now - spam.at)) - SPAM.refill;
    this.spam.set(object, { tokens: tokens < 0 ? tokens + SPAM.refill : tokens, at: p.now });

    const count = (seen?.count ?? 0) + 1;
    const namespace = about.namespace ?? 'default';
    const name = seen?.name ?? eventName(event);
    this.seen.set(key, { count, first: seen?.first ?? event.at, name, namespace });
    if (tokens < 0) return null;
    if (seen) {
      const patch = { ...(combined ? { message } : {}), count, lastTimestamp: formatTime(event.at) };
      return { request: 'patch', namespace, name, body: patch, source, key };
    }
    return {
      request: 'create', namespace, name, source, key,
      body: {
        apiVersion: 'v1', kind: 'Event', metadata: { name, namespace }, involvedObject: wireReference(about), reason: event.reason, message,
        source: source.host ? { component: source.component, host: source.host } : { component: source.component },
        firstTimestamp: formatTime(event.at), lastTimestamp: formatTime(event.at), count: 1, type: event.type, eventTime: null,
        reportingComponent: source.component, reportingInstance: source.host ?? '',
      },
    };
  }

  private nextNew(event: Recorded): ReturnType<EventSink['next']> {
    const { source, about } = event;
    const key = ['new', event.type, source.action ?? '', event.reason, source.component, about.kind, about.namespace ?? '', about.name, about.uid ?? ''].join('\n');
    const seen = this.seen.get(key);
    const namespace = about.namespace ?? 'default';
    if (seen) {
      this.seen.set(key, { ...seen, count: seen.count + 1, series: true });
      if (seen.series) return null;
      return { request: 'patch', namespace, name: seen.name, body: { series: { count: 2, lastObservedTime: formatMicroTime(event.at) } }, source, key };
    }
    const name = eventName(event);
    this.seen.set(key, { count: 1, first: event.at, name, namespace });
    return {
      request: 'create', namespace, name, source, key,
      body: {
        apiVersion: 'events.k8s.io/v1', kind: 'Event', metadata: { name, namespace }, eventTime: formatMicroTime(event.at),
        reportingController: source.component, reportingInstance: source.host ?? `${source.component}-control-plane`, action: source.action ?? '',
        reason: event.reason, regarding: wireReference(about), note: event.message, type: event.type,
      },
    };
  }
}

/** `<object>.<hexadecimal nanoseconds>`; the digits below a microsecond are drawn from what happened. */
function eventName(event: Recorded): string {
  const micros = event.at + 1_767_225_600_000_000;
  // Nanoseconds do not fit a number: above and below 2^24.
  const high = Math.floor(micros / 0x1000000);
  const low = (micros - high * 0x1000000) * 1000 + (hashString(`${event.reason}\n${event.message}\n${event.about.uid ?? ''}${event.n}`) % 1000);
  const carry = Math.floor(low / 0x1000000);
  return `${event.about.name}.${(high * 1000 + carry).toString(16)}${(low - carry * 0x1000000).toString(16).padStart(6, '0')}`;
}

function wireReference(about: ObjectReference): unknown {
  const wire = { kind: about.kind } as { -readonly [K in keyof ObjectReference]?: ObjectReference[K] };
  if (about.apiVersion !== undefined) wire.apiVersion = about.apiVersion;
  if (about.namespace !== undefined) wire.namespace = about.namespace;
  wire.name = about.name;
  if (about.uid !== undefined) wire.uid = about.uid;
  if (about.resourceVersion !== undefined) wire.resourceVersion = about.resourceVersion;
  if (about.fieldPath !== undefined) wire.fieldPath = about.fieldPath;
  return wire;
}

/** Sends the events of one line, one after the other; ends when the line is empty. */
export function* sendEvents(args: { sink: string }): Program {
  for (let n = 0; n < 16; n++) {
    const next = (yield { op: 'do', run: (p: ProcessContext & { readonly events: EventSink }) => p.events.next(p, args.sink) }) as ReturnType<EventSink['next']>;
    if (next === 'empty') return;
    if (!next) continue;
    const client = clientFor(next.source.client);
    const gvr = next.source.api === 'events.k8s.io/v1' ? 'events.k8s.io/v1/events' : 'events';
    const response = next.request === 'create'
      ? yield* client.create(gvr, next.namespace, next.body)
      : yield* client.patch(gvr, next.namespace, next.name, 'application/strategic-merge-patch+json', next.body);
    if (next.request === 'patch') yield* act((p: ProcessContext & { readonly events: EventSink }) => p.events.answered(next.key, next.request, response));
  }
}

