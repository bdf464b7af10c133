/**
 * JSONPath templates as kubectl understands them: `{.items[*].metadata.name}`, `{range …}{end}`, filters, slices, unions.
 * Upstream: k8s.io/client-go/util/jsonpath, k8s.io/kubectl/pkg/cmd/get/customcolumn.go (RelaxedJSONPathExpression)
 * Left out: nothing a template can say; values print as Go prints them.
 */
import { toJson } from '../apimachinery/json-emit.ts';
import { KubectlError } from './errors.ts';

type Step =
  | { readonly t: 'field'; readonly name: string }
  | { readonly t: 'wild' }
  | { readonly t: 'recursive' }
  | { readonly t: 'slice'; readonly from?: number; readonly to?: number; readonly step?: number; readonly single: boolean }
  | { readonly t: 'filter'; readonly left: Operand; readonly op: string; readonly right?: Operand }
  | { readonly t: 'union'; readonly parts: readonly (readonly Step[])[] };

type Operand = { readonly path: readonly Step[] } | { readonly literal: string | number | boolean };

type Node =
  | { readonly t: 'text'; readonly text: string }
  | { readonly t: 'path'; readonly steps: readonly Step[]; readonly root: boolean }
  | { readonly t: 'range'; readonly steps: readonly Step[]; readonly body: readonly Node[] };

const MAX = 4096;

function fail(template: string, why: string): KubectlError {
  return new KubectlError(`error parsing jsonpath ${template}, ${why}`);
}

/** Reads a path's steps from `text` at `at`, up to `stop` at depth 0. */
function parseSteps(template: string, text: string): readonly Step[] {
  const steps: Step[] = [];
  let i = 0;
  if (text[i] === '$' || text[i] === '@') i++;
  while (i < text.length) {
    const c = text[i];
    if (c === '.') {
      if (text[i + 1] === '.') { steps.push({ t: 'recursive' }); i += 2; if (text[i] !== '[' && i < text.length) i--; if (text[i] === '.') { i++; const [name, end] = fieldName(text, i); i = end; if (name !== '') steps.push(name === '*' ? { t: 'wild' } : { t: 'field', name }); } continue; }
      i++;
      if (text[i] === '[' || i >= text.length) continue;
      const [name, end] = fieldName(text, i);
      i = end;
      if (name !== '') steps.push(name === '*' ? { t: 'wild' } : { t: 'field', name });
    } else if (c === '[') {
      const end = closing(template, text, i);
      steps.push(bracket(template, text.slice(i + 1, end)));
      i = end + 1;
    } else if (c === ' ' || c === '\t' || c === '\n') {
      i++;
    } else if (c === '*') {
      steps.push({ t: 'wild' });
      i++;
    } else {
      const [name, end] = fieldName(text, i);
      if (end === i) throw fail(template, `unrecognized character in action: U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')} '${c}'`);
      steps.push({ t: 'field', name });
      i = end;
    }
  }
  return steps;
}

