/** The host's side of the workstation: starts commands, learns their ends, reads the transcript. */
import type { Simulator } from '../sim/simulator.ts';
import type { TranscriptChunk } from '../protocol/protocol.ts';
import { Peek } from './peek.ts';

interface Chunk { readonly process: number; readonly stream: 'in' | 'out' | 'err'; readonly text: string; readonly at: number }
interface ProcessState { readonly line: string; readonly exitCode: number | null }

export interface CommandResult { readonly stdout: string; readonly stderr: string; readonly exitCode: number }

/** Runs a scenario's command (words only: no variables, pipes or patterns). Returns the number its process will have. */
export function startCommand(sim: Simulator, line: string, stdin?: string): number {
  const id = new Peek(sim).size('workstation', 'processes') + 1;
  sim.input({ kind: 'signal', to: 'workstation', body: { start: { line, plain: true, ...(stdin === undefined ? {} : { stdin }) } }, label: { verb: 'Enter', subject: line.slice(0, 200) } });
  return id;
}

/** What the command printed and how it ended; undefined while it runs. */
export function commandResult(sim: Simulator, id: number): CommandResult | undefined {
  const peek = new Peek(sim);
  const process = peek.container<ProcessState>('workstation', 'processes')?.get(String(id).padStart(8, '0'));
  if (!process || process.exitCode === null) return undefined;
  const { chunks } = transcriptOf(peek);
  const text = (stream: string): string => chunks.filter((chunk) => chunk.process === id && chunk.stream === stream).map((chunk) => chunk.text).join('');
  return { stdout: text('out'), stderr: text('err'), exitCode: process.exitCode };
}

/** The last commands with their output, at the cursor. */
export function transcriptOf(peek: Peek): { chunks: TranscriptChunk[]; running: boolean; done: string } {
  const transcript = peek.container<Chunk>('workstation', 'transcript');
  const chunks = (transcript?.keys() ?? []).slice(-2000).map((key) => ({ ...transcript!.get(key)!, event: 0 }));
  const processes = peek.container<ProcessState>('workstation', 'processes');
  const last = processes?.keys().at(-1);
  const state = last === undefined ? undefined : processes!.get(last);
  return { chunks, running: state?.exitCode === null, done: state && state.exitCode !== null ? state.line : '' };
}
