/**
 * The one queue of events, ordered by (virtual time, class, sequence). It is a container like any other (key: the event's
 * sequence number), so undo and redo work on it; the heap beside it is derived and may hold events that are gone.
 */
import type { Net } from './net.ts';
import { NumberedContainer } from './numbered-container.ts';
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
  readonly name?: string | undefined;
  readonly body?: unknown;
  readonly message?: Message | undefined;
  readonly program?: number | undefined;
  readonly slot?: number | undefined;
}

export interface InputBody { readonly kind: string; readonly label?: Label; readonly type?: MessageType; readonly [field: string]: unknown }

function before(a: SimEvent, b: SimEvent): boolean {
  return a.at !== b.at ? a.at < b.at : a.cls !== b.cls ? a.cls < b.cls : a.seq < b.seq;
}

export class EventQueue extends NumberedContainer<SimEvent> {
  private heap: SimEvent[] = [];

  protected override changeAt(seq: number, event: SimEvent | undefined): void {
    if (event === undefined) {
      this.numbered.delete(seq);
    } else {
      this.numbered.set(seq, event);
      this.push(event);
    }
  }

  /** The queue is always looked at next, and its heap stands beside the map: it makes every journey at once. */
  override owe(net: Net, part: number, backwards: boolean): void {
    super.owe(net, part, backwards);
    if (this.owed !== null) this.settle();
  }

  /** The next event, still in the queue; undefined when there is none. */
  peek(): SimEvent | undefined {
    while (this.heap.length > 0) {
      const top = this.heap[0];
      if (this.numbered.get(top.seq) === top) return top;
      this.pop();
    }
    return undefined;
  }

  private push(event: SimEvent): void {
    if (this.heap.length > 4 * this.numbered.size + 1024) this.rebuild();
    else this.sift(event);
  }

  /** Journeys leave behind what they took out again: of that the heap is freed when it is most of it. */
  private rebuild(): void {
    this.heap = [];
    for (const event of this.numbered.values()) this.sift(event);
  }

  private sift(event: SimEvent): void {
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
