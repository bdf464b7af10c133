/**
 * JSON text exactly as Go's encoding/json writes it: HTML-escaped strings, Go's number forms, two-space MarshalIndent.
 * Upstream: Go's encoding/json; kubectl's JSONPrinter (indent of four spaces, kinds first).
 * Left out: nothing.
 */
import { compareStrings } from './utf8.ts';

/** Nesting beyond this is refused: callers decode with a smaller limit, so only a bug or a cycle gets here. */
const MAX_DEPTH = 1000;

const PLAIN = /^[ !#-%'-;=?-[\]-~]*$/;

/** A JSON string literal, escaped as encoding/json does. `html` false keeps `<`, `>` and `&` (SetEscapeHTML(false)). */
export function jsonString(text: string, html = true): string {
  if (PLAIN.test(text)) return '"' + text + '"';
  let out = '"';
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x22) out += '\\"';
    else if (c === 0x5c) out += '\\\\';
    else if (c < 0x20) {
      if (c === 10) out += '\\n';
      else if (c === 13) out += '\\r';
      else if (c === 9) out += '\\t';
      else if (c === 8) out += '\\b';
      else if (c === 12) out += '\\f';
      else out += '\\u' + c.toString(16).padStart(4, '0');
    } else if (html && (c === 0x3c || c === 0x3e || c === 0x26)) out += '\\u00' + c.toString(16);
    else if (c === 0x2028 || c === 0x2029) out += '\\u' + c.toString(16);
    else if (c >= 0xd800 && c < 0xe000) {
      const d = c < 0xdc00 ? text.charCodeAt(i + 1) : 0;
      if (d >= 0xdc00 && d < 0xe000) { out += text[i] + text[i + 1]; i++; } else out += '\\ufffd';
    } else out += text[i];
  }
  return out + '"';
}

/** A number as encoding/json writes a float64; integers have no fraction, exponents as Go's (`1e+21`, `1e-7`). */
export function jsonNumber(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  // JavaScript's shortest form has the same digits and the same exponent thresholds (< 1e-6, >= 1e21) as encoding/json.
  return String(value);
}

export interface JsonStyle {
  /** Text of one level, or '' for one line. */
  readonly indent?: string;
  /** Sort keys (a Go map). Default true; false keeps insertion order (a Go struct). */
  readonly sort?: boolean;
  readonly html?: boolean;
}

/** JSON of a plain value. Undefined properties are left out, undefined list elements are null. */
export function toJson(value: unknown, style: JsonStyle = {}): string {
  return emit(value, style.indent ?? '', style.sort ?? true, style.html ?? true, '\n', 0);
}

function emit(value: unknown, indent: string, sort: boolean, html: boolean, newline: string, depth: number): string {
  if (depth > MAX_DEPTH) throw new Error('json: value nested too deeply');
  switch (typeof value) {
    case 'string': return jsonString(value, html);
    case 'number': return jsonNumber(value);
    case 'boolean': return value ? 'true' : 'false';
    case 'bigint': return String(value);
    case 'object': break;
    default: return 'null';
  }
  if (value === null) return 'null';
  const inner = indent === '' ? '' : newline + indent;
  const colon = indent === '' ? ':' : ': ';
  let out = '';
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    for (let i = 0; i < value.length; i++) out += (i === 0 ? '' : ',') + inner + emit(value[i], indent, sort, html, inner || '\n', depth + 1);
    return '[' + out + (indent === '' ? '' : newline) + ']';
  }
  const map = value as Record<string, unknown>;
  const keys = Object.keys(map);
  if (sort) keys.sort(compareStrings);
  for (const key of keys) {
    if (map[key] === undefined) continue;
    out += (out === '' ? '' : ',') + inner + jsonString(key, html) + colon + emit(map[key], indent, sort, html, inner || '\n', depth + 1);
  }
  return out === '' ? '{}' : '{' + out + (indent === '' ? '' : newline) + '}';
}
