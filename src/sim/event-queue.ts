/**
 * The one queue of events, ordered by (virtual time, class, sequence). It is a container like any other (key: the event's
 * sequence number), so undo and redo work on it; the heap beside it is derived and may hold events that are gone.
 */
import { Container } from './container.ts';
import type { Label, Message, MessageType, Micros } from './types.ts';

export type EventKind = 'message' | 'timer' | 'resume' | 'start' | 'failed' | 'peerLost' | 'input';

export interface SimEvent {
  readonly seq: number;
  readonly at: Micros;
  /** 0: what the cluster does by itself; 1: inputs, last at their instant. */
  readonly cls: number;
  readonly kind: EventKind;
  readonly target: string;
  /** Record id of what caused it. */
  readonly cause: number;
  /** timer: its name; failed: the error; peerLost: the peer; resume: ''. */
  readonly name?: string;
  readonly body?: unknown;
  readonly message?: Message;
  readonly program?: number;
  readonly slot?: number;
}

export interface InputBody { readonly kind: string; readonly label?: Label; readonly type?: MessageType; readonly [field: string]: unknown }

function before(a: SimEvent, b: SimEvent): boolean {
  return a.at !== b.at ? a.at < b.at : a.cls !== b.cls ? a.cls < b.cls : a.seq < b.seq;
}

export class EventQueue extends Container<SimEvent> {
  private heap: SimEvent[] = [];

  override apply(key: string, value: unknown): void {
    super.apply(key, value);
    if (value !== undefined) this.push(value as SimEvent);
  }

  /** The next event, still in the queue; undefined when there is none. */
  peek(): SimEvent | undefined {
    while (this.heap.length > 0) {
      const top = this.heap[0];
      if (this.map.get(String(top.seq)) === top) return top;
      this.pop();
    }
    return undefined;
  }

  private push(event: SimEvent): void {
    const heap = this.heap;
    let i = heap.length;
    heap.push(event);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(event, heap[parent])) break;
      heap[i] = heap[parent];
      i = parent;
    }
    heap[i] = event;
  }

  private pop(): void {
    const heap = this.heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1], heap[child])) child++;
      if (!before(heap[child], last)) break;
      heap[i] = heap[child];
      i = child;
    }
    heap[i] = last;
  }
}
