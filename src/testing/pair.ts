import { act, all, call, receive, sleep, type Program } from '../sim/program.ts';
import { Simulator } from '../sim/simulator.ts';
import type { Cell, Component, Context, Host } from '../sim/types.ts';

/** Two components that answer each other, with timers, programs, mailboxes and a counter each. */
function pingPong(host: Host, self: string, peer: string): Component {
  const counts: Cell<number> = host.container(self, 'counts', { ordered: true });
  const bump = (key: string): void => counts.set(key, (counts.get(key) ?? 0) + 1);
  return {
    address: self,
    peers: [peer],
    programs: {
      *ask(args: { n: number }): Program {
        const first = yield* call<{ n: number }>(peer, { n: args.n }, { verb: 'GET', subject: `n/${args.n}` });
        yield* act(() => bump('error' in first ? first.error : 'answer'));
        yield* sleep(1000 + args.n);
        const both = yield* all([{ op: 'call', to: peer, body: { n: 1 }, label: { verb: 'GET', subject: 'a' } }, { op: 'call', to: peer, body: { n: 2 }, label: { verb: 'GET', subject: 'b' } }]);
        yield* act(() => both.forEach(() => bump('both')));
        const item = yield* receive<number>('box', 5_000);
        yield* act(() => bump(item === undefined ? 'timeout' : `item ${item % 3}`));
      },
    },
    start(ctx: Context) {
      ctx.setTimer('tick', ctx.draw('tick', self, 0) % 3000);
    },
    message(ctx, message) {
      bump(message.label.subject);
      if (message.re) ctx.reply(message, { n: 0, code: 200 }, { verb: '200', subject: message.label.subject, code: 200 }, { delay: 50 });
    },
    timer(ctx) {
      bump('tick');
      const n = counts.get('tick')!;
      ctx.spawn('ask', { n });
      if (n % 2 === 0) ctx.deliver('box', n);
      ctx.setTimer('tick', 3000);
    },
  };
}

/** The two, booted. */
export function makePair(seed: number, options: { journal?: boolean; historyEntries?: number; checkpointEvery?: number } = {}): Simulator {
  const sim = new Simulator({ seed, latency: () => ({ base: 100, jitter: 400 }), ...options });
  sim.add(pingPong(sim, 'a', 'b'));
  sim.add(pingPong(sim, 'b', 'a'));
  sim.boot(10);
  return sim;
}

/** The whole state as text. */
export function stateOf(sim: Simulator): string {
  return JSON.stringify(sim.serialise());
}
