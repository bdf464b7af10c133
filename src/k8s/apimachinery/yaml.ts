/**
 * YAML as Kubernetes reads it: the first document of a text as a JSON value, duplicate keys noted, positions kept for an editor.
 * Upstream: sigs.k8s.io/yaml, go.yaml.in/yaml/v2 (parserc.go, decode.go, resolve.go); YAML 1.1 booleans and octals included
 * Left out: !!binary is not decoded; tags of other types are ignored.
 */
import { MAX_YAML_DEPTH, Scanner, YamlError } from './yaml-scanner.ts';
import type { Mark, Token } from './yaml-scanner.ts';
import { setOwn } from './json.ts';
import { goQuote } from './goquote.ts';
import { compareStrings } from './utf8.ts';

/** `line` counts from 1: the line of the second value. */
export interface YamlDuplicate { readonly line: number; readonly key: string }
export type YamlAnswer = { readonly value: unknown; readonly duplicates: readonly YamlDuplicate[]; readonly error?: undefined } | { readonly error: string };

/** A node of the document, with its place. */
export interface YamlNode {
  readonly kind: 'scalar' | 'mapping' | 'sequence' | 'alias';
  readonly start: Mark;
  end: Mark;
  /** Text of a scalar; name of an alias. */
  readonly value: string;
  readonly plain: boolean;
  readonly tag: string;
  /** Of a mapping: key, value, key, value … */
  readonly children: YamlNode[];
  readonly target?: YamlNode | undefined;
}

/** Nodes decoded at most, aliases counted each time: what a text of 3 MiB without tricks cannot reach. */
const MAX_DECODED = 1_000_000;

/** Reads the first document. An empty one is null. */
export function parseYaml(text: string): YamlAnswer {
  const tree = parseYamlTree(text);
  if ('error' in tree) return { error: tree.error };
  if (tree.root === undefined) return { value: null, duplicates: [] };
  const decoder = new Decoder();
  try {
    return { value: decoder.decode(tree.root, 0), duplicates: decoder.duplicates };
  } catch (e) {
    if (e instanceof YamlError) return { error: (decoder.bare ? '' : 'yaml: ') + e.message };
    throw e;
  }
}

/** The first document as nodes with positions; no root if it is empty. */
export function parseYamlTree(text: string): { readonly root: YamlNode | undefined } | { readonly error: string; readonly line: number } {
  if (/[\0-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff]/.test(text)) return { error: 'yaml: control characters are not allowed', line: 0 };
  try {
    return { root: new Parser(text).document() };
  } catch (e) {
    if (!(e instanceof YamlError)) throw e;
    const line = /^line (\d+): /.exec(e.message);
    return { error: 'yaml: ' + e.message, line: line === null ? 0 : Number(line[1]) };
  }
}

/** The documents of a text as kubectl cuts it: at lines that begin with `---`. Each with the zero-based line on which it begins. */
export function splitYamlDocuments(text: string): { readonly text: string; readonly line: number }[] {
  const out: { text: string; line: number }[] = [];
  const lines = text.split('\n');
  let from = 0;
  const cut = (to: number): void => {
    const doc = lines.slice(from, to).join('\n');
    if (doc.trim() !== '') out.push({ text: doc, line: from });
  };
  lines.forEach((line, i) => {
    if (!line.startsWith('---')) return;
    // Only white space or a comment may follow the mark; anything else belongs to the document.
    const rest = line.slice(3);
    if (rest.trim() !== '' && !rest.trim().startsWith('#')) return;
    cut(i);
    from = i + 1;
  });
  cut(lines.length);
  return out;
}

class Parser {
  private readonly scanner: Scanner;
  private readonly anchors = new Map<string, YamlNode>();
  constructor(text: string) { this.scanner = new Scanner(text); }

  private fail(problem: string, at: Mark, context?: Mark): never { throw new YamlError(problem, at.line !== 0 ? at.line : context?.line ?? 0); }

