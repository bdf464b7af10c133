/**
 * The common part of Go templates: fields, range, if/else, with, index, printf-free text, eq, len, variables.
 * Upstream: Go's text/template with k8s.io/cli-runtime/pkg/printers/template.go
 * Left out: define/template/block, method calls, custom delimiters.
 */
import { goValue } from '../apimachinery/goquote.ts';
import { toJson } from '../apimachinery/json-emit.ts';
import { base64Text } from './base64.ts';
import { KubectlError } from './errors.ts';

interface Block { readonly kind: 'text' | 'expr' | 'range' | 'if' | 'with' | 'set'; readonly text: string; readonly body: readonly Block[]; readonly otherwise: readonly Block[]; readonly names: readonly string[] }

function bad(why: string): KubectlError {
  return new KubectlError(`error parsing template, template: output:1: ${why}`);
}

function parse(template: string): readonly Block[] {
  const root: Block[] = [];
  const stack: { block: { kind: Block['kind']; text: string; names: string[] }; body: Block[]; otherwise: Block[]; inElse: boolean }[] = [];
  const add = (block: Block): void => {
    const top = stack[stack.length - 1];
    (top === undefined ? root : top.inElse ? top.otherwise : top.body).push(block);
  };
  const leaf = (kind: Block['kind'], text: string, names: readonly string[] = []): Block => ({ kind, text, body: [], otherwise: [], names });
  let i = 0;
  let trim = false;
  while (i < template.length) {
    const open = template.indexOf('{{', i);
    let text = template.slice(i, open < 0 ? template.length : open);
    if (trim) text = text.replace(/^\s+/, '');
    trim = false;
    if (open >= 0 && template[open + 2] === '-') text = text.replace(/\s+$/, '');
    if (text !== '') add(leaf('text', text));
    if (open < 0) break;
    const close = template.indexOf('}}', open);
    if (close < 0) throw bad('unclosed action');
    let action = template.slice(open + 2, close);
    if (action.startsWith('-')) action = action.slice(1);
    if (action.endsWith('-')) { action = action.slice(0, -1); trim = true; }
    action = action.trim();
    i = close + 2;
    if (action.startsWith('/*')) continue;
    const word = /^\w+/.exec(action)?.[0] ?? '';
    if (word === 'range' || word === 'if' || word === 'with') {
      if (stack.length > 50) throw bad('too deep');
      let rest = action.slice(word.length).trim();
      const names: string[] = [];
      const m = /^(\$\w*)(?:\s*,\s*(\$\w*))?\s*:?=\s*/.exec(rest);
      if (m !== null) { names.push(m[1]); if (m[2]) names.push(m[2]); rest = rest.slice(m[0].length); }
      stack.push({ block: { kind: word, text: rest, names }, body: [], otherwise: [], inElse: false });
    } else if (word === 'else') {
      const top = stack[stack.length - 1];
      if (top === undefined) throw bad('unexpected {{else}}');
      top.inElse = true;
      const rest = action.slice(4).trim();
      if (rest.startsWith('if ')) { stack.push({ block: { kind: 'if', text: rest.slice(3), names: ['else'] }, body: [], otherwise: [], inElse: false }); }
    } else if (word === 'end') {
      for (;;) {
        const top = stack.pop();
        if (top === undefined) throw bad('unexpected {{end}}');
        const chained = top.block.kind === 'if' && top.block.names[0] === 'else';
        add({ ...top.block, body: top.body, otherwise: top.otherwise });
        if (!chained) break;
      }
    } else {
      const m = /^(\$\w*)\s*:?=\s*/.exec(action);
      if (m !== null) add(leaf('set', action.slice(m[0].length), [m[1]]));
      else add(leaf('expr', action));
    }
  }
  if (stack.length > 0) throw bad('unexpected EOF');
  return root;
}

const truthy = (v: unknown): boolean => !(v === undefined || v === null || v === false || v === 0 || v === '' || (Array.isArray(v) && v.length === 0) || (typeof v === 'object' && v !== null && !Array.isArray(v) && Object.keys(v).length === 0));

function words(text: string): string[] {
  const out: string[] = [];
  for (let i = 0; i < text.length;) {
    const c = text[i];
    if (/\s/.test(c)) { i++; continue; }
    if (c === '"' || c === '`') {
      let end = i + 1;
      while (end < text.length && text[end] !== c) end += text[end] === '\\' && c === '"' ? 2 : 1;
      out.push(text.slice(i, end + 1));
      i = end + 1;
    } else if (c === '(') {
      let depth = 0;
      let end = i;
      for (; end < text.length; end++) { if (text[end] === '(') depth++; else if (text[end] === ')' && --depth === 0) break; }
      let tail = end + 1;
      while (tail < text.length && /[.\w]/.test(text[tail])) tail++;
      out.push(text.slice(i, tail));
      i = tail;
    } else if (c === '|') { out.push('|'); i++; } else {
      const m = /^[^\s|()]+/.exec(text.slice(i))!;
      out.push(m[0]);
      i += m[0].length;
    }
  }
  return out;
}

