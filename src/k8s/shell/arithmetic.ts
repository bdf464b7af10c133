/**
 * $(( … )): whole numbers with C's operators.
 * Upstream: none (POSIX.1-2024, 2.6.4).
 */

export class ArithmeticError extends Error {}

const MAX_DEPTH = 100;

/** The value; `read` and `write` reach variables. Results are whole and within 2^53. Throws ArithmeticError. */
export function evaluate(text: string, read: (name: string) => string, write: (name: string, value: string) => void): number {
  const tokens = text.match(/\d+|[A-Za-z_]\w*|\+\+|--|\*\*|<<=?|>>=?|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|[-+*/%<>=!~&|^?:(),]|\S/g) ?? [];
  let i = 0;
  let depth = 0;
  const fail = (): never => { throw new ArithmeticError(`${text.trim()}: syntax error in expression`); };
  const value = (name: string): number => {
    const v = read(name).trim();
    if (v === '') return 0;
    if (!/^[-+]?\d+$/.test(v)) return 0;
    return Number(v);
  };
  const levels: readonly (readonly string[])[] = [['||'], ['&&'], ['|'], ['^'], ['&'], ['==', '!='], ['<', '<=', '>', '>='], ['<<', '>>'], ['+', '-'], ['*', '/', '%'], ['**']];
  const apply = (op: string, a: number, b: number): number => {
    switch (op) {
      case '||': return a !== 0 || b !== 0 ? 1 : 0;
      case '&&': return a !== 0 && b !== 0 ? 1 : 0;
      case '|': return a | b;
      case '^': return a ^ b;
      case '&': return a & b;
      case '==': return a === b ? 1 : 0;
      case '!=': return a !== b ? 1 : 0;
      case '<': return a < b ? 1 : 0;
      case '<=': return a <= b ? 1 : 0;
      case '>': return a > b ? 1 : 0;
      case '>=': return a >= b ? 1 : 0;
      case '<<': return a << b;
      case '>>': return a >> b;
      case '+': return a + b;
      case '-': return a - b;
      case '*': return a * b;
      case '/': if (b === 0) throw new ArithmeticError('division by 0'); return Math.trunc(a / b);
      case '%': if (b === 0) throw new ArithmeticError('division by 0'); return a % b;
      default: { let r = 1; for (let n = 0; n < Math.min(b, 64); n++) r *= a; return r; }
    }
  };
  const primary = (): number => {
    const t = tokens[i++];
    if (t === undefined) return fail();
    if (t === '(') { const v = comma(); if (tokens[i++] !== ')') fail(); return v; }
    if (t === '-') return -unary();
    if (t === '+') return unary();
    if (t === '!') return unary() === 0 ? 1 : 0;
    if (t === '~') return ~unary();
    if (t === '++' || t === '--') { const name = tokens[i++]; const v = value(name ?? '') + (t === '++' ? 1 : -1); write(name ?? '', String(v)); return v; }
    if (/^\d/.test(t)) return Number(t);
    if (/^[A-Za-z_]/.test(t)) {
      if (tokens[i] === '++' || tokens[i] === '--') { const v = value(t); write(t, String(v + (tokens[i++] === '++' ? 1 : -1))); return v; }
      return value(t);
    }
    return fail();
  };
  const unary = (): number => {
    if (++depth > MAX_DEPTH) throw new ArithmeticError('expression recursion level exceeded');
    const v = primary();
    depth--;
    return v;
  };
  const binary = (level: number): number => {
    if (level >= levels.length) return unary();
    let left = binary(level + 1);
    while (i < tokens.length && levels[level].includes(tokens[i])) {
      const op = tokens[i++];
      left = apply(op, left, binary(level + 1));
    }
    return left;
  };
  const assignment = (): number => {
    const name = tokens[i];
    const op = tokens[i + 1];
    if (name !== undefined && /^[A-Za-z_]\w*$/.test(name) && op !== undefined && /^(=|[-+*/%&|^]=|<<=|>>=)$/.test(op)) {
      i += 2;
      const right = assignment();
      const v = op === '=' ? right : apply(op.slice(0, -1), value(name), right);
      write(name, String(v));
      return v;
    }
    const cond = binary(0);
    if (tokens[i] !== '?') return cond;
    i++;
    const yes = assignment();
    if (tokens[i++] !== ':') fail();
    const no = assignment();
    return cond !== 0 ? yes : no;
  };
  const comma = (): number => {
    if (++depth > MAX_DEPTH) throw new ArithmeticError('expression recursion level exceeded');
    let v = assignment();
    while (tokens[i] === ',') { i++; v = assignment(); }
    depth--;
    return v;
  };
  if (tokens.length === 0) return 0;
  const v = comma();
  if (i < tokens.length) fail();
  return v;
}
