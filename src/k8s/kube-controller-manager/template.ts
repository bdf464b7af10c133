/**
 * Pod templates: the hash in names and labels, and equality that does not see the hash label.
 *
 * Upstream: pkg/controller/controller_utils.go (ComputeHash), pkg/controller/deployment/util/deployment_util.go (EqualIgnoreHash)
 * Left out: upstream hashes a dump of Go structs; ours hashes canonical JSON, so the letters differ while length and alphabet agree.
 */
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
export function safeEncode(text: string): string {
  let out = '';
  for (let i = 0; i < text.length; i++) out += alphabet[text.charCodeAt(i) % alphabet.length];
  return out;
}

/** FNV-1 of 32 bits over the UTF-16 code units' bytes, as `hash/fnv`'s New32a goes over bytes. */
export function fnv32a(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    h = Math.imul(h ^ (c & 0xff), 0x01000193);
    if (c > 0xff) h = Math.imul(h ^ (c >>> 8), 0x01000193);
  }
  return h >>> 0;
}

export function computeHash(template: Template, collisionCount: number | undefined): string {
  const text = canonical(template) + (collisionCount === undefined ? '' : `#${collisionCount}`);
  return safeEncode(String(fnv32a(text)));
}