/** The template's output for `data`. `lax`: missing keys print `<no value>`. */
export function executeGoTemplate(template: string, data: unknown, lax: boolean): string {
  const blocks = parse(template.slice(0, 100_000));
  let out = '';
  let budget = 200_000;
  const field = (value: unknown, path: string): unknown => {
    for (const name of path.split('.')) {
      if (name === '') continue;
      if (typeof value !== 'object' || value === null) {
        if (value === undefined || value === null) return undefined;
        throw new KubectlError(`error executing template "${template}": template: output:1:2: executing "output" at <.${path}>: can't evaluate field ${name} in type interface {}`);
      }
      const next = (value as Record<string, unknown>)[name];
      if (next === undefined && !lax) throw new KubectlError(`error executing template "${template}": template: output:1:2: executing "output" at <.${path}>: map has no entry for key "${name}"`);
      value = next;
    }
    return value;
  };
  const atom = (word: string, dot: unknown, vars: Readonly<Record<string, unknown>>, depth: number): unknown => {
    if (word.startsWith('"')) return word.slice(1, -1).replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c === 't' ? '\t' : c));
    if (word.startsWith('`')) return word.slice(1, -1);
    if (word.startsWith('(')) { const end = word.lastIndexOf(')'); return field(expr(word.slice(1, end), dot, vars, depth + 1), word.slice(end + 1)); }
    if (/^-?\d+$/.test(word)) return Number(word);
    if (word === 'true' || word === 'false') return word === 'true';
    if (word === 'nil') return undefined;
    if (word.startsWith('$')) { const at = word.indexOf('.'); const name = at < 0 ? word : word.slice(0, at); return field(vars[name], at < 0 ? '' : word.slice(at)); }
    if (word.startsWith('.')) return field(dot, word);
    throw bad(`function "${word}" not defined`);
  };
  const callFunction = (name: string, args: readonly unknown[]): unknown => {
    switch (name) {
      case 'index': case 'slice': { let v: unknown = args[0]; for (const key of args.slice(1)) v = v === undefined || v === null ? undefined : (v as Record<string, unknown>)[String(key)]; return v; }
      case 'len': return typeof args[0] === 'string' ? args[0].length : Array.isArray(args[0]) ? args[0].length : Object.keys((args[0] as object) ?? {}).length;
      case 'eq': return args.slice(1).some((a) => a === args[0]);
      case 'ne': return args[0] !== args[1];
      case 'lt': return (args[0] as number) < (args[1] as number);
      case 'le': return (args[0] as number) <= (args[1] as number);
      case 'gt': return (args[0] as number) > (args[1] as number);
      case 'ge': return (args[0] as number) >= (args[1] as number);
      case 'and': return args.find((a) => !truthy(a)) ?? args[args.length - 1];
      case 'or': return args.find(truthy) ?? args[args.length - 1];
      case 'not': return !truthy(args[0]);
      case 'exists': return callFunction('index', args) !== undefined;
      case 'print': return args.map((a) => goValue(a)).join('');
      case 'println': return args.map((a) => goValue(a)).join(' ') + '\n';
      case 'printf': { let i = 1; return String(args[0]).replace(/%[-\d.]*([sdvq%])/g, (_, c: string) => (c === '%' ? '%' : c === 'q' ? toJson(args[i++]) : goValue(args[i++]))); }
      case 'base64decode': return base64Text(String(args[0] ?? ''));
      default: throw bad(`function "${name}" not defined`);
    }
  };
  const expr = (text: string, dot: unknown, vars: Readonly<Record<string, unknown>>, depth = 0): unknown => {
    if (depth > 30) throw bad('expression too deep');
    let value: unknown;
    let first = true;
    for (const stage of splitPipe(words(text))) {
      const [head, ...rest] = stage;
      const args = rest.map((word) => atom(word, dot, vars, depth));
      if (!first) args.push(value);
      if (head !== undefined && /^[a-z]\w*$/.test(head) && !['true', 'false', 'nil'].includes(head)) value = callFunction(head, args);
      else value = head === undefined ? undefined : atom(head, dot, vars, depth);
      first = false;
    }
    return value;
  };
  const run = (list: readonly Block[], dot: unknown, vars: Record<string, unknown>): void => {
    for (const block of list) {
      if (--budget < 0) throw new KubectlError('error executing template: too much output');
      switch (block.kind) {
        case 'text': out += block.text; break;
        case 'expr': { const v = expr(block.text, dot, vars); out += v === undefined || v === null ? '<no value>' : goValue(v); break; }
        case 'set': vars[block.names[0]] = expr(block.text, dot, vars); break;
        case 'if': { run(truthy(expr(block.text, dot, vars)) ? block.body : block.otherwise, dot, vars); break; }
        case 'with': { const v = expr(block.text, dot, vars); if (truthy(v)) run(block.body, v, { ...vars, ...(block.names[0] ? { [block.names[0]]: v } : {}) }); else run(block.otherwise, dot, vars); break; }
        default: {
          const v = expr(block.text, dot, vars);
          const pairs: [unknown, unknown][] = Array.isArray(v) ? v.map((x, n) => [n, x]) : typeof v === 'object' && v !== null ? Object.keys(v).sort().map((key) => [key, (v as Record<string, unknown>)[key]]) : [];
          if (pairs.length === 0) run(block.otherwise, dot, vars);
          for (const [key, item] of pairs) {
            const inner = { ...vars };
            if (block.names.length === 2) { inner[block.names[0]] = key; inner[block.names[1]] = item; } else if (block.names.length === 1) inner[block.names[0]] = item;
            run(block.body, item, inner);
          }
        }
      }
    }
  };
  run(blocks, data, { $: data });
  return out;
}

function splitPipe(all: readonly string[]): string[][] {
  const out: string[][] = [[]];
  for (const word of all) { if (word === '|') out.push([]); else out[out.length - 1].push(word); }
  return out;
}
