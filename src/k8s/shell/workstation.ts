/**
 * The user's workstation, outside the cluster: runs kubectl commands one line at a time. (Provisional: without the shell's language.)
 */
import { act, type Program } from '../../sim/program.ts';
import type { Cell, Component, Context, Host } from '../../sim/types.ts';
import { request, startWatch } from '../client-go/client.ts';
import { kubectl } from '../kubectl/kubectl.ts';
import type { KubectlIo } from '../kubectl/session.ts';

export interface Chunk { readonly process: number; readonly stream: 'in' | 'out' | 'err'; readonly text: string; readonly at: number }
export interface ProcessState { readonly line: string; readonly exitCode: number | null; /** While it runs: its program, for Ctrl-C. */ readonly program?: number }

export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === ' ' || c === '\t') {
      if (word !== null) words.push(word);
      word = null;
    } else if (c === "'") {
      const end = text.indexOf("'", i + 1) < 0 ? text.length : text.indexOf("'", i + 1);
      word = (word ?? '') + text.slice(i + 1, end);
      i = end;
    } else if (c === '"') {
      word ??= '';
      for (i++; i < text.length && text[i] !== '"'; i++) {
        if (text[i] === '\\' && '"\\$`'.includes(text[i + 1] ?? ' ')) i++;
        word += text[i];
      }
    } else if (c === '\\') word = (word ?? '') + (text[++i] ?? '');
    else word = (word ?? '') + c;
  }
  if (word !== null) words.push(word);
  return words;
}

export function createWorkstation(host: Host): Component {
  const transcript: Cell<Chunk> = host.container('workstation', 'transcript', { durable: true, ordered: true });
  const processes: Cell<ProcessState> = host.container('workstation', 'processes', { durable: true, ordered: true });
  const files: Cell<string> = host.container('workstation', 'files', { durable: true, ordered: true });
  const note = (ctx: Context, process: number, stream: Chunk['stream'], text: string): void => {
    const n = transcript.size;
    transcript.set(String(n).padStart(8, '0'), { process, stream, text, at: ctx.now });
    ctx.record('output', stream, text.slice(0, 200), process);
  };

  function* run(args: { id: number; line: string; stdin?: string }): Program<number> {
    const io: KubectlIo = {
      write: (ctx, fd, text) => note(ctx, args.id, fd === 1 ? 'out' : 'err', text), readFile: (path) => files.get(path), writeFile: (path, text) => files.set(path, text), listDirectory: () => undefined,
      contextNamespace: () => '', setContextNamespace: () => {},
      request: (r) => request(r),
      *watch(r) {
        const box = yield* act((ctx: Context) => `w${ctx.cause}-${args.id}`);
        const answer = yield* startWatch(r, box);
        return answer.code === 200 ? box : answer;
      },
      *unwatch(box) {
        yield* act((ctx: Context) => { ctx.send('kube-apiserver', 'signal', { close: box }, { verb: 'CLOSE', subject: box }); ctx.closeBox(box); });
      },
    };
    return yield* kubectl({ argv: splitWords(args.line).slice(1), ...(args.stdin === undefined ? {} : { stdin: args.stdin }) }, io);
  }

  return {
    address: 'workstation',
    peers: ['kube-apiserver'],
    programs: { run },
    start() {},
    message(ctx, message) {
      if (message.type === 'watch') {
        const body = message.body as { stream: string; events?: readonly unknown[]; closed?: boolean };
        for (const event of body.events ?? []) ctx.deliver(body.stream, event);
        if (body.closed) ctx.deliver(body.stream, { closed: true });
        return;
      }
      const body = message.body as { start?: { line: string; stdin?: string; id?: number }; signal?: string; write?: { path: string; text: string } };
      if (body.write) files.set(body.write.path, body.write.text);
      if (body.signal === 'SIGINT') {
        for (const key of processes.keys()) {
          const state = processes.get(key)!;
          if (state.exitCode !== null || state.program === undefined) continue;
          ctx.kill(state.program);
          processes.set(key, { line: state.line, exitCode: 130 });
          note(ctx, Number(key), 'out', '^C\n');
        }
      }
      if (body.start) {
        const id = processes.size + 1;
        const key = String(id).padStart(8, '0');
        processes.set(key, { line: body.start.line, exitCode: null });
        note(ctx, id, 'in', `${body.start.line}\n`);
        const program = ctx.spawn('run', { id, ...body.start });
        if (processes.get(key)?.exitCode === null) processes.set(key, { line: body.start.line, exitCode: null, program });
      }
    },
    done(ctx, program, args, result) {
      if (program !== 'run') return;
      const { id, line } = args as { id: number; line: string };
      processes.set(String(id).padStart(8, '0'), { line, exitCode: Number(result) });
    },
  };
}
