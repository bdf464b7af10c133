/**
 * Runs programs. Their state is a plain record; a generator is only a cache of where the record's answers lead, and may be
 * dropped at any time (it is, after every travel in time).
 */
import { assert } from '../base/assert.ts';
import type { Container } from './container.ts';
import type { NumberedContainer } from './numbered-container.ts';
import type { Call, Effect, Program } from './program.ts';
import type { Component, Context } from './types.ts';

/** Answers so far, newest first; shared between versions of the record. */
interface Answers { readonly prev: Answers | null; readonly value: unknown }

export interface ProgramRecord {
  readonly id: number;
  readonly program: string;
  readonly args: unknown;
  readonly answers: Answers | null;
  readonly count: number;
  readonly waiting: Waiting;
  /** Record id of what started it. */
  readonly cause: number;
}
type Waiting =
  | { readonly op: 'call' | 'all'; readonly to: readonly string[]; readonly answers: readonly unknown[]; readonly left: number; readonly timeout: boolean }
  | { readonly op: 'sleep' }
  | { readonly op: 'receive'; readonly box: string; readonly timeout: boolean };

interface Live { readonly gen: Program<unknown>; count: number }

interface Box { readonly items: readonly unknown[]; readonly waiter: number }

/** What the executor needs from the simulator. */
export interface ExecutorHost {
  readonly ctx: Context;
  sendCall(call: Call, program: number, slot: number): void;
  resumeAfter(us: number, program: number): void;
  nextId(): number;
}

export class Executor {
  private readonly live = new Map<number, Live>();
  private readonly context: Context;

  constructor(private readonly component: Component, private readonly host: ExecutorHost, readonly programs: NumberedContainer<ProgramRecord>, readonly boxes: Container<Box>) {
    this.context = component.context?.(host.ctx) ?? host.ctx;
  }

  /** Throws the generators away; the records stay. */
  forget(): void {
    this.live.clear();
  }

  spawn(program: string, args: unknown): number {
    const make = this.component.programs?.[program];
    assert(make, `${this.component.address} has no program ${program}`);
    const id = this.host.nextId();
    this.run({ id, program, args, answers: null, count: 0, waiting: SLEEP, cause: this.host.ctx.cause }, null, 0, make(args), undefined, null);
    return id;
  }

  kill(id: number): void {
    const record = this.programs.at(id);
    if (!record) return;
    this.release(record);
    this.programs.remove(id);
    this.live.delete(id);
  }

  /** An answer to slot `slot` of program `id`'s call. Ignored when nobody waits for it any more. */
  answer(id: number, slot: number, value: unknown): boolean {
    const record = this.programs.at(id);
    if (!record) return false;
    const waiting = record.waiting;
    if ((waiting.op !== 'call' && waiting.op !== 'all') || slot >> 12 !== record.count || waiting.answers[slot & 4095] !== null) return false;
    if (waiting.timeout) this.host.ctx.clearTimer(`call ${id} ${slot}`);
    if (waiting.op === 'call') {
      this.resume(record, value);
    } else {
      const answers = waiting.answers.slice();
      answers[slot & 4095] = value;
      if (waiting.left > 1) this.programs.put(id, { ...record, waiting: { ...waiting, answers, left: waiting.left - 1 } });
      else this.resume(record, answers);
    }
    return true;
  }

  wake(id: number): void {
    const record = this.programs.at(id);
    if (record?.waiting.op === 'sleep') this.resume(record, undefined);
  }

  timedOut(name: string): void {
    const [what, id, slot] = name.split(' ');
    if (what === 'call') {
      this.answer(Number(id), Number(slot), { error: 'timeout' });
      return;
    }
    const record = this.programs.at(Number(id));
    if (record?.waiting.op !== 'receive') return;
    const box = this.boxes.get(record.waiting.box);
    if (box) this.boxes.set(record.waiting.box, { items: box.items, waiter: 0 });
    this.resume(record, undefined);
  }

  deliver(name: string, item: unknown): void {
    const box = this.boxes.get(name);
    if (box && box.waiter !== 0) {
      const record = this.programs.at(box.waiter);
      this.boxes.set(name, { items: box.items, waiter: 0 });
      if (record?.waiting.op === 'receive') {
        if (record.waiting.timeout) this.host.ctx.clearTimer(`receive ${record.id}`);
        this.resume(record, item);
        return;
      }
    }
    this.boxes.set(name, { items: [...(box?.items ?? []), item], waiter: 0 });
  }

  /** Ids of the programs that wait for an answer from `peer`, with the open slots. */
  waitingFor(peer: string): { id: number; slot: number }[] {
    const out: { id: number; slot: number }[] = [];
    for (const key of this.programs.keys()) {
      const record = this.programs.get(key)!;
      const waiting = record.waiting;
      if (waiting.op !== 'call' && waiting.op !== 'all') continue;
      waiting.to.forEach((to, i) => {
        if (to === peer && waiting.answers[i] === null) out.push({ id: record.id, slot: (record.count << 12) | i });
      });
    }
    return out;
  }

