/**
 * What is typed or pasted at a prompt, cut into command lines as a shell cuts its input: a line that leaves something open takes the next with it.
 * Upstream: none (POSIX.1-2024, 2.3 and the prompts PS1 and PS2).
 */
import { commandEnd } from './parser.ts';

/** Longer texts are handed to the shell whole: it says that they are too long. */
const MOST = 256 * 1024;

/** `commands`: what is finished, in order. `rest`: what still waits for its end, '' if nothing does. */
export interface Typed { readonly commands: readonly string[]; readonly rest: string }

export function cutTyped(text: string): Typed {
  if (text.length > MOST) return { commands: [text], rest: '' };
  const commands: string[] = [];
  for (let from = 0; from < text.length; ) {
    const end = commandEnd(text, from);
    if (end < 0) return { commands, rest: text.slice(from) };
    const line = text.slice(from, end).replace(/^(?:[ \t]*(?:#[^\n]*)?\n)+/, '').replace(/\n$/, '');
    // blanks and comments alone are no command
    if (/^\s*[^#\s]/m.test(line)) commands.push(line);
    from = end;
  }
  return { commands, rest: '' };
}
