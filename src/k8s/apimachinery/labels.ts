/**
 * Label selectors: from a query's text, from a LabelSelector, from a set; and whether labels match.
 * Upstream: staging/src/k8s.io/apimachinery/pkg/labels/selector.go, pkg/apis/meta/v1/helpers.go
 * Left out: nothing.
 */
import { Path, aggregateErrors, invalid, notSupported, path as rootPath } from './field-error.ts';
import type { FieldError } from './field-error.ts';
import { goQuote } from './goquote.ts';
import type { Parsed } from './parsed.ts';
import { compareStrings } from './utf8.ts';
import { isQualifiedName, isValidLabelValue } from './validation-strings.ts';

export type Operator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt';
export interface Requirement { readonly key: string; readonly operator: Operator; readonly values: readonly string[] }

/** Requirements that must all hold, sorted by key. Empty: everything. `NOTHING`: nothing. */
export type Selector = readonly Requirement[];

export const EVERYTHING: Selector = Object.freeze([]) as Selector;
/** Matches no labels (a nil LabelSelector). Compare by reference. */
export const NOTHING: Selector = Object.freeze([{ key: '', operator: 'in', values: [] } as Requirement]) as Selector;

export type Labels = Readonly<Record<string, string>>;

/** Upstream: metav1.LabelSelector. */
export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[];
}

const BINARY = ['in', 'notin', '=', '==', '!=', 'gt', 'lt'];

function keyError(at: Path | undefined, key: string): FieldError | undefined {
  const errs = isQualifiedName(key);
  return errs.length === 0 ? undefined : invalid(at, key, errs.join('; '));
}

const isInt64 = (text: string): boolean => {
  if (!/^[+-]?[0-9]{1,25}$/.test(text)) return false;
  const n = BigInt(text.replace('+', ''));
  return n >= -(2n ** 63n) && n < 2n ** 63n;
};

/** A checked requirement. */
export function requirement(key: string, operator: Operator, values: readonly string[]): Parsed<Requirement> {
  const errs: FieldError[] = [];
  const bad = keyError(rootPath('key'), key);
  if (bad !== undefined) errs.push(bad);
  const at = rootPath('values');
  switch (operator) {
    case 'in': case 'notin':
      if (values.length === 0) errs.push(invalid(at, values, "for 'in', 'notin' operators, values set can't be empty"));
      break;
    case '=': case '==': case '!=':
      if (values.length !== 1) errs.push(invalid(at, values, 'exact-match compatibility requires one single value'));
      break;
    case 'exists': case '!':
      if (values.length !== 0) errs.push(invalid(at, values, 'values set must be empty for exists and does not exist'));
      break;
    case 'gt': case 'lt':
      if (values.length !== 1) errs.push(invalid(at, values, "for 'Gt', 'Lt' operators, exactly one value is required"));
      values.forEach((v, i) => { if (!isInt64(v)) errs.push(invalid(at.index(i), v, "for 'Gt', 'Lt' operators, the value must be an integer")); });
      break;
    default:
      errs.push(notSupported(rootPath('operator'), operator, [...BINARY, 'exists', '!']));
  }
  values.forEach((v, i) => {
    const complaints = isValidLabelValue(v);
    if (complaints.length > 0) errs.push(invalid(at.index(i).key(key), v, complaints.join('; ')));
  });
  return errs.length > 0 ? { error: aggregateErrors(errs) } : { value: { key, operator, values } };
}

function holds(r: Requirement, labels: Labels | undefined): boolean {
  const has = labels !== undefined && Object.hasOwn(labels, r.key);
  switch (r.operator) {
    case '=': case '==': return has && labels[r.key] === r.values[0];
    case 'in': return has && r.values.includes(labels[r.key]);
    case '!=': case 'notin': return !has || !r.values.includes(labels[r.key]);
    case 'exists': return has;
    case '!': return !has;
    case 'gt': case 'lt': {
      if (!has || !isInt64(labels[r.key]) || r.values.length !== 1 || !isInt64(r.values[0])) return false;
      const a = BigInt(labels[r.key].replace('+', '')), b = BigInt(r.values[0].replace('+', ''));
      return r.operator === 'gt' ? a > b : a < b;
    }
  }
}

