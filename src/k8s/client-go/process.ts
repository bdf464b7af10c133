/**
 * A process that talks to kube-apiserver: its informers, its controllers with queues and workers, its event recorders, its
 * leader election, put together as one component.
 * Upstream: cmd/kube-controller-manager/app, staging/src/k8s.io/client-go/informers/factory.go
 */
import { act, sleep, type Program, type ProgramFunction } from '../../sim/program.ts';
import type { Cell, Component, Context, Host, Message, Micros } from '../../sim/types.ts';
import type { KubeObject } from '../api/types.ts';
import type { WatchEvent } from '../apimachinery/request.ts';
import { APISERVER } from './client.ts';
import { EventSink, sendEvents } from './events.ts';
import { Store, type InformerSpec } from './informer.ts';
import { acquire, renew, RENEW_PERIOD, type LeaderElectionConfig } from './leader-election.ts';
import { reflect, type ReflectorView } from './reflector.ts';
import type { ClientIdentity, ControllerDefinition, Gvr, Informer, InformerEvent, ProcessContext, SyncResult, WorkQueue } from './types.ts';
import { Queue } from './workqueue.ts';

export interface ProcessConfig {
  readonly address: string;
  /** Who lists and watches for the shared informers. */
  readonly reader: ClientIdentity;
  readonly informers?: readonly (Gvr | InformerSpec)[];
  readonly controllers?: readonly ControllerDefinition[];
  readonly handlers?: Readonly<Record<Gvr, (p: ProcessContext, event: InformerEvent) => void>>;
  readonly programs?: Readonly<Record<string, ProgramFunction>>;
  /** Names of volatile cells; durable ones survive a stop of the process (disks, not memory). */
  readonly cells?: readonly string[];
  readonly orderedCells?: readonly string[];
  readonly durableCells?: readonly string[];
  /** Informers and workers start only when the Lease is held. */
  readonly leaderElection?: LeaderElectionConfig;
  /** Addresses beside kube-apiserver that this process calls. */
  readonly peers?: readonly string[];
  /** The process starts, before anything is listed. */
  start?(p: ProcessContext): void;
  /** All informers have their first list (and the Lease is held). */
  started?(p: ProcessContext): void;
  message?(p: ProcessContext, message: Message): void;
  timer?(p: ProcessContext, name: string, body: unknown): void;
  done?(p: ProcessContext, program: string, args: unknown, result: unknown, id: number): void;
  peerLost?(p: ProcessContext, peer: string): void;
}

interface Line { readonly queue: Queue; readonly controller: string; readonly sync: (key: string) => Program<SyncResult>; readonly serviceTime: Micros; readonly maxRetries: number }

const WAIT_AFTER_LOSS: Micros = 1_000_000;

