/**
 * The user's workstation, outside the cluster: a shell with files, variables and a history, and kubectl.
 * Input arrives as messages of type 'signal': {start: {line, stdin?, plain?}} types a line and presses Enter (plain: words are split, nothing is expanded), {signal: 'SIGINT', process?} is ^C,
 * {write: {path, text}} saves a file. Each line is a process, numbered from 1; its output is in the transcript, its end in `processes`.
 * Left out: a network of its own (curl, ssh), job control.
 */
import { act } from '../../sim/program.ts';
import type { Program } from '../../sim/program.ts';
import type { Cell, Component, Context, Host } from '../../sim/types.ts';
import type { ApiRequest, ApiResponse } from '../apimachinery/request.ts';
import { APISERVER, request, startWatch } from '../client-go/client.ts';
import { loadedKubectl, loadedProse } from '../kubectl/asset.ts';
import type { KubectlIo } from '../kubectl/session.ts';
import { Machine, tasksOf } from './machine.ts';
import { splitWords } from './split-words.ts';
import { SyntaxError_ } from './syntax.ts';
import type { Node } from './syntax.ts';
import { initialState, resolvePath } from './world.ts';
import type { CommandIo, ShellState, ShellWorld } from './world.ts';

export interface Chunk { readonly process: number; readonly stream: 'in' | 'out' | 'err'; readonly text: string; readonly at: number }
/** `exitCode` null: runs. */
export interface ProcessState { readonly line: string; readonly exitCode: number | null }

/** What one line leaves behind for the next. */
interface Session { readonly vars: Readonly<Record<string, string>>; readonly exported: readonly string[]; readonly functions: Readonly<Record<string, Node>>; readonly cwd: string; readonly status: number }

interface ShellArgs { readonly id: number; readonly state: ShellState; /** A background job of that process. */ readonly job?: number }
type Ended = { readonly again: ShellState } | ({ readonly code: number } & Session);


const HOME = '/root';
const VARS = { HOME, USER: 'root', SHELL: '/bin/bash', PATH: '/usr/local/bin:/usr/bin:/bin', TERM: 'xterm-256color', LANG: 'C.UTF-8' };
const MAX_OUTPUT = 4_000_000;
const key = (n: number): string => String(n).padStart(8, '0');

/** A command whose words are split as a shell does, without variables, pipes and patterns. */
function plainCommand(line: string): Node {
  return { t: 'simple', assigns: [], redirects: [], words: splitWords(line).map((s) => [{ k: 'lit', s, q: true }]) };
}