export function matches(selector: Selector, labels: Labels | undefined): boolean {
  for (let i = 0; i < selector.length; i++) if (!holds(selector[i], labels)) return false;
  return true;
}

const sorted = (list: Requirement[]): Selector => list.sort((a, b) => compareStrings(a.key, b.key));

/** Everything that carries these labels. No checks, as upstream's SelectorFromSet. */
export function selectorOfSet(set: Labels | undefined): Selector {
  const keys = Object.keys(set ?? {}).sort(compareStrings);
  return keys.length === 0 ? EVERYTHING : keys.map((key) => ({ key, operator: '=' as const, values: [set![key]] }));
}

const OPERATORS: Record<string, Operator> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' };
const memo = new WeakMap<object, Parsed<Selector>>();

/** A LabelSelector; absent selects nothing, empty everything. The answer is remembered by reference. */
export function selectorOf(ps: LabelSelector | undefined | null): Parsed<Selector> {
  if (ps === undefined || ps === null) return { value: NOTHING };
  let known = memo.get(ps);
  if (known === undefined) memo.set(ps, (known = compile(ps)));
  return known;
}

function compile(ps: LabelSelector): Parsed<Selector> {
  const list: Requirement[] = [];
  for (const key of Object.keys(ps.matchLabels ?? {}).sort(compareStrings)) {
    const r = requirement(key, '=', [ps.matchLabels![key]]);
    if (r.error !== undefined) return r;
    list.push(r.value);
  }
  for (const e of ps.matchExpressions ?? []) {
    const operator = Object.hasOwn(OPERATORS, e.operator) ? OPERATORS[e.operator] : undefined;
    if (operator === undefined) return { error: `${goQuote(e.operator)} is not a valid label selector operator` };
    const r = requirement(e.key, operator, e.values ?? []);
    if (r.error !== undefined) return r;
    list.push(r.value);
  }
  return { value: sorted(list) };
}

/** Whether a LabelSelector (absent: no) matches. A selector that does not compile matches nothing. */
export function selectorMatches(ps: LabelSelector | undefined | null, labels: Labels | undefined): boolean {
  const s = selectorOf(ps);
  return s.error === undefined && matches(s.value, labels);
}

/** `app=web,tier in (a,b),!gone`; what kubectl prints and sends. */
export function selectorText(selector: Selector): string {
  if (selector === NOTHING) return '';
  return selector.map((r) => {
    const values = [...r.values].sort(compareStrings).join(',');
    switch (r.operator) {
      case '!': return '!' + r.key;
      case 'exists': return r.key;
      case 'in': case 'notin': return `${r.key} ${r.operator} (${values})`;
      case 'gt': return r.key + '>' + values;
      case 'lt': return r.key + '<' + values;
      default: return r.key + r.operator + values;
    }
  }).join(',');
}

/** As `kubectl get -o wide` and describe print a LabelSelector: `<none>` if empty, `<error>` if wrong. Upstream: FormatLabelSelector. */
export function formatLabelSelector(ps: LabelSelector | undefined | null): string {
  const s = selectorOf(ps);
  if (s.error !== undefined) return '<error>';
  const text = selectorText(s.value);
  return text === '' ? '<none>' : text;
}

// --- the query's grammar ---

type Token = 'error' | 'end' | ')' | ',' | '!' | '==' | '=' | '>' | 'id' | 'in' | '<' | '!=' | 'notin' | '(';
interface Item { readonly token: Token; readonly text: string }
const SYMBOLS = new Set([')', ',', '!', '==', '=', '>', '<', '!=', '(']);
const special = (c: string): boolean => c === '=' || c === '!' || c === '(' || c === ')' || c === ',' || c === '>' || c === '<';
const space = (c: string): boolean => c === ' ' || c === '\t' || c === '\r' || c === '\n';

function scan(text: string): Item[] {
  const items: Item[] = [];
  let i = 0;
  for (;;) {
    while (i < text.length && space(text[i])) i++;
    if (i >= text.length || text[i] === '\0') { items.push({ token: 'end', text: '' }); return items; }
    if (special(text[i])) {
      let buffer = '';
      let found = '';
      while (i < text.length && special(text[i])) {
        if (SYMBOLS.has(buffer + text[i])) found = buffer + text[i];
        else if (found !== '') break;
        buffer += text[i++];
      }
      items.push(found === '' ? { token: 'error', text: `error expected: keyword found '${buffer}'` } : { token: found as Token, text: found });
      continue;
    }
    const from = i;
    while (i < text.length && text[i] !== '\0' && !special(text[i]) && !space(text[i])) i++;
    const word = text.slice(from, i);
    items.push({ token: word === 'in' || word === 'notin' ? word : 'id', text: word });
  }
}