function fieldName(text: string, from: number): [string, number] {
  let i = from;
  let name = '';
  while (i < text.length && !/[.[\s]/.test(text[i])) {
    if (text[i] === '\\' && i + 1 < text.length) i++;
    name += text[i++];
  }
  return [name, i];
}

function closing(template: string, text: string, open: number): number {
  let depth = 0;
  let quote = '';
  for (let i = open; i < text.length; i++) {
    const c = text[i];
    if (quote !== '') { if (c === '\\') i++; else if (c === quote) quote = ''; continue; }
    if (c === '"' || c === "'") quote = c;
    else if (c === '[') depth++;
    else if (c === ']' && --depth === 0) return i;
  }
  throw fail(template, 'unterminated array');
}

function bracket(template: string, inner: string): Step {
  const text = inner.trim();
  if (text === '*') return { t: 'wild' };
  if (text.startsWith('?(')) {
    if (!text.endsWith(')')) throw fail(template, 'unterminated filter');
    return filter(template, text.slice(2, -1));
  }
  if (/^'[^']*'$/.test(text) || /^"[^"]*"$/.test(text)) return { t: 'field', name: text.slice(1, -1) };
  const parts = splitTop(text, ',');
  if (parts.length > 1) return { t: 'union', parts: parts.map((p) => (/^\s*-?\d/.test(p) || p.includes(':') || /^\s*['"]/.test(p) ? [bracket(template, p)] : parseSteps(template, p.trim()))) };
  const m = /^(-?\d*)(?::(-?\d*))?(?::(-?\d*))?$/.exec(text);
  if (m === null || text === '') throw fail(template, `invalid array index ${text}`);
  const n = (s: string | undefined): number | undefined => (s === undefined || s === '' ? undefined : Number(s));
  return { t: 'slice', from: n(m[1]), to: n(m[2]), step: n(m[3]), single: !text.includes(':') };
}

function splitTop(text: string, sep: string): string[] {
  const out: string[] = [];
  let depth = 0;
  let quote = '';
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quote !== '') { if (c === '\\') i++; else if (c === quote) quote = ''; continue; }
    if (c === '"' || c === "'") quote = c;
    else if (c === '[' || c === '(') depth++;
    else if (c === ']' || c === ')') depth--;
    else if (depth === 0 && text.startsWith(sep, i)) { out.push(text.slice(start, i)); start = i + sep.length; }
  }
  out.push(text.slice(start));
  return out;
}

function filter(template: string, text: string): Step {
  for (const op of ['==', '!=', '<=', '>=', '<', '>']) {
    const parts = splitTop(text, op);
    if (parts.length === 2) return { t: 'filter', left: operand(template, parts[0]), op, right: operand(template, parts[1]) };
  }
  return { t: 'filter', left: operand(template, text), op: 'exists' };
}

function operand(template: string, text: string): Operand {
  const s = text.trim();
  if (/^'.*'$/s.test(s) || /^".*"$/s.test(s)) return { literal: unquote(s) };
  if (s === 'true' || s === 'false') return { literal: s === 'true' };
  if (/^-?\d+(\.\d+)?$/.test(s)) return { literal: Number(s) };
  if (s.startsWith('@') || s.startsWith('.') || s.startsWith('$')) return { path: parseSteps(template, s) };
  throw fail(template, `unrecognized identifier ${s}`);
}

function unquote(s: string): string {
  return s.slice(1, -1).replace(/\\(.)/gs, (_, c: string) => (c === 'n' ? '\n' : c === 't' ? '\t' : c === 'r' ? '\r' : c));
}

function parseTemplate(template: string): readonly Node[] {
  if (template.length > MAX * 4) throw fail(template.slice(0, 40), 'template is too long');
  const stack: Node[][] = [[]];
  const ranges: (readonly Step[])[] = [];
  let i = 0;
  while (i < template.length) {
    if (template[i] !== '{') {
      const next = template.indexOf('{', i);
      const end = next < 0 ? template.length : next;
      stack[stack.length - 1].push({ t: 'text', text: template.slice(i, end) });
      i = end;
      continue;
    }
    let end = i + 1;
    let quote = '';
    for (; end < template.length; end++) {
      const c = template[end];
      if (quote !== '') { if (c === '\\') end++; else if (c === quote) quote = ''; continue; }
      if (c === '"' || c === "'") quote = c;
      else if (c === '}') break;
    }
    if (end >= template.length) throw fail(template, 'unclosed action');
    const action = template.slice(i + 1, end).trim();
    i = end + 1;
    if (/^range(\s|$)/.test(action)) {
      if (stack.length > 50) throw fail(template, 'too many nested ranges');
      ranges.push(parseSteps(template, action.slice(5).trim()));
      stack.push([]);
    } else if (action === 'end') {
      const steps = ranges.pop();
      if (steps === undefined) throw fail(template, 'not in range, nothing to end');
      const body = stack.pop()!;
      stack[stack.length - 1].push({ t: 'range', steps, body });
    } else if (/^'.*'$/s.test(action) || /^".*"$/s.test(action)) {
      stack[stack.length - 1].push({ t: 'text', text: unquote(action) });
    } else if (action !== '') {
      stack[stack.length - 1].push({ t: 'path', steps: parseSteps(template, action), root: action.startsWith('$') });
    }
  }
  if (stack.length > 1) throw fail(template, 'unclosed range');
  return stack[0];
}

class Missing extends Error {}

function kids(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'object' && value !== null) { const o = value as Record<string, unknown>; return Object.keys(o).sort().map((k) => o[k]).filter((v) => v !== undefined); }
  return [];
}

function deep(values: readonly unknown[]): unknown[] {
  const out: unknown[] = [];
  const walk = (value: unknown, depth: number): void => {
    if (depth > 100 || out.length > 100_000) return;
    out.push(value);
    for (const kid of kids(value)) walk(kid, depth + 1);
  };
  for (const value of values) walk(value, 0);
  return out;
}

function evaluate(steps: readonly Step[], start: unknown, lax: boolean): unknown[] {
  let values: unknown[] = [start];
  for (let s = 0; s < steps.length; s++) {
    const step = steps[s];
    const out: unknown[] = [];
    if (step.t === 'recursive') {
      values = deep(values);
      const next = steps[s + 1];
      if (next?.t === 'field') { values = values.filter((v) => typeof v === 'object' && v !== null && !Array.isArray(v) && (v as Record<string, unknown>)[next.name] !== undefined); }
      continue;
    }
    for (const value of values) {
      switch (step.t) {
        case 'field': {
          const found = typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, step.name) ? (value as Record<string, unknown>)[step.name] : undefined;
          if (found !== undefined) out.push(found);
          else if (!lax) throw new Missing(`${step.name} is not found`);
          break;
        }
        case 'wild': out.push(...kids(value)); break;
        case 'slice': {
          if (!Array.isArray(value)) { if (lax) break; throw new Missing('is not array or slice'); }
          const n = value.length;
          let from = step.from ?? 0;
          if (step.single) {
            if (from < 0) from += n;
            if (from < 0 || from >= n) { if (lax) break; throw new Missing(`array index out of bounds: index ${step.from}, length ${n}`); }
            out.push(value[from]);
            break;
          }
          let to = step.to ?? n;
          if (from < 0) from += n;
          if (to < 0) to += n;
          const by = Math.max(1, step.step ?? 1);
          for (let i = Math.max(0, from); i < Math.min(n, to); i += by) out.push(value[i]);
          break;
        }
        case 'union': for (const part of step.parts) out.push(...evaluate(part, value, lax)); break;
        case 'filter':
          if (!Array.isArray(value)) { if (lax) break; throw new Missing(`${toJson(value)} is not array or slice and cannot be filtered`); }
          for (const item of value) if (holds(step, item)) out.push(item);
          break;
      }
    }
    values = out;
  }
  return values;
}

function holds(step: Extract<Step, { t: 'filter' }>, item: unknown): boolean {
  const read = (o: Operand): unknown => ('literal' in o ? o.literal : evaluate(o.path, item, true)[0]);
  const left = read(step.left);
  if (step.op === 'exists') return left !== undefined;
  const right = read(step.right!);
  if (left === undefined || right === undefined) return false;
  switch (step.op) {
    case '==': return left === right;
    case '!=': return left !== right;
    case '<': return (left as number) < (right as number);
    case '<=': return (left as number) <= (right as number);
    case '>': return (left as number) > (right as number);
    default: return (left as number) >= (right as number);
  }
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'object') return toJson(value);
  return String(value);
}

