/**
 * Whatever waits for an answer is a program: a generator function of its arguments that yields effects and receives their
 * answers. Its whole state is the plain record {program, args, answers}; the executor may at any time throw the generator away,
 * build it anew and feed it the recorded answers. Hence the rules:
 *   - a program is a pure function of (args, answers): all reads of state, the clock and chance are effects (`act`);
 *   - args and answers are plain immutable JSON values;
 *   - side effects happen only inside `act`'s function, which runs exactly once, when it is first yielded;
 *   - a loop that could run for ever ends (returns) and is started again with folded state in its args.
 */
import type { Context, Label, Micros } from './types.ts';

export interface Call {
  readonly op: 'call';
  /** Address of the component that is asked. */
  readonly to: string;
  readonly body: unknown;
  readonly label: Label;
  /** Answered with {error: 'timeout'} when nothing came back within so many microseconds. Default: the network's. */
  readonly timeout?: Micros;
}

export type Effect =
  /** Runs at once, in the same event; the answer is the return value (plain data). */
  | { readonly op: 'do'; readonly run: (ctx: never) => unknown }
  | Call
  /** Sends all at the same moment; the answer is the array of answers, in the order of the calls. */
  | { readonly op: 'all'; readonly calls: readonly Call[] }
  | { readonly op: 'sleep'; readonly us: Micros }
  /** Waits for the next item that `ctx.deliver(box, item)` puts into the mailbox; undefined after `timeout`. */
  | { readonly op: 'receive'; readonly box: string; readonly timeout?: Micros };

/** What a call is answered with when no answer could come: the peer is down, the link is cut, the call timed out. */
export interface CallFailed { readonly error: 'connection refused' | 'connection reset' | 'timeout' }

export type Program<R = void> = Generator<Effect, R, unknown>;
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type ProgramFunction = (args: any) => Program<any>;

export function isCallFailed(answer: unknown): answer is CallFailed {
  return typeof answer === 'object' && answer !== null && typeof (answer as CallFailed).error === 'string' && !('code' in answer);
}

/** Reads or writes the component's state now. `C` is the context type of the component that runs the program. */
export function* act<C extends Context, T>(run: (ctx: C) => T): Program<T> {
  return (yield { op: 'do', run: run as (ctx: never) => unknown }) as T;
}

/** The effect of `act`, for a program that yields it itself: `(yield doing(run)) as T` is `yield* act(run)` without a generator for each. */
export function doing<C extends Context>(run: (ctx: C) => unknown): Effect {
  return { op: 'do', run: run as (ctx: never) => unknown };
}

export function* call<A>(to: string, body: unknown, label: Label, timeout?: Micros): Program<A | CallFailed> {
  return (yield { op: 'call', to, body, label, timeout }) as A | CallFailed;
}

export function* all<A>(calls: readonly Call[]): Program<readonly (A | CallFailed)[]> {
  if (calls.length === 0) return [];
  return (yield { op: 'all', calls }) as readonly (A | CallFailed)[];
}

/** `us`: whole microseconds, >= 0. */
export function* sleep(us: Micros): Program {
  if (us > 0) yield { op: 'sleep', us };
}

export function* now(): Program<Micros> {
  return (yield { op: 'do', run: (ctx: Context) => ctx.now } as Effect) as Micros;
}

export function* receive<T>(box: string, timeout?: Micros): Program<T | undefined> {
  return (yield { op: 'receive', box, timeout }) as T | undefined;
}

/**
 * A test's executor: runs a program against a table of answers. `answer` is asked for every effect that leaves the component
 * (call, all's single calls, sleep, receive); `do` effects run against `ctx`. Returns the result and the effects seen.
 */
export function runProgram<R>(program: Program<R>, ctx: unknown, answer: (effect: Effect) => unknown): { result: R; effects: Effect[] } {
  const effects: Effect[] = [];
  let step = program.next();
  while (!step.done) {
    const effect = step.value;
    if (effect.op === 'do') {
      step = program.next(effect.run(ctx as never));
      continue;
    }
    if (effect.op === 'all') {
      effects.push(...effect.calls);
      step = program.next(effect.calls.map(answer));
      continue;
    }
    effects.push(effect);
    step = program.next(answer(effect));
  }
  return { result: step.value, effects };
}
