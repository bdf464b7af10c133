/**
 * Runs programs. Their state is a plain record; a generator is only a cache of where the record's answers lead, and may be
 * dropped at any time (it is, after every travel in time).
 */
import { assert } from '../base/assert.ts';
import type { Container } from './container.ts';
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

interface Box { readonly items: readonly unknown[]; readonly waiter: number }

/** What the executor needs from the simulator. */
export interface ExecutorHost {
  readonly ctx: Context;
  sendCall(call: Call, program: number, slot: number): void;
  resumeAfter(us: number, program: number): void;
  nextId(): number;
}

export class Executor {
  private readonly live = new Map<number, { gen: Program<unknown>; count: number }>();
  private readonly context: Context;

  constructor(private readonly component: Component, private readonly host: ExecutorHost, readonly programs: Container<ProgramRecord>, readonly boxes: Container<Box>) {
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
    this.run({ id, program, args, answers: null, count: 0, waiting: { op: 'sleep' }, cause: this.host.ctx.cause }, make(args), undefined, true);
    return id;
  }

  kill(id: number): void {
    const record = this.programs.get(String(id));
    if (!record) return;
    this.release(record);
    this.programs.delete(String(id));
    this.live.delete(id);
  }

  /** An answer to slot `slot` of program `id`'s call. Ignored when nobody waits for it any more. */
  answer(id: number, slot: number, value: unknown): boolean {
    const record = this.programs.get(String(id));
    if (!record) return false;
    const waiting = record.waiting;
    if ((waiting.op !== 'call' && waiting.op !== 'all') || slot >> 12 !== record.count || waiting.answers[slot & 4095] !== null) return false;
    if (waiting.timeout) this.host.ctx.clearTimer(`call ${id} ${slot}`);
    if (waiting.op === 'call') {
      this.resume(record, value);
    } else {
      const answers = waiting.answers.slice();
      answers[slot & 4095] = value;
      if (waiting.left > 1) this.programs.set(String(id), { ...record, waiting: { ...waiting, answers, left: waiting.left - 1 } });
      else this.resume(record, answers);
    }
    return true;
  }

  wake(id: number): void {
    const record = this.programs.get(String(id));
    if (record?.waiting.op === 'sleep') this.resume(record, undefined);
  }

  timedOut(name: string): void {
    const [what, id, slot] = name.split(' ');
    if (what === 'call') {
      this.answer(Number(id), Number(slot), { error: 'timeout' });
      return;
    }
    const record = this.programs.get(id);
    if (record?.waiting.op !== 'receive') return;
    const box = this.boxes.get(record.waiting.box);
    if (box) this.boxes.set(record.waiting.box, { items: box.items, waiter: 0 });
    this.resume(record, undefined);
  }

  deliver(name: string, item: unknown): void {
    const box = this.boxes.get(name);
    if (box && box.waiter !== 0) {
      const record = this.programs.get(String(box.waiter));
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
    const answer = value;
    const live = this.live.get(record.id);
    const next: ProgramRecord = { ...record, answers: { prev: record.answers, value: answer }, count: record.count + 1 };
    if (live && live.count === record.count) {
      this.run(next, live.gen, answer, false);
      return;
    }
    const gen = this.component.programs![record.program](record.args);
    const answers: unknown[] = new Array(record.count);
    for (let a = record.answers, i = record.count - 1; a; a = a.prev, i--) answers[i] = a.value;
    gen.next();
    for (const past of answers) gen.next(past);
    this.run(next, gen, answer, false);
  }

  /** Drives a generator from `input` on until it has to wait or ends. `record` holds all answers up to and with `input`. */
  private run(start: ProgramRecord, gen: Program<unknown>, input: unknown, first: boolean): void {
    let record = start;
    let step = first ? gen.next() : gen.next(input);
    while (!step.done) {
      const effect = step.value;
      const value = effect.op === 'do' ? effect.run(this.context as never) : effect.op === 'receive' ? this.take(effect.box) : PENDING;
      if (value === PENDING) {
        this.wait(record, effect, gen);
        return;
      }
      const answer = value;
      record = { ...record, answers: { prev: record.answers, value: answer }, count: record.count + 1 };
      step = gen.next(answer);
    }
    this.live.delete(record.id);
    this.programs.delete(String(record.id));
    this.component.done?.(this.host.ctx, record.program, record.args, step.value, record.id);
  }

  private wait(record: ProgramRecord, effect: Effect, gen: Program<unknown>): void {
    const { id, count } = record;
    let waiting: Waiting;
    if (effect.op === 'call' || effect.op === 'all') {
      const calls = effect.op === 'call' ? [effect] : effect.calls;
      assert(calls.length > 0 && calls.length < 4096, 'between 1 and 4095 calls at once');
      const timeout = calls.some((one) => one.timeout !== undefined);
      waiting = { op: effect.op, to: calls.map((one) => one.to), answers: calls.map(() => null), left: calls.length, timeout };
      this.programs.set(String(id), { ...record, waiting });
      calls.forEach((one, i) => {
        const slot = (count << 12) | i;
        this.host.sendCall(one, id, slot);
        if (one.timeout !== undefined) this.host.ctx.setTimer(`call ${id} ${slot}`, one.timeout);
      });
    } else if (effect.op === 'sleep') {
      waiting = { op: 'sleep' };
      this.programs.set(String(id), { ...record, waiting });
      this.host.resumeAfter(effect.us, id);
    } else {
      assert(effect.op === 'receive', 'an effect that waits');
      waiting = { op: 'receive', box: effect.box, timeout: effect.timeout !== undefined };
      this.boxes.set(effect.box, { items: [], waiter: id });
      this.programs.set(String(id), { ...record, waiting });
      if (effect.timeout !== undefined) this.host.ctx.setTimer(`receive ${id}`, effect.timeout);
    }
    this.live.set(id, { gen, count });
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