/** Longer selectors are refused: no client of ours writes one. */
const MAX_TEXT = 64 * 1024;

/** Reads `app=web,tier in (a,b),!gone`. Upstream: labels.Parse. */
export function parseSelector(text: string): Parsed<Selector> {
  if (text.length > MAX_TEXT) return { error: 'selector is too long' };
  const items = scan(text);
  let p = 0;
  const value = (item: Item): Item => (item.token === 'in' || item.token === 'notin' ? { token: 'id', text: item.text } : item);
  const peek = (): Item => value(items[Math.min(p, items.length - 1)]);
  const take = (): Item => value(items[Math.min(p++, items.length - 1)]);
  const list: Requirement[] = [];
  const fail = (got: string, expected: string): { error: string } => ({ error: `found '${got}', expected: ${expected}` });

  const identifiers = (): Parsed<Set<string>> => {
    const set = new Set<string>();
    for (;;) {
      const t = take();
      if (t.token === 'id') {
        set.add(t.text);
        const next = peek();
        if (next.token === ',') continue;
        if (next.token === ')') return { value: set };
        return fail(next.text, "',' or ')'");
      } else if (t.token === ',') {
        if (set.size === 0) set.add('');
        const next = peek();
        if (next.token === ')') { set.add(''); return { value: set }; }
        if (next.token === ',') set.add('');
      } else return fail(t.text, "',', or identifier");
    }
  };
  const values = (): Parsed<Set<string>> => {
    const open = take();
    if (open.token !== '(') return { error: `found '${open.text}' expected: '('` };
    const t = peek();
    if (t.token === ')') { take(); return { value: new Set(['']) }; }
    if (t.token !== 'id' && t.token !== ',') return fail(t.text, "',', ')' or identifier");
    const set = identifiers();
    if (set.error !== undefined) return set;
    return take().token === ')' ? set : fail(t.text, "')'");
  };
  const one = (): Parsed<Requirement> => {
    let t = take();
    const not = t.token === '!';
    if (not) t = take();
    if (t.token !== 'id') return fail(t.text, 'identifier');
    const bad = keyError(undefined, t.text);
    if (bad !== undefined) return { error: aggregateErrors([bad]) };
    const next = peek();
    if (not || next.token === 'end' || next.token === ',') return requirement(t.text, not ? '!' : 'exists', []);
    const op = items[Math.min(p++, items.length - 1)];
    const operator: Operator | undefined = op.token === '>' ? 'gt' : op.token === '<' ? 'lt'
      : op.token === 'in' || op.token === 'notin' || op.token === '=' || op.token === '==' || op.token === '!=' ? op.token : undefined;
    if (operator === undefined) return fail(op.text, BINARY.join(', '));
    let set: Parsed<Set<string>>;
    if (operator === 'in' || operator === 'notin') set = values();
    else {
      const v = peek();
      if (v.token === 'end' || v.token === ',') set = { value: new Set(['']) };
      else { take(); set = v.token === 'id' ? { value: new Set([v.text]) } : fail(v.text, 'identifier'); }
    }
    if (set.error !== undefined) return set;
    return requirement(t.text, operator, [...set.value].sort(compareStrings));
  };
  for (;;) {
    const t = peek();
    if (t.token === 'end') return { value: sorted(list) };
    if (t.token !== 'id' && t.token !== '!') return fail(t.text, "!, identifier, or 'end of string'");
    const r = one();
    if (r.error !== undefined) return { error: 'unable to parse requirement: ' + r.error };
    list.push(r.value);
    const after = take();
    if (after.token === 'end') return { value: sorted(list) };
    if (after.token !== ',') return fail(after.text, "',' or 'end of string'");
    const next = peek();
    if (next.token !== 'id' && next.token !== '!') return fail(next.text, "identifier after ','");
  }
}
