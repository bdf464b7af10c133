/** `test`, `[ … ]` and `[[ … ]]`. Upstream: none (POSIX.1-2024, test). */
import type { Program } from '../../sim/program.ts';
import { globMatches } from './glob.ts';
import type { Machine } from './machine.ts';
import { PatternError, regular } from './regular-expression.ts';
import { resolvePath } from './world.ts';

const UNARY = ['-e', '-f', '-d', '-r', '-w', '-x', '-s', '-z', '-n', '-L', '-h', '-p', '-t'];
const BINARY = ['=', '==', '!=', '-eq', '-ne', '-lt', '-le', '-gt', '-ge', '<', '>', '=~', '-nt', '-ot'];

/** 0 true, 1 false, 2 wrong. */
export function* testExpression(m: Machine, words: readonly string[], extended: boolean): Program<number> {
  let i = 0;
  let wrong = '';
  let depth = 0;
  const or = function* (): Program<boolean> {
    let v = yield* and();
    while (words[i] === '-o' || words[i] === '||') { i++; const r = yield* and(); v = v || r; }
    return v;
  };
  const and = function* (): Program<boolean> {
    let v = yield* not();
    while (words[i] === '-a' || words[i] === '&&') { i++; const r = yield* not(); v = v && r; }
    return v;
  };
  const not = function* (): Program<boolean> {
    if (++depth > 100) { wrong = 'expression too deep'; return false; }
    if (words[i] === '!' && i + 1 < words.length) { i++; return !(yield* not()); }
    return yield* primary();
  };
  const primary = function* (): Program<boolean> {
    const a = words[i];
    if (a === undefined) return false;
    if (words[i + 1] !== undefined && BINARY.includes(words[i + 1]) && i + 2 < words.length) {
      const op = words[i + 1];
      const b = words[i + 2];
      i += 3;
      return compare(a, op, b);
    }
    if (a === '(') {
      i++;
      const v = yield* or();
      if (words[i++] !== ')') wrong = "missing `)'";
      return v;
    }
    if (UNARY.includes(a) && i + 1 < words.length) {
      const b = words[i + 1];
      i += 2;
      if (a === '-z') return b === '';
      if (a === '-n') return b !== '';
      const path = resolvePath(m.cwd, b);
      const kind = yield* m.act(() => (m.world.list(path) !== undefined ? 'd' : (m.world.readFile(path) ?? undefined) === undefined ? '' : m.world.readFile(path) === '' ? 'f0' : 'f'));
      switch (a) {
        case '-d': return kind === 'd';
        case '-f': return kind.startsWith('f');
        case '-s': return kind === 'f' || kind === 'd';
        case '-L': case '-h': case '-p': case '-t': return false;
        default: return kind !== '';
      }
    }
    i++;
    return a !== '';
  };
  const compare = (a: string, op: string, b: string): boolean => {
    if (op === '=' || op === '==') return extended ? globMatches(b, a) : a === b;
    if (op === '!=') return extended ? !globMatches(b, a) : a !== b;
    if (op === '<') return a < b;
    if (op === '>') return a > b;
    if (op === '=~') {
      try {
        return regular(b, { extended: true }).test(a);
      } catch (error) {
        if (error instanceof PatternError) { wrong = error.message; return false; }
        throw error;
      }
    }
    if (op === '-nt' || op === '-ot') return false;
    for (const v of [a, b]) if (!/^\s*[-+]?\d+\s*$/.test(v)) { wrong = `${v}: integer expression expected`; return false; }
    const [x, y] = [Number(a), Number(b)];
    switch (op) {
      case '-eq': return x === y;
      case '-ne': return x !== y;
      case '-lt': return x < y;
      case '-le': return x <= y;
      case '-gt': return x > y;
      default: return x >= y;
    }
  };
  if (words.length === 0) return 1;
  const value = yield* or();
  if (wrong === '' && i < words.length) wrong = 'too many arguments';
  if (wrong !== '') {
    yield* m.complain(`[: ${wrong}`);
    return 2;
  }
  return value ? 0 : 1;
}