  document(): YamlNode | undefined {
    const s = this.scanner;
    while (s.peek().type === 'document-end') s.take();
    if (s.peek().type === 'stream-end') return undefined;
    if (s.peek().type === 'document-start') s.take();
    const t = s.peek();
    if (t.type === 'document-start' || t.type === 'document-end' || t.type === 'stream-end') return this.empty(t.start);
    const root = this.node(true, false, 0);
    s.peek();
    return root;
  }

  private empty(at: Mark): YamlNode { return { kind: 'scalar', start: at, end: at, value: '', plain: true, tag: '', children: [] }; }

  private node(block: boolean, indentless: boolean, depth: number): YamlNode {
    const s = this.scanner;
    const first = s.peek();
    if (depth > MAX_YAML_DEPTH) this.fail('exceeded max depth of 10000', first.start);
    if (first.type === 'alias') {
      s.take();
      const target = this.anchors.get(first.value);
      if (target === undefined) throw new YamlError(`unknown anchor '${first.value}' referenced`, 0);
      return { kind: 'alias', start: first.start, end: first.end, value: first.value, plain: false, tag: '', children: [], target };
    }
    let anchor: Token | undefined, tag: Token | undefined;
    for (;;) {
      const t = s.peek();
      if (t.type === 'anchor' && anchor === undefined) anchor = s.take();
      else if (t.type === 'tag' && tag === undefined) tag = s.take();
      else break;
    }
    const t = s.peek();
    const start = anchor !== undefined || tag !== undefined ? first.start : t.start;
    const make = (kind: YamlNode['kind'], value = '', plain = false): YamlNode => {
      const n: YamlNode = { kind, start, end: t.end, value, plain, tag: tag?.value ?? '', children: [] };
      if (anchor !== undefined) this.anchors.set(anchor.value, n);
      return n;
    };
    if (indentless && t.type === 'block-entry') return this.entries(make('sequence'), false, depth);
    switch (t.type) {
      case 'scalar': s.take(); return make('scalar', t.value, t.plain && (tag === undefined || tag.value === '!'));
      case 'flow-sequence-start': s.take(); return this.flowSequence(make('sequence'), depth);
      case 'flow-mapping-start': s.take(); return this.flowMapping(make('mapping'), depth);
      case 'block-sequence-start': if (block) { s.take(); return this.entries(make('sequence'), true, depth); } break;
      case 'block-mapping-start': if (block) { s.take(); return this.blockMapping(make('mapping'), depth); } break;
      default:
    }
    if (anchor !== undefined || tag !== undefined) return make('scalar', '', tag === undefined);
    return this.fail('did not find expected node content', t.start, start);
  }

  private entries(n: YamlNode, closed: boolean, depth: number): YamlNode {
    const s = this.scanner;
    while (s.peek().type === 'block-entry') {
      const mark = s.take();
      const t = s.peek().type;
      if (t === 'block-entry' || t === 'block-end' || (!closed && (t === 'key' || t === 'value'))) n.children.push(this.empty(mark.end));
      else n.children.push(this.node(true, false, depth + 1));
    }
    if (closed) {
      const t = s.peek();
      if (t.type !== 'block-end') this.fail("did not find expected '-' indicator", t.start, n.start);
      s.take();
    }
    n.end = n.children.length > 0 ? n.children[n.children.length - 1].end : n.end;
    return n;
  }

  private blockMapping(n: YamlNode, depth: number): YamlNode {
    const s = this.scanner;
    for (;;) {
      const t = s.peek();
      if (t.type === 'block-end') { s.take(); break; }
      if (t.type !== 'key') this.fail('did not find expected key', t.start, n.start);
      s.take();
      const k = s.peek().type;
      n.children.push(k === 'key' || k === 'value' || k === 'block-end' ? this.empty(t.end) : this.node(true, true, depth + 1));
      const v = s.peek();
      if (v.type !== 'value') { n.children.push(this.empty(v.start)); continue; }
      s.take();
      const after = s.peek().type;
      n.children.push(after === 'key' || after === 'value' || after === 'block-end' ? this.empty(v.end) : this.node(true, true, depth + 1));
    }
    n.end = n.children.length > 0 ? n.children[n.children.length - 1].end : n.end;
    return n;
  }

