/**
 * The shell's syntax tree: plain values, so that a running script can be folded into a program's arguments.
 * Upstream: none (POSIX shell, and the parts of bash that tutorials use).
 */

export type Part =
  /** Text; quoted text is neither split nor matched against file names. */
  | { readonly k: 'lit'; readonly s: string; readonly q: boolean }
  /** $name, ${name}, ${name:-word}, ${#name}, ${name%pattern}. */
  | { readonly k: 'var'; readonly name: string; readonly op: string; readonly arg: Word; readonly q: boolean }
  | { readonly k: 'cmd'; readonly body: Node; readonly q: boolean }
  | { readonly k: 'arith'; readonly text: Word; readonly q: boolean };

export type Word = readonly Part[];

/** `fd`: 0, 1, 2; 12 for `&>`. */
export interface Redirect { readonly op: '>' | '>>' | '<' | '<<' | '>&' | '<<<'; readonly fd: number; readonly target: Word }

export type Node =
  | { readonly t: 'simple'; readonly assigns: readonly (readonly [string, Word])[]; readonly words: readonly Word[]; readonly redirects: readonly Redirect[] }
  | { readonly t: 'pipe'; readonly stages: readonly Node[]; readonly not: boolean }
  | { readonly t: 'andor'; readonly items: readonly { readonly op: '' | '&&' | '||'; readonly node: Node }[] }
  | { readonly t: 'list'; readonly items: readonly { readonly node: Node; readonly background: boolean }[] }
  | { readonly t: 'if'; readonly clauses: readonly (readonly [Node, Node])[]; readonly otherwise: Node | null; readonly redirects: readonly Redirect[] }
  | { readonly t: 'while'; readonly until: boolean; readonly cond: Node; readonly body: Node; readonly redirects: readonly Redirect[] }
  | { readonly t: 'for'; readonly name: string; readonly words: readonly Word[] | null; readonly body: Node; readonly redirects: readonly Redirect[] }
  | { readonly t: 'case'; readonly word: Word; readonly items: readonly { readonly patterns: readonly Word[]; readonly body: Node }[]; readonly redirects: readonly Redirect[] }
  | { readonly t: 'group'; readonly sub: boolean; readonly body: Node; readonly redirects: readonly Redirect[] }
  | { readonly t: 'function'; readonly name: string; readonly body: Node }
  | { readonly t: 'arith'; readonly text: Word; readonly redirects: readonly Redirect[] };

export class SyntaxError_ extends Error {
  /** More lines could complete it: an open quote, a missing `done`. */
  readonly incomplete: boolean;
  constructor(message: string, incomplete = false) {
    super(message);
    this.incomplete = incomplete;
  }
}