export function createWorkstation(host: Host): Component {
  const cell = <V>(name: string): Cell<V> => host.container<V>('workstation', name, { durable: true, ordered: true });
  const transcript = cell<Chunk>('transcript');
  const processes = cell<ProcessState>('processes');
  const files = cell<string>('files');
  const session = cell<Session>('session');
  const context = cell<string>('kubeconfig');
  /** Process id (or `job N`) to the program that runs it now. */
  const running = cell<number>('running');
  /** Open watches: stream to the process that reads it. */
  const streams = cell<number>('streams');
  /** Characters printed by a process. */
  const printed = cell<number>('printed');

  const note = (ctx: Context, process: number, stream: Chunk['stream'], text: string): void => {
    transcript.set(key(transcript.size), { process, stream, text, at: ctx.now });
    ctx.record('output', stream, text.slice(0, 200), process);
  };
  const print = (ctx: Context, process: number, stream: 'out' | 'err', text: string): void => {
    const before = printed.get(key(process)) ?? 0;
    if (before >= MAX_OUTPUT) return;
    printed.set(key(process), before + text.length);
    note(ctx, process, stream, text.slice(0, MAX_OUTPUT - before));
  };
  const list = (path: string): readonly string[] | undefined => {
    const base = path === '/' ? '/' : path + '/';
    const names: string[] = [];
    for (const file of files.prefix(base)) {
      const name = file.slice(base.length).split('/')[0];
      if (name !== '' && names[names.length - 1] !== name) names.push(name);
    }
    return names.length > 0 || files.has(base) || path === '/' || path === HOME || path === '/tmp' ? names.sort() : undefined;
  };
  const readFile = (path: string): string | undefined => (path.endsWith('/') ? undefined : files.get(path));
  const writeFile = (path: string, text: string): string | undefined => {
    const parent = path.slice(0, path.lastIndexOf('/')) || '/';
    if (list(parent) === undefined) return 'No such file or directory';
    if (files.has(path + '/') || files.prefix(path + '/').length > 0) return 'Is a directory';
    files.set(path, text);
    return undefined;
  };
  const current = (): Session => session.get('') ?? { vars: VARS, exported: Object.keys(VARS).sort(), functions: {}, cwd: HOME, status: 0 };

  const close = (ctx: Context, stream: string): void => {
    streams.delete(stream);
    ctx.send(APISERVER, 'signal', { close: stream }, { verb: 'CLOSE', subject: stream });
    ctx.closeBox(stream);
  };

  function* runKubectl(id: number, argv: readonly string[], io: CommandIo): Program<number> {
    const open: string[] = [];
    const prose = loadedProse();
    const machine: KubectlIo = {
      write: (fd, text) => io.out(fd, text),
      readFile: (path) => readFile(resolvePath(io.cwd, path)),
      listDirectory: (path) => list(resolvePath(io.cwd, path)),
      contextNamespace: () => context.get('namespace') ?? '',
      setContextNamespace: (namespace) => { context.set('namespace', namespace); },
      request: (r) => request(r),
      *watch(r: ApiRequest): Program<string | ApiResponse> {
        const stream = yield* act((ctx: Context) => {
          const name = `kubectl ${id} ${ctx.cause}.${streams.size}`;
          streams.set(name, id);
          return name;
        });
        open.push(stream);
        const answer = r.verb === 'watch' ? yield* startWatch(r, stream)
          : yield* request({ ...r, options: { ...r.options, query: { ...r.options?.query, stream } } });
        if (answer.code === 200) return stream;
        yield* act(() => { streams.delete(stream); });
        return answer;
      },
      *unwatch(stream) { yield* act((ctx: Context) => { if (streams.has(stream)) close(ctx, stream); }); },
      ...(prose === undefined ? {} : { prose }),
    };
    try {
      return yield* loadedKubectl()({ argv, ...(io.stdin === undefined ? {} : { stdin: io.stdin }) }, machine);
    } finally {
      if (open.length > 0) yield* act((ctx: Context) => { for (const stream of open) if (streams.has(stream)) close(ctx, stream); });
    }
  }

  const worldOf = (id: number): ShellWorld => ({
    name: 'bash',
    write: (ctx, fd, text) => print(ctx, id, fd === 1 ? 'out' : 'err', text),
    readFile, list,
    writeFile: (_ctx, path, text) => writeFile(path, text),
    removeFile: (_ctx, path) => {
      if (!files.has(path) && !files.has(path + '/')) return false;
      files.delete(path);
      files.delete(path + '/');
      return true;
    },
    makeDirectory: (_ctx, path) => { files.set(path + '/', ''); return undefined; },
    hostname: () => 'workstation',
    external: (argv, io) => (argv[0] === 'kubectl' ? runKubectl(id, argv.slice(1), io) : undefined),
    *background(state, text) {
      return yield* act((ctx: Context) => {
        const job = 1000 + running.size + transcript.size;
        print(ctx, id, 'err', `[1] ${job}\n`);
        running.set(`job ${job}`, 0);
        running.set(`job ${job}`, ctx.spawn('shell', { id, state: { ...state, pid: job }, job } satisfies ShellArgs));
        ctx.record('note', 'background', text.slice(0, 100), job);
        return job;
      });
    },
    kill: (ctx, pid) => {
      const program = running.get(`job ${pid}`);
      if (program === undefined) return false;
      ctx.kill(program);
      running.delete(`job ${pid}`);
      return true;
    },
  });

  function* shell(args: ShellArgs): Program<Ended> {
    const world = worldOf(args.id);
    const m = new Machine(args.state, world, function* (fd, text) { yield* act((ctx: Context) => { world.write(ctx, fd, text); }); });
    const result = yield* m.run();
    return 'again' in result ? result : { code: result.code, vars: m.vars, exported: m.exported, functions: m.functions, cwd: m.cwd, status: result.code };
  }

  const start = (ctx: Context, line: string, stdin: string | undefined, plain: boolean): void => {
    const id = processes.size + 1;
    processes.set(key(id), { line, exitCode: null });
    note(ctx, id, 'in', `${line}\n`);
    const s = current();
    try {
      const tasks = plain ? [{ t: 'node' as const, node: plainCommand(line) }] : tasksOf(line);
      const state: ShellState = { ...initialState(tasks, { vars: s.vars, exported: s.exported, functions: s.functions, cwd: s.cwd, args: ['bash'], pid: id, startedAt: ctx.now, ...(stdin === undefined ? {} : { stdin }) }), status: s.status };
      running.set(key(id), 0);
      const program = ctx.spawn('shell', { id, state } satisfies ShellArgs);
      if (running.has(key(id))) running.set(key(id), program);
    } catch (error) {
      if (!(error instanceof SyntaxError_)) throw error;
      print(ctx, id, 'err', `bash: ${error.message}\n`);
      end(ctx, id, line, 2);
    }
  };

  const end = (_ctx: Context, id: number, line: string, exitCode: number): void => {
    processes.set(key(id), { line, exitCode });
    running.delete(key(id));
  };

  const interrupt = (ctx: Context, wanted: number | undefined): void => {
    const ids = running.keys().filter((k) => !k.startsWith('job '));
    const id = wanted === undefined ? ids[ids.length - 1] : ids.find((k) => k === key(wanted));
    if (id === undefined) return;
    ctx.kill(running.get(id)!);
    for (const stream of streams.keys()) if (streams.get(stream) === Number(id)) close(ctx, stream);
    note(ctx, Number(id), 'err', '^C\n');
    end(ctx, Number(id), processes.get(id)?.line ?? '', 130);
  };

  return {
    address: 'workstation',
    peers: [APISERVER],
    programs: { shell },
    start() { /* waits for input */ },
    message(ctx, message) {
      if (message.type === 'watch') {
        const body = message.body as { stream: string; events?: readonly unknown[]; chunks?: readonly string[]; closed?: boolean };
        if (!streams.has(body.stream)) return;
        for (const event of body.events ?? []) ctx.deliver(body.stream, event);
        for (const chunk of body.chunks ?? []) ctx.deliver(body.stream, { chunk });
        if (body.closed) ctx.deliver(body.stream, { closed: true });
        return;
      }
      const body = message.body as { start?: { line: string; stdin?: string; plain?: boolean }; signal?: string; process?: number; write?: { path: string; text: string } };
      if (body.start) start(ctx, body.start.line, body.start.stdin, body.start.plain === true);
      else if (body.signal === 'SIGINT') interrupt(ctx, body.process);
      else if (body.write) files.set(resolvePath(current().cwd, body.write.path), body.write.text);
    },
    done(ctx, _program, args, result) {
      const { id, job } = args as ShellArgs;
      const ended = result as Ended;
      const slot = job === undefined ? key(id) : `job ${job}`;
      if ('again' in ended) {
        if (!running.has(slot)) return;
        const program = ctx.spawn('shell', { ...(args as ShellArgs), state: ended.again });
        if (running.has(slot)) running.set(slot, program);
        return;
      }
      if (job !== undefined) { running.delete(slot); return; }
      session.set('', { vars: ended.vars, exported: ended.exported, functions: ended.functions, cwd: ended.cwd, status: ended.status });
      end(ctx, id, processes.get(key(id))?.line ?? '', ended.code);
    },
    peerLost(ctx, peer) {
      if (peer !== APISERVER) return;
      for (const stream of streams.keys()) {
        streams.delete(stream);
        ctx.deliver(stream, { closed: true });
      }
    },
  };
}

