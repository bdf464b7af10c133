/**
 * `kubectl explain`: the structure of the schema; its prose comes from a table that may be absent.
 * Upstream: k8s.io/kubectl/pkg/explain/v2/templates/plaintext.tmpl
 * Left out: -o plaintext-openapiv2; external docs.
 */
import type { FieldSchema, TypeSchema } from '../api/schema.ts';
import { schemaOf } from '../api/schema.ts';
import { compareStrings } from '../apimachinery/utf8.ts';
import type { Program } from '../../sim/program.ts';
import { KubectlError } from './errors.ts';
import type { Flags } from './flags.ts';
import type { Command, Session } from './session.ts';

/** Breaks a text at `width`, keeping its own line ends. Upstream: explain's WrapString. */
export function wrap(text: string, width: number): string[] {
  const out: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(/\s+/)) {
      if (word === '') continue;
      if (line !== '' && line.length + 1 + word.length > width) { out.push(line); line = word; } else line = line === '' ? word : `${line} ${word}`;
    }
    out.push(line);
  }
  return out;
}

/** string, integer, []Container, map[string]string, ObjectMeta. */
export function typeGuess(type: TypeSchema): string {
  switch (type.kind) {
    case 'list': return type.element === undefined ? '[]Object' : `[]${typeGuess(type.element)}`;
    case 'map': return type.element === undefined ? 'map[string]Object' : `map[string]${typeGuess(type.element)}`;
    case 'struct': return type.name === 'meta.v1.FieldsV1' ? 'FieldsV1' : type.name.split('.').pop() ?? 'Object';
    case 'int32': case 'int64': return 'integer';
    case 'float64': return 'number';
    case 'bool': return 'boolean';
    case 'quantity': case 'intOrString': case 'time': case 'microTime': case 'bytes': return 'string';
    case 'any': return 'Object';
    default: return 'string';
  }
}

interface Found { readonly type: TypeSchema; readonly field: FieldSchema | undefined; readonly owner: TypeSchema | undefined }

const inner = (type: TypeSchema): TypeSchema => {
  let t = type;
  for (let i = 0; i < 10 && (t.kind === 'list' || t.kind === 'map') && t.element !== undefined; i++) t = t.element;
  return t;
};

function* run(k: Session, flags: Flags): Program {
  if (flags.args.length === 0) throw new KubectlError('You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.\n');
  if (flags.args.length > 1) throw new KubectlError('We accept only this format: explain RESOURCE\n');
  const { mapping, fields } = yield* resolve(k, flags.args[0], flags.string('api-version'));
  const root = schemaOf(mapping.group, mapping.version, mapping.kind);
  const head = (mapping.group === '' ? '' : `GROUP:      ${mapping.group}\n`) + `KIND:       ${mapping.kind}\nVERSION:    ${mapping.version}\n\n`;
  if (root === undefined) throw new KubectlError(`couldn't find resource for "${mapping.group === '' ? '' : mapping.group + '/'}${mapping.version}, Kind=${mapping.kind}"`);
  let at: Found = { type: root, field: undefined, owner: undefined };
  for (const name of fields) {
    const owner = inner(at.type);
    const field = owner.byName.get(name);
    if (field === undefined) {
      yield* k.out(head);
      throw new KubectlError(`field "${fields[fields.length - 1]}" does not exist`);
    }
    at = { type: field.type, field, owner };
  }
  yield* k.out(head + explainText(k, at, fields, flags.bool('recursive')) + '\n');
}

function* resolve(k: Session, word: string, apiVersion: string): Program<{ mapping: { group: string; version: string; kind: string }; fields: readonly string[] }> {
  const parts = word.replace(/\.+$/, '').split('.');
  if (apiVersion !== '') {
    const m = yield* k.resource(parts[0]);
    const slash = apiVersion.indexOf('/');
    return { mapping: { group: slash < 0 ? '' : apiVersion.slice(0, slash), version: slash < 0 ? apiVersion : apiVersion.slice(slash + 1), kind: m.kind }, fields: parts.slice(1) };
  }
  return { mapping: yield* k.resource(parts[0]), fields: parts.slice(1) };
}

function explainText(k: Session, at: Found, fields: readonly string[], recursive: boolean): string {
  const type = inner(at.type);
  let out = '';
  if (at.field !== undefined) {
    out += `FIELD: ${fields[fields.length - 1]} <${typeGuess(at.type)}>\n`;
    const values = at.field.enum ?? at.field.itemEnum;
    if (values !== undefined) out += `ENUM:${[...values].sort(compareStrings).map((v) => `\n    ${v === '' ? '""' : v}`).join('')}\n`;
    else out += '\n';
    out += '\n';
  }
  const prose = [
    ...(at.owner === undefined ? [] : [k.io.prose?.(at.owner.name, at.field!.name)]),
    ...(type.kind === 'struct' || at.owner === undefined ? [k.io.prose?.(type.name, '')] : []),
  ].filter((t): t is string => t !== undefined && t !== '');
  const text = prose.length === 0 ? '<empty>' : prose.map((t) => t + '\n').join('');
  out += `DESCRIPTION:\n${wrap(text, 76).map((line) => `    ${line}\n`).join('')}`;
  if (type.kind === 'struct' && type.fields.length > 0) {
    out += 'FIELDS:\n' + fieldList(k, type, 1, recursive, [type.name]);
  }
  return out;
}

function fieldList(k: Session, type: TypeSchema, level: number, recursive: boolean, history: readonly string[]): string {
  let out = '';
  const indent = '  '.repeat(level);
  for (const field of [...type.fields].sort((a, b) => compareStrings(a.name, b.name))) {
    out += `${indent}${field.name}\t<${typeGuess(field.type)}>${field.required ? ' -required-' : ''}`;
    const values = field.enum ?? undefined;
    if (values !== undefined) {
      const sorted = [...values].sort(compareStrings).map((v) => (v === '' ? '""' : v));
      out += `\n${indent}enum: ${sorted.slice(0, 4).join(', ')}${sorted.length > 4 ? ', ....' : ''}`;
    }
    out += '\n';
    if (!recursive) {
      // The table has no text for a field that refers to a type: the type's own stands in.
      const text = k.io.prose?.(type.name, field.name) || k.io.prose?.(inner(field.type).name, '') || '<no description>';
      out += wrap(text, 78 - indent.length).map((line) => `${indent}  ${line}\n`).join('') + '\n';
    } else {
      const child = inner(field.type);
      if (child.kind === 'struct' && !history.includes(child.name) && level < 40) out += fieldList(k, child, level + 1, true, [...history, child.name]);
    }
  }
  return out;
}

/** The lookup of a table as scripts/explain-prose.mjs builds it. */
export function proseFrom(table: Readonly<Record<string, Readonly<Record<string, string>>>>): (type: string, field: string) => string | undefined {
  return (type, field) => (Object.hasOwn(table, type) && Object.hasOwn(table[type], field) ? table[type][field] : undefined);
}

export const EXPLAIN: Command = {
  name: 'explain', short: 'Get documentation for a resource', usage: 'explain TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] [-o|--output=plaintext|plaintext-openapiv2]', run,
  flags: [{ name: 'recursive', type: 'bool' }, { name: 'api-version', type: 'string' }, { name: 'output', short: 'o', type: 'string', default: 'plaintext' }],
};
