// What was typed and is not run yet: the beginning of a command that is not finished, and whole commands that wait for the one before them.
import { create } from 'zustand';
import { begin, letHappen, setHurry, useClock } from '../stores/clock.ts';
import { engine, hasEngine, input } from '../stores/engine.ts';
import { getSource, useSession } from '../stores/session.ts';

export interface Typing {
  /** Lines that leave something open: a here-document, a quote, a loop. The prompt reads on. */
  open: string;
  /** Whole commands, in order, that wait until the one before them has ended. */
  waiting: readonly string[];
  error: string;
  /** Every command of this tab, for the prompt's history. */
  typed: readonly string[];
}
export const useTyping = create<Typing>(() => ({ open: '', waiting: [], error: '', typed: [] }));
/** Lines not yet cut into commands. */
let fresh: string[] = [];
let busy = false;

/** Enter, or lines pasted: the shell says where a command ends. */
export function typeLines(lines: readonly string[]): void {
  fresh.push(...lines);
  useTyping.setState({ error: '' });
  void run();
}
/** Ctrl-C: what is not run yet is left. */
export function leaveTyping(): void { fresh = []; useTyping.setState({ open: '', waiting: [] }); }

async function cut(): Promise<void> {
  const { open } = useTyping.getState(), lines = fresh;
  fresh = [];
  const text = open === '' ? lines.join('\n') : [open, ...lines].join('\n');
  const { commands, rest } = hasEngine() ? await engine().call('lines', { text }) : { commands: text.split('\n').filter((l) => l.trim() !== ''), rest: '' };
  useTyping.setState((s) => ({ open: rest, waiting: [...s.waiting, ...commands], typed: [...s.typed, ...commands] }));
}
async function run(): Promise<void> {
  if (busy) return;
  busy = true;
  try {
    for (;;) {
      if (fresh.length > 0) { await cut(); continue; }
      const [line, ...rest] = useTyping.getState().waiting;
      if (line === undefined) break;
      useTyping.setState({ waiting: rest });
      begin();
      if (!hasEngine()) { getSource()?.run(line); continue; }
      const { story } = useClock.getState();
      await input({ kind: 'command', line });
      // not when one went elsewhere meanwhile
      if (Math.abs(useClock.getState().story - story) < 500) letHappen();
      awaitAnswer();
      if (fresh.length > 0) await cut();
      if (useTyping.getState().waiting.length > 0) await ended();
    }
  } catch (e) { leaveTyping(); useTyping.setState({ error: e instanceof Error ? e.message : String(e) }); }
  busy = false;
}
/** Until the newest command has ended at the playhead, which is set going if it stands. Gone to another moment or run meanwhile, the lines that waited are left. */
function ended(): Promise<void> {
  const last = (): number => useSession.getState().transcript.reduce((n, c) => Math.max(n, c.process), 0), process = last(), { branch } = useSession.getState().cursor;
  letHappen();
  return new Promise((resolve) => {
    const look = (): void => {
      const s = useSession.getState(), gone = s.cursor.branch !== branch || last() !== process;
      if (gone) leaveTyping();
      if (!gone && s.projection?.terminal.running === true && useTyping.getState().waiting.length > 0) return;
      stop(); left(); resolve();
    };
    const stop = useSession.subscribe(look), left = useTyping.subscribe(look);
    look();
  });
}

/** Longer than any command that only asks; what waits by itself (-w, sleep) goes on at the story's own pace. */
const PATIENCE = 6000;
let timer = 0;
/** At the prompt one waits for the answer, not for the way of each message: story time passes faster and faster until it is there. */
function awaitAnswer(): void {
  const began = performance.now();
  clearInterval(timer);
  timer = window.setInterval(() => {
    const waited = performance.now() - began, running = useSession.getState().projection?.terminal.running === true;
    const over = waited > PATIENCE || (waited > 400 && !running) || useClock.getState().mode !== 'playing';
    setHurry(over ? 1 : Math.min(40, 2 ** (waited / 250)));
    if (over) clearInterval(timer);
  }, 50);
}
