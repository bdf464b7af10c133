/**
 * Pod templates: the hash in names and labels, and equality that does not see the hash label.
 *
 * Upstream: pkg/controller/controller_utils.go (ComputeHash), pkg/util/hash, pkg/controller/deployment/util/deployment_util.go (EqualIgnoreHash)
 * Left out: nothing.
 */
import { dumpPodTemplate } from '../apimachinery/go-dump.ts';
import { toJson } from '../apimachinery/json-emit.ts';
import { utf8Bytes } from '../apimachinery/utf8.ts';

export const hashLabel = 'pod-template-hash';

const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** JSON with sorted keys; null, undefined, empty maps and empty lists vanish (Semantic.DeepEqual sees no difference). '' if nothing is left. */
export function canonical(value: unknown, depth = 0): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'object') return JSON.stringify(value);
  if (depth > 100) return '"…"';
  if (Array.isArray(value)) return value.length === 0 ? '' : `[${value.map((v) => canonical(v, depth + 1) || 'null').join(',')}]`;
  const parts: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const text = canonical((value as Record<string, unknown>)[key], depth + 1);
    if (text !== '') parts.push(`${JSON.stringify(key)}:${text}`);
  }
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

// Templates are immutable and shared by all versions of an object whose template did not change.
const memo = new WeakMap<object, string>();

interface Template { readonly metadata?: { readonly labels?: Readonly<Record<string, string>> }; readonly spec?: unknown }

function withoutHash(template: Template): string {
  const known = memo.get(template);
  if (known !== undefined) return known;
  const { labels } = template.metadata ?? {};
  let bare: Template = template;
  if (labels?.[hashLabel] !== undefined) {
    const { [hashLabel]: _hash, ...rest } = labels;
    bare = { ...template, metadata: { ...template.metadata, labels: rest } };
  }
  // A Go Time of zero is written as null and vanishes here.
  const text = canonical(bare);
  memo.set(template, text);
  return text;
}

export function equalIgnoreHash(a: Template, b: Template): boolean {
  return a === b || withoutHash(a) === withoutHash(b);
}

/** Letters and digits that cannot spell words. */
function safeEncode(text: string): string {
  let out = '';
  for (let i = 0; i < text.length; i++) out += alphabet[text.charCodeAt(i) % alphabet.length];
  return out;
}

/** FNV-1a of 32 bits over the text's UTF-8 bytes, from `state`. Upstream: hash/fnv New32a. */
function fnv32a(text: string, state = 0x811c9dc5): number {
  let h = state;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x80) h = Math.imul(h ^ c, 0x01000193);
    else return bytes32a(utf8Bytes(text.slice(i)), h);
  }
  return h;
}

function bytes32a(bytes: readonly number[], state: number): number {
  let h = state;
  for (const b of bytes) h = Math.imul(h ^ b, 0x01000193);
  return h;
}

/** FNV-1 of 32 bits: multiplies first. Upstream: hash/fnv New32. */
function fnv32(text: string): number {
  let h = 0x811c9dc5;
  for (const b of utf8Bytes(text)) h = Math.imul(h, 0x01000193) ^ b;
  return h;
}

const hashes = new WeakMap<object, number>();

/** The hash of a pod template that names ReplicaSets and daemon sets' revisions: the same letters a real cluster gives it. */
export function computeHash(template: Template, collisionCount: number | undefined): string {
  let h = hashes.get(template);
  if (h === undefined) hashes.set(template, h = fnv32a(dumpPodTemplate(template)));
  // Eight bytes, little end first, the upper four never set.
  if (collisionCount !== undefined) h = bytes32a([collisionCount & 0xff, (collisionCount >>> 8) & 0xff, (collisionCount >>> 16) & 0xff, collisionCount >>> 24, 0, 0, 0, 0], h);
  return safeEncode(String(h >>> 0));
}

/** The hash of a stateful set's revision, over the JSON of its data. Upstream: pkg/controller/history (HashControllerRevision) */
export function computeRevisionHash(data: unknown, collisionCount: number | undefined): string {
  return safeEncode(String(fnv32(toJson(data) + (collisionCount ?? '')) >>> 0));
}