  private flowSequence(n: YamlNode, depth: number): YamlNode {
    const s = this.scanner;
    for (let first = true; ; first = false) {
      let t = s.peek();
      if (t.type === 'flow-sequence-end') break;
      if (!first) {
        if (t.type !== 'flow-entry') this.fail("did not find expected ',' or ']'", t.start, n.start);
        s.take();
        t = s.peek();
        if (t.type === 'flow-sequence-end') break;
      }
      if (t.type === 'key') {
        s.take();
        const pair: YamlNode = { kind: 'mapping', start: t.start, end: t.end, value: '', plain: false, tag: '', children: [] };
        this.flowPair(pair, 'flow-sequence-end', depth + 1);
        n.children.push(pair);
      } else n.children.push(this.node(false, false, depth + 1));
    }
    n.end = s.take().end;
    return n;
  }

  private flowPair(n: YamlNode, end: Token['type'], depth: number): void {
    const s = this.scanner;
    const k = s.peek();
    n.children.push(k.type === 'value' || k.type === 'flow-entry' || k.type === end ? this.empty(k.start) : this.node(false, false, depth));
    const v = s.peek();
    if (v.type !== 'value') { n.children.push(this.empty(v.start)); return; }
    s.take();
    const a = s.peek();
    n.children.push(a.type === 'flow-entry' || a.type === end ? this.empty(a.start) : this.node(false, false, depth));
  }

  private flowMapping(n: YamlNode, depth: number): YamlNode {
    const s = this.scanner;
    for (let first = true; ; first = false) {
      let t = s.peek();
      if (t.type === 'flow-mapping-end') break;
      if (!first) {
        if (t.type !== 'flow-entry') this.fail("did not find expected ',' or '}'", t.start, n.start);
        s.take();
        t = s.peek();
        if (t.type === 'flow-mapping-end') break;
      }
      if (t.type === 'key') { s.take(); this.flowPair(n, 'flow-mapping-end', depth + 1); } else if (t.type === 'value') this.flowPair(n, 'flow-mapping-end', depth + 1);
      else n.children.push(this.node(false, false, depth + 1), this.empty(s.peek().start));
    }
    n.end = s.take().end;
    return n;
  }
}