/** The template's output. `lax`: missing keys print nothing. Throws KubectlError. */
export function executeJsonPath(template: string, data: unknown, lax: boolean): string {
  const nodes = parseTemplate(template);
  let out = '';
  let budget = 1_000_000;
  const walk = (list: readonly Node[], current: unknown): void => {
    for (const node of list) {
      if (--budget < 0) throw new KubectlError(`error executing jsonpath "${template}": too much output`);
      if (node.t === 'text') out += node.text;
      else if (node.t === 'path') out += evaluate(node.steps, node.root ? data : current, lax).map(valueText).join(' ');
      else for (const item of evaluate(node.steps, current, lax)) walk(node.body, item);
    }
  };
  try {
    walk(nodes, data);
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    throw new KubectlError(`error executing jsonpath ${JSON.stringify(template)}: Error executing template: ${error.message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${template}\n\tobject given to jsonpath engine was:\n\t\t${toJson(data)}\n\n`);
  }
  return out;
}

/** The values a template's paths yield: for jsonpath-as-json and `kubectl wait`. */
export function jsonPathValues(template: string, data: unknown, lax: boolean): unknown[] {
  const out: unknown[] = [];
  for (const node of parseTemplate(template)) {
    if (node.t !== 'path') continue;
    try {
      out.push(...evaluate(node.steps, data, lax));
    } catch (error) {
      if (!(error instanceof Missing)) throw error;
      throw new KubectlError(error.message);
    }
  }
  return out;
}

/** `.metadata.name`, `{.metadata.name}` and `metadata.name` are the same. */
export function relaxed(expression: string): string {
  const m = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(expression);
  if (expression === '') return expression;
  if (m === null) throw new KubectlError(`unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`);
  return `{.${m[1] ?? m[2]}}`;
}

/** The value `--sort-by` orders by. */
export function sortKey(object: unknown, path: string): unknown {
  return jsonPathValues(relaxed(path), object, true)[0];
}