  private resume(record: ProgramRecord, value: unknown): void {
    const live = this.live.get(record.id);
    const answers: Answers = { prev: record.answers, value };
    if (live !== undefined && live.count === record.count) {
      this.run(record, answers, record.count + 1, live.gen, value, live);
      return;
    }
    const gen = this.component.programs![record.program](record.args);
    const past: unknown[] = new Array(record.count);
    for (let a = record.answers, i = record.count - 1; a; a = a.prev, i--) past[i] = a.value;
    gen.next();
    for (const one of past) gen.next(one);
    this.run(record, answers, record.count + 1, gen, value, { gen, count: 0 });
  }

  /**
   * Drives a generator from `input` on until it has to wait or ends. `answers`, `count`: all answers up to and with `input`.
   * `live` is null for a program that starts. The record is written once, when the program waits.
   */
  private run(start: ProgramRecord, answers: Answers | null, count: number, gen: Program<unknown>, input: unknown, live: Live | null): void {
    let step = gen.next(input);
    while (step.done !== true) {
      const effect = step.value;
      let value: unknown;
      if (effect.op === 'do') {
        value = effect.run(this.context as never);
      } else {
        value = effect.op === 'receive' ? this.take(effect.box) : PENDING;
        if (value === PENDING) {
          this.wait(start, answers, count, effect);
          if (live === null) this.live.set(start.id, { gen, count });
          else {
            live.count = count;
            this.live.set(start.id, live);
          }
          return;
        }
      }
      answers = { prev: answers, value };
      count++;
      step = gen.next(value);
    }
    if (live !== null) this.live.delete(start.id);
    this.programs.remove(start.id);
    this.component.done?.(this.host.ctx, start.program, start.args, step.value, start.id);
  }

  private put(start: ProgramRecord, answers: Answers | null, count: number, waiting: Waiting): void {
    const { id, program, args, cause } = start;
    this.programs.put(id, { id, program, args, answers, count, waiting, cause });
  }

  private wait(start: ProgramRecord, answers: Answers | null, count: number, effect: Effect): void {
    const id = start.id;
    if (effect.op === 'call') {
      const timeout = effect.timeout !== undefined;
      this.put(start, answers, count, { op: 'call', to: [effect.to], answers: ONE_OPEN, left: 1, timeout });
      this.host.sendCall(effect, id, count << 12);
      if (effect.timeout !== undefined) this.host.ctx.setTimer(`call ${id} ${count << 12}`, effect.timeout);
    } else if (effect.op === 'all') {
      const calls = effect.calls;
      assert(calls.length > 0 && calls.length < 4096, 'between 1 and 4095 calls at once');
      const timeout = calls.some((one) => one.timeout !== undefined);
      this.put(start, answers, count, { op: 'all', to: calls.map((one) => one.to), answers: calls.map(() => null), left: calls.length, timeout });
      calls.forEach((one, i) => {
        const slot = (count << 12) | i;
        this.host.sendCall(one, id, slot);
        if (one.timeout !== undefined) this.host.ctx.setTimer(`call ${id} ${slot}`, one.timeout);
      });
    } else if (effect.op === 'sleep') {
      this.put(start, answers, count, SLEEP);
      this.host.resumeAfter(effect.us, id);
    } else {
      assert(effect.op === 'receive', 'an effect that waits');
      this.boxes.set(effect.box, { items: [], waiter: id });
      this.put(start, answers, count, { op: 'receive', box: effect.box, timeout: effect.timeout !== undefined });
      if (effect.timeout !== undefined) this.host.ctx.setTimer(`receive ${id}`, effect.timeout);
    }
  }

  private take(name: string): unknown {
    const box = this.boxes.get(name);
    if (!box || box.items.length === 0) return PENDING;
    this.boxes.set(name, { items: box.items.slice(1), waiter: 0 });
    return box.items[0];
  }

  private release(record: ProgramRecord): void {
    const waiting = record.waiting;
    if (waiting.op === 'receive') {
      const box = this.boxes.get(waiting.box);
      if (box?.waiter === record.id) this.boxes.set(waiting.box, { items: box.items, waiter: 0 });
      if (waiting.timeout) this.host.ctx.clearTimer(`receive ${record.id}`);
    } else if (waiting.op !== 'sleep' && waiting.timeout) {
      waiting.to.forEach((_, i) => this.host.ctx.clearTimer(`call ${record.id} ${(record.count << 12) | i}`));
    }
  }
}

const PENDING = Symbol('pending');
const SLEEP: Waiting = { op: 'sleep' };
/** The one open slot of a single call. */
const ONE_OPEN: readonly unknown[] = [null];