export function createProcess(host: Host, config: ProcessConfig): Component {
  const { address } = config;
  const stores = new Map<Gvr, Store>();
  const order: Store[] = [];
  const handlers = new Map<Gvr, ((p: ProcessContext, event: InformerEvent) => void)[]>();
  const lines = new Map<string, Line>();
  const controllers = config.controllers ?? [];

  const addInformer = (spec: InformerSpec): void => {
    if (stores.has(spec.gvr)) return;
    const store = new Store(host, address, spec);
    stores.set(spec.gvr, store);
    order.push(store);
  };
  const addHandlers = (given: Readonly<Record<Gvr, (p: ProcessContext, event: InformerEvent) => void>> | undefined): void => {
    for (const gvr of Object.keys(given ?? {})) {
      addInformer({ gvr });
      handlers.set(gvr, [...(handlers.get(gvr) ?? []), given![gvr]]);
    }
  };
  for (const informer of config.informers ?? []) addInformer(typeof informer === 'string' ? { gvr: informer } : informer);
  addHandlers(config.handlers);

  const cells = new Map<string, Cell<unknown>>();
  const addCell = (name: string, options: { durable?: boolean; ordered?: boolean } = {}): void => {
    if (!cells.has(name)) cells.set(name, host.container(address, name, options));
  };
  for (const name of ['rate limiters', 'leader election', 'process', 'observed lease']) addCell(name);
  // How often the process was started: not a fact of its memory, but what makes one life of it different from the next.
  if (config.leaderElection) addCell('process starts', { durable: true });
  for (const name of config.orderedCells ?? []) addCell(name, { ordered: true });
  for (const name of config.durableCells ?? []) addCell(name, { durable: true, ordered: true });
  for (const name of config.cells ?? []) addCell(name);
  for (const controller of controllers) {
    for (const gvr of controller.informers) addInformer({ gvr });
    addHandlers(controller.handlers);
    for (const name of controller.cells ?? []) addCell(name, { ordered: true });
    const backoff = controller.backoff ?? { base: 5_000, max: 1_000_000_000 };
    const addLine = (name: string, workers: number, serviceTime: Micros, sync: (key: string) => Program<SyncResult>, maxRetries?: number): void => {
      lines.set(name, { queue: new Queue(host, address, { name, workers, backoff }), controller: controller.name, sync, serviceTime, maxRetries: maxRetries ?? Infinity });
    };
    addLine(controller.name, controller.workers, controller.serviceTime, controller.sync, controller.maxRetries);
    for (const key of Object.keys(controller.queues ?? {}).sort()) {
      const queue = controller.queues![key];
      addLine(`${controller.name}/${key}`, queue.workers, queue.serviceTime, queue.sync, queue.maxRetries);
    }
  }
  const sink = new EventSink(host, address);
  const phase = cells.get('process') as Cell<'waiting' | 'running'>;

  // The view is the same object for as long as the context is: it holds no state.
  let view: (ReflectorView & { readonly events: EventSink }) | null = null;
  const viewOf = (ctx: Context): ReflectorView & { readonly events: EventSink } => {
    if (view) return view;
    const bound = new Map<string, WorkQueue>();
    for (const [name, line] of lines) {
      const queue = line.queue.bind(ctx);
      const pump = (): void => pumpLine(ctx, name);
      bound.set(name, { ...queue, add: (key) => { queue.add(key); pump(); }, addAfter: (key, us) => { queue.addAfter(key, us); pump(); } });
    }
    view = Object.assign(Object.create(ctx) as Context, {
      reader: config.reader,
      events: sink,
      informer(gvr: Gvr): Informer {
        const store = stores.get(gvr);
        if (!store) throw new Error(`${address} has no informer for ${gvr}`);
        return store;
      },
      store: (gvr: Gvr) => stores.get(gvr)!,
      queue(name: string): WorkQueue {
        const queue = bound.get(name);
        if (!queue) throw new Error(`${address} has no queue ${name}`);
        return queue;
      },
      cell<V>(name: string): Cell<V> {
        const cell = cells.get(name);
        if (!cell) throw new Error(`${address} has no cell ${name}`);
        return cell as Cell<V>;
      },
      event(...args: Parameters<ProcessContext['event']>) {
        const name = sink.note(viewOf(ctx), ...args);
        if (sink.busy.has(name)) return;
        sink.busy.set(name, 1);
        ctx.setTimer(`events ${name}`, 0);
      },
      dispatch: (gvr: Gvr, events: readonly InformerEvent[]) => dispatch(ctx, gvr, events),
      synced: () => startWorkers(ctx),
    });
    return view;
  };

  const dispatch = (ctx: Context, gvr: Gvr, events: readonly InformerEvent[]): void => {
    const list = handlers.get(gvr);
    if (!list) return;
    const p = viewOf(ctx);
    for (const event of events) for (const handler of list) handler(p, event);
  };

  const pumpLine = (ctx: Context, name: string): void => {
    if (phase.get('') !== 'running') return;
    const line = lines.get(name)!;
    for (let key = line.queue.take(ctx); key !== undefined; key = line.queue.take(ctx)) ctx.spawn('sync', { queue: name, key, n: ctx.cause });
  };

  const startWorkers = (ctx: Context): void => {
    if (phase.get('') === 'running' || !order.every((store) => store.hasSynced())) return;
    phase.set('', 'running');
    const p = viewOf(ctx);
    config.started?.(p);
    for (const controller of controllers) {
      controller.started?.(p);
      for (const name of Object.keys(controller.periodic ?? {}).sort()) ctx.setTimer(`periodic ${controller.name} ${name}`, controller.periodic![name].initialDelay ?? 0);
    }
    for (const name of lines.keys()) pumpLine(ctx, name);
  };

  const startInformers = (ctx: Context): void => {
    phase.set('', 'waiting');
    for (const store of order) ctx.spawn('reflect', { gvr: store.gvr });
    if (order.length === 0) startWorkers(ctx);
  };

  const watchMessage = (ctx: Context, body: { stream: string; events?: readonly WatchEvent[]; closed?: boolean }): boolean => {
    const gvr = body.stream.slice(0, body.stream.lastIndexOf(' '));
    const store = stores.get(gvr);
    if (!store) return false;
    const state = store.state.get('');
    if (!state || state.stream !== body.stream) return true;
    let version = state.version;
    let ended = body.closed === true;
    for (const event of body.events ?? []) {
      if (event.type === 'ERROR') {
        version = '';
        ended = true;
        break;
      }
      version = event.object.metadata.resourceVersion;
      if (event.type === 'BOOKMARK') continue;
      const change = store.apply(event);
      if (change) dispatch(ctx, gvr, [change]);
    }
    store.state.set('', ended ? { ...state, version, stream: '', phase: 'waiting' } : { phase: state.phase, version, stream: state.stream, synced: state.synced, failures: state.failures });
    if (ended) ctx.spawn('reflect', { gvr });
    return true;
  };

  const controllerOf = (name: string): ControllerDefinition => controllers.find((one) => one.name === name)!;

  return {
    address,
    peers: [APISERVER, ...(config.peers ?? [])],
    context: viewOf,
    programs: {
      reflect,
      sendEvents,
      *sync(args: { queue: string; key: string; n: number }): Program<SyncResult> {
        const line = lines.get(args.queue)!;
        const jitter = yield* act((p: ProcessContext) => p.draw('service', `${args.queue} ${args.key}`, args.n) % 1000);
        yield* sleep(Math.floor((line.serviceTime * (500 + jitter)) / 1000));
        return yield* line.sync(args.key);
      },
      *periodic(args: { controller: string; name: string }): Program {
        yield* controllerOf(args.controller).periodic![args.name].run();
      },
      *lead(): Program {
        const lease: KubeObject = yield* acquire(config.leaderElection!);
        yield* act((p: ProcessContext) => p.cell<KubeObject>('leader election').set(config.leaderElection!.lease, lease));
      },
      *renewLease(): Program<boolean> {
        return yield* renew(config.leaderElection!);
      },
      ...config.programs,
    },
    start(ctx) {
      config.start?.(viewOf(ctx));
      if (config.leaderElection) {
        const starts = cells.get('process starts') as Cell<number>;
        starts.set('', (starts.get('') ?? 0) + 1);
        ctx.spawn('lead', {});
      } else startInformers(ctx);
    },
    message(ctx, message) {
      if (message.type === 'watch' && watchMessage(ctx, message.body as { stream: string })) return;
      config.message?.(viewOf(ctx), message);
    },
    timer(ctx, name, body) {
      const space = name.indexOf(' ');
      const word = space < 0 ? name : name.slice(0, space);
      const rest = name.slice(space + 1);
      if (word === 'later') {
        const [queue, key] = [rest.slice(0, rest.indexOf(' ')), rest.slice(rest.indexOf(' ') + 1)];
        lines.get(queue)!.queue.due(ctx, key);
        pumpLine(ctx, queue);
      } else if (word === 'events') {
        ctx.spawn('sendEvents', { sink: rest });
      } else if (word === 'periodic') {
        const [controller, one] = rest.split(' ');
        ctx.setTimer(name, controllerOf(controller).periodic![one].period);
        ctx.spawn('periodic', { controller, name: one });
      } else if (word === 'renew') {
        ctx.setTimer('renew', RENEW_PERIOD);
        ctx.spawn('renewLease', {});
      } else if (word === 'reflect') {
        ctx.spawn('reflect', { gvr: rest });
      } else {
        config.timer?.(viewOf(ctx), name, body);
      }
    },
    done(ctx, program, args, result, id) {
      if (program === 'sync') {
        const { queue, key } = args as { queue: string; key: string };
        const line = lines.get(queue)!;
        const outcome = result as SyncResult;
        if (outcome === 'retry') {
          if (line.queue.numRequeues(key) < line.maxRetries) line.queue.addRateLimited(ctx, key);
          else line.queue.forget(key);
        } else {
          line.queue.forget(key);
          if (outcome !== undefined && outcome !== 'done') line.queue.addAfter(ctx, key, outcome.after);
        }
        line.queue.done(ctx, key);
        pumpLine(ctx, queue);
      } else if (program === 'sendEvents') {
        const { sink: name } = args as { sink: string };
        if (sink.first(name) !== undefined) ctx.spawn('sendEvents', { sink: name });
        else sink.busy.delete(name);
      } else if (program === 'reflect') {
        const { gvr } = args as { gvr: Gvr };
        if (stores.get(gvr)!.state.get('')?.phase === 'waiting') ctx.setTimer(`reflect ${gvr}`, 0);
      } else if (program === 'lead') {
        ctx.setTimer('renew', RENEW_PERIOD);
        startInformers(ctx);
      } else if (program !== 'periodic' && program !== 'renewLease') {
        config.done?.(viewOf(ctx), program, args, result, id);
      }
    },
    peerLost(ctx, peer) {
      if (peer === APISERVER) {
        for (const store of order) {
          const state = store.state.get('');
          if (state?.phase !== 'watching') continue;
          store.state.set('', { ...state, phase: 'waiting', stream: '' });
          ctx.setTimer(`reflect ${store.gvr}`, WAIT_AFTER_LOSS);
        }
      }
      config.peerLost?.(viewOf(ctx), peer);
    },
  };
}
