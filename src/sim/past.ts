/**
 * The older part of a branch's history, kept coarsely. The journal keeps every write of the newest events; what lies before
 * is folded into spans of SPAN events, of which only the net change stays (most writes, of queues and programs, cancel out).
 * A journey leaps over spans, and performs the events inside one again.
 */
import { NetCollector, passNet, type ApplyPart, type Net } from './net.ts';

/** Events of a span: a journey into it performs at most so many again. */
export const SPAN = 1024;
/** Spans, or groups, of a group of the next level (2^5). */
const GROUP_BITS = 5;
const GROUP = 1 << GROUP_BITS;

export class Past {
  /** By level: 0 spans, 1 groups of GROUP spans, and so on; each as soon as it is whole. */
  private readonly levels: Net[][] = [[]];

  /** `from`: the first event (of the line) of the first span. */
  constructor(readonly from: number) {}

  /** The event after the last span. */
  get end(): number {
    return this.from + this.levels[0].length * SPAN;
  }

  push(net: Net): void {
    this.levels[0].push(net);
    for (let level = 0; this.levels[level].length % GROUP === 0; level++) {
      const all = new NetCollector();
      for (const child of this.levels[level].slice(-GROUP)) all.addNet(child);
      (this.levels[level + 1] ??= []).push(all.net());
    }
  }

  /** The latest edge of a span at or before boundary `event`, which lies in [from, end]. */
  edge(event: number): number {
    return event - ((event - this.from) % SPAN);
  }

  /** Hands on what lies between two edges, in the order of the journey. */
  leap(here: number, there: number, apply: ApplyPart): void {
    const backwards = there < here;
    const to = (Math.max(here, there) - this.from) / SPAN;
    const parts: Net[] = [];
    for (let at = (Math.min(here, there) - this.from) / SPAN; at < to; ) {
      let level = 0;
      while (at % (GROUP << (GROUP_BITS * level)) === 0 && at + (GROUP << (GROUP_BITS * level)) <= to) level++;
      parts.push(this.levels[level][at >> (GROUP_BITS * level)]);
      at += 1 << (GROUP_BITS * level);
    }
    if (backwards) parts.reverse();
    for (const part of parts) passNet(part, backwards, apply);
  }
}