const WORDS: Readonly<Record<string, boolean | null>> = Object.assign(Object.create(null) as Record<string, boolean | null>, Object.fromEntries([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((w) => [w, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((w) => [w, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((w) => [w, null] as const),
]));

/** What a plain scalar means: null, a boolean, a number, or the text itself. */
export function resolvePlain(text: string): null | boolean | number | string {
  if (text in WORDS) return WORDS[text];
  const c = text[0];
  if (c === '.') {
    if (/^\.(inf|Inf|INF)$/.test(text)) return Infinity;
    if (/^\.(nan|NaN|NAN)$/.test(text)) return NaN;
    return /^\.[0-9]+([eE][-+]?[0-9]+)?$/.test(text) ? Number(text) : text;
  }
  if (!((c >= '0' && c <= '9') || c === '+' || c === '-')) return text;
  if (/^[-+]\.(inf|Inf|INF)$/.test(text)) return c === '-' ? -Infinity : Infinity;
  const plain = text.includes('_') ? text.replace(/_/g, '') : text;
  const m = /^([-+]?)(0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|0|[1-9][0-9]*)$/.exec(plain);
  if (m !== null && plain.length < 400) {
    const body = m[2];
    let n: bigint;
    if (/^0[xXbBoO]/.test(body)) n = BigInt(body);
    else if (body.length > 1 && body[0] === '0') n = BigInt('0o' + body.slice(1));
    else n = BigInt(body);
    if (n < 2n ** 64n) return Number(m[1] === '-' ? -n : n);
  }
  return /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(plain) ? Number(plain) : text;
}

/** Upstream passes through JSON text, which has its keys sorted: the order shows in the order of complaints. */
function sortKeys(map: Record<string, unknown>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(map).sort(compareStrings)) setOwn(out, key, map[key]);
  return out;
}

class Decoder {
  readonly duplicates: YamlDuplicate[] = [];
  /** The failure is not one of the YAML reader's: it carries no `yaml: `. */
  bare = false;
  private count = 0;
  private readonly open = new Set<YamlNode>();

  private fail(problem: string): never { throw new YamlError(problem, 0); }

  decode(n: YamlNode, depth: number): unknown {
    if (++this.count > MAX_DECODED) this.fail('document contains excessive aliasing');
    if (depth > MAX_YAML_DEPTH) this.fail('exceeded max depth of 10000');
    switch (n.kind) {
      case 'alias': {
        const target = n.target!;
        if (this.open.has(target)) this.fail(`anchor '${n.value}' value contains itself`);
        return this.decode(target, depth + 1);
      }
      case 'scalar': return this.scalar(n);
      case 'sequence': {
        this.open.add(n);
        const list = n.children.map((c) => this.decode(c, depth + 1));
        this.open.delete(n);
        return list;
      }
      case 'mapping': {
        const out: Record<string, unknown> = {};
        this.mapping(n, out, new Set(), depth);
        return sortKeys(out);
      }
    }
  }

  private scalar(n: YamlNode): unknown {
    const v = n.plain ? resolvePlain(n.value) : this.tagged(n);
    if (typeof v === 'number' && !Number.isFinite(v)) { this.bare = true; this.fail('json: unsupported value: ' + (v > 0 ? '+Inf' : v < 0 ? '-Inf' : 'NaN')); }
    return v;
  }

  private tagged(n: YamlNode): unknown {
    const tag = n.tag.replace(/^!<tag:yaml\.org,2002:(.*)>$/, '!!$1');
    if (!/^!!(bool|int|float|null)$/.test(tag)) return n.value;
    const v = resolvePlain(n.value);
    const is = v === null ? '!!null' : typeof v === 'boolean' ? '!!bool' : typeof v === 'number' ? (Number.isInteger(v) && !/[.eE]/.test(n.value) ? '!!int' : '!!float') : '!!str';
    if (is !== tag && !(tag === '!!float' && is === '!!int')) this.fail(`cannot decode ${is} \`${n.value}\` as a ${tag}`);
    return v;
  }

  private mapping(n: YamlNode, out: Record<string, unknown>, seen: Set<unknown>, depth: number): void {
    this.open.add(n);
    for (let i = 0; i < n.children.length; i += 2) {
      const k = n.children[i], v = n.children[i + 1];
      if (k.kind === 'scalar' && k.value === '<<' && (k.plain || k.tag === '!!merge')) { this.merge(v, out, seen, depth + 1); continue; }
      const key = this.decode(k, depth + 1);
      if (typeof key === 'object' && key !== null) this.fail('invalid map key: ' + (Array.isArray(key) ? '[]interface {}{}' : 'map[interface {}]interface {}{}'));
      const value = this.decode(v, depth + 1);
      if (key === null) { this.bare = true; this.fail('unsupported map key of type: %!s(<nil>), key: <nil>, value: ' + goQuote(String(value))); }
      const name = String(key);
      // 1 and "1" are two keys to the reader, though one in JSON.
      if (seen.has(key)) this.duplicates.push({ line: v.start.line + 1, key: name });
      seen.add(key);
      setOwn(out, name, value);
    }
    this.open.delete(n);
  }

  private merge(v: YamlNode, out: Record<string, unknown>, seen: Set<unknown>, depth: number): void {
    const wrong = (): never => this.fail('map merge requires map or sequence of maps as the value');
    const one = (n: YamlNode): void => {
      const target = n.kind === 'alias' ? n.target! : n;
      if (target.kind !== 'mapping') wrong();
      if (this.open.has(target)) this.fail(`anchor '${n.value}' value contains itself`);
      if (depth > MAX_YAML_DEPTH) this.fail('exceeded max depth of 10000');
      this.mapping(target, out, seen, depth);
    };
    if (v.kind === 'sequence') for (let i = v.children.length - 1; i >= 0; i--) one(v.children[i]);
    else one(v);
  }
}
