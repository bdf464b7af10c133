/**
 * A control plane of etcd and kube-apiserver alone, driven request by request: `ask` returns when the answer has arrived.
 */
import { createEtcd } from '../k8s/etcd/etcd.ts';
import { createApiserver } from '../k8s/kube-apiserver/kube-apiserver.ts';
import type { ApiserverConfig } from '../k8s/kube-apiserver/kube-apiserver.ts';
import type { ApiRequest, ApiResponse, WatchEvent } from '../k8s/apimachinery/request.ts';
import { act, call } from '../sim/program.ts';
import type { Program } from '../sim/program.ts';
import { Simulator } from '../sim/simulator.ts';
import type { Cell, Component, Context, Host } from '../sim/types.ts';

const MAX_EVENTS = 100_000;

export const ADMIN = { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] } as const;

function client(host: Host): Component & { answers: Cell<ApiResponse>; events: Cell<readonly WatchEvent[]> } {
  const answers = host.container<ApiResponse>('client', 'answers');
  const events = host.container<readonly WatchEvent[]>('client', 'events');
  return {
    address: 'client', answers, events, peers: ['kube-apiserver'],
    programs: {
      *ask(args: { id: string; request: ApiRequest }): Program {
        const answer = yield* call<ApiResponse>('kube-apiserver', args.request, { verb: args.request.verb.toUpperCase(), subject: args.request.resource });
        yield* act(() => answers.set(args.id, 'error' in answer ? { code: 0, body: answer.error } : answer));
      },
    },
    start() {},
    message(ctx: Context, message) {
      if (message.type === 'signal') {
        ctx.spawn('ask', message.body);
        return;
      }
      const body = message.body as { stream: string; events?: readonly WatchEvent[] };
      if (message.type === 'watch') events.set(body.stream, [...(events.get(body.stream) ?? []), ...(body.events ?? [])]);
    },
  };
}

export interface ApiHarness {
  readonly sim: Simulator;
  /** Sends a request as kubernetes-admin (unless it names a user) and returns its answer. */
  ask(request: Partial<ApiRequest> & Pick<ApiRequest, 'verb' | 'resource'>): ApiResponse;
  /** Events that came on a stream so far. */
  events(stream: string): readonly WatchEvent[];
  run(us: number): void;
}

/** `more`: further processes of the control plane, started after kube-apiserver. */
export function createApiHarness(config: ApiserverConfig = {}, seed = 1, more: readonly ((host: Host) => Component)[] = []): ApiHarness {
  const sim = new Simulator({ seed, latency: () => ({ base: 100, jitter: 50 }), journal: false });
  sim.add(createEtcd(sim, { writeTime: 500, readTime: 50 }));
  sim.add(createApiserver(sim, config));
  for (const make of more) sim.add(make(sim));
  const me = client(sim);
  sim.add(me);
  sim.boot();
  sim.runUntil(1_000_000);
  let n = 0;
  return {
    sim,
    ask(request) {
      const id = String(++n);
      const full = { group: '', version: 'v1', user: ADMIN, userAgent: 'kubectl/v1.36.3 (linux/amd64) kubernetes/x', ...request } as ApiRequest;
      sim.input({ kind: 'signal', to: 'client', body: { id, request: full }, label: { verb: 'ASK', subject: request.resource } });
      for (let i = 0; i < MAX_EVENTS && !me.answers.has(id); i++) sim.step();
      const answer = me.answers.get(id);
      if (answer === undefined) throw new Error('no answer to ' + JSON.stringify(request).slice(0, 200));
      me.answers.delete(id);
      return answer;
    },
    events: (stream) => me.events.get(stream) ?? [],
    run(us) {
      sim.runUntil(sim.now + us);
    },
  };
}
