/**
 * Field selectors: `status.phase!=Running,spec.nodeName=node-1`.
 * Upstream: staging/src/k8s.io/apimachinery/pkg/fields/selector.go
 * Left out: which fields a kind supports (its registry says that).
 */
import type { Parsed } from './parsed.ts';
import { compareStrings } from './utf8.ts';

export interface FieldTerm { readonly field: string; readonly equals: boolean; readonly value: string }
/** Terms that must all hold. Empty: everything. */
export type FieldSelector = readonly FieldTerm[];

function split(text: string): string[] {
  if (text === '') return [];
  const terms: string[] = [];
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === ',') { terms.push(text.slice(from, i)); from = i + 1; }
  }
  terms.push(text.slice(from));
  return terms;
}

/** The literal value behind `\,`, `\=` and `\\`. */
export function unescapeFieldValue(text: string): Parsed<string> {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '\\') {
      const d = text[++i];
      if (d === '\\' || d === ',' || d === '=') out += d;
      else return { error: 'invalid field selector: invalid escape sequence: \\' + (d ?? '') };
    } else if (c === ',' || c === '=') return { error: 'invalid field selector: unescaped character in value: ' + c.charCodeAt(0) };
    else out += c;
  }
  return { value: out };
}

export function escapeFieldValue(value: string): string {
  return value.replace(/[\\,=]/g, (c) => '\\' + c);
}

/** Reads a field selector. `transform` may rename, refuse (throwing nothing: return an error) or adapt a term, as a kind's label conversion does. */
export function parseFieldSelector(text: string, transform?: (term: FieldTerm) => Parsed<FieldTerm>): Parsed<FieldSelector> {
  const out: FieldTerm[] = [];
  for (const part of split(text).sort(compareStrings)) {
    if (part === '') continue;
    const m = /!=|==|=/.exec(part);
    if (m === null) return { error: `invalid selector: '${text}'; can't understand '${part}'` };
    const value = unescapeFieldValue(part.slice(m.index + m[0].length));
    if (value.error !== undefined) return value;
    const term = { field: part.slice(0, m.index), equals: m[0] !== '!=', value: value.value };
    const done = transform === undefined ? { value: term } : transform(term);
    if (done.error !== undefined) return { error: done.error };
    out.push(done.value as FieldTerm);
  }
  return { value: out };
}

/** `read` returns the object's value for a field, '' if it has none. */
export function fieldsMatch(selector: FieldSelector, read: (field: string) => string): boolean {
  return selector.every((t) => (read(t.field) === t.value) === t.equals);
}

export function fieldSelectorText(selector: FieldSelector): string {
  return selector.map((t) => `${t.field}${t.equals ? '=' : '!='}${escapeFieldValue(t.value)}`).join(',');
}

/** The value a selector demands of `field`, if it demands exactly one. Upstream: RequiresExactMatch. */
export function requiresExactMatch(selector: FieldSelector, field: string): string | undefined {
  return selector.find((t) => t.field === field && t.equals)?.value;
}
