/**
 * Links: everything that makes a run and a moment of it, in the part of a URL after `#`. The first character is the format;
 * the rest is base64url of a deflated JSON array. Everything read is checked: a link comes from a stranger.
 */
import { Inflate, deflateSync } from 'fflate';
import { DICTIONARY_1 } from './dictionary-1.ts';

/** Shapes as in protocol/protocol.ts, written down here so that a format never changes by accident. */
export type LinkInput =
  | { readonly kind: 'command'; readonly line: string }
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'edit'; readonly path: string; readonly text: string; readonly apply: boolean }
  | { readonly kind: 'fault'; readonly fault: 'stop' | 'start'; readonly target: string }
  | { readonly kind: 'fault'; readonly fault: 'cut' | 'heal'; readonly a: string; readonly b: string };

export interface Link {
  /** The simulator's behaviour number when the link was made. */
  readonly behaviour: number;
  readonly scenario: string;
  readonly seed: number;
  /** `at`: microseconds of virtual time, not falling. */
  readonly inputs: readonly { readonly at: number; readonly input: LinkInput }[];
  readonly moment?: { readonly anchor: string; readonly n: number; readonly offset: number; readonly at: number; readonly hash: number; readonly event: number };
  readonly lesson?: string;
  readonly title?: string;
  readonly note?: string;
  /** What is selected: `object apiVersion kind namespace name`, `message <record>`, `component <address>`. */
  readonly selection?: string;
  /** x, y in hundredths of a pixel of the stage and zoom in thousandths. */
  readonly camera?: readonly [number, number, number];
  readonly language?: 'en' | 'zh-CN';
  readonly theme?: 'dark' | 'light';
}

/** Why a link cannot be read, and what to do. */
export class LinkError extends Error {
  constructor(readonly code: 'empty' | 'version' | 'encoding' | 'too-large' | 'shape', message: string, readonly field = '') {
    super(message);
  }
}

export const MAX_CHARACTERS = 64 * 1024;
export const MAX_INFLATED = 1024 * 1024;
const MAX_INPUTS = 2_000;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const FAULTS = ['stop', 'start', 'cut', 'heal'] as const;

export function encodeLink(link: Link): string {
  let at = 0;
  const inputs = link.inputs.map(({ at: time, input }) => {
    const delta = time - at;
    at = time;
    if (input.kind === 'command') return [delta, input.line];
    if (input.kind === 'interrupt') return [delta];
    if (input.kind === 'edit') return [delta, input.path, input.text, input.apply ? 1 : 0];
    return 'target' in input ? [delta, FAULTS.indexOf(input.fault), input.target] : [delta, FAULTS.indexOf(input.fault), input.a, input.b];
  });
  const m = link.moment;
  const payload: unknown[] = [
    link.behaviour, link.scenario, link.seed, inputs, m ? [m.anchor, m.n, m.offset, m.at - at, m.hash, m.event] : 0,
    link.lesson ?? 0, link.title ?? 0, link.note ?? 0, link.selection ?? 0, link.camera ?? 0, link.language ?? 0, link.theme ?? 0,
  ];
  while (payload.at(-1) === 0) payload.pop();
  return `1${toBase64(deflateSync(utf8(JSON.stringify(payload)), { level: 9, dictionary: dictionary() }))}`;
}

/** Reads what stands after `#`. Throws LinkError and nothing else. */
export function decodeLink(text: string): Link {
  if (text === '') throw new LinkError('empty', 'the link is empty');
  if (text.length > MAX_CHARACTERS) throw new LinkError('too-large', `the link has ${text.length} characters; at most ${MAX_CHARACTERS} are read`);
  if (text[0] !== '1') throw new LinkError('version', `the link has format ${text[0]}; this page reads format 1: reload the page to get a newer one`);
  const json = fromUtf8(inflate(fromBase64(text.slice(1))));
  let payload: unknown;
  try {
    payload = JSON.parse(json);
  } catch {
    throw new LinkError('encoding', 'the link is damaged: a part of it may be missing at its end');
  }
  return shaped(payload);
}

function shaped(payload: unknown): Link {
  if (!Array.isArray(payload)) throw new LinkError('shape', 'the link holds no run');
  const [behaviour, scenario, seed, inputs, moment, lesson, title, note, selection, camera, language, theme] = payload as unknown[];
  let at = 0;
  if (!Array.isArray(inputs) || inputs.length > MAX_INPUTS) throw new LinkError('shape', `inputs: a list of at most ${MAX_INPUTS}`, 'inputs');
  const read = inputs.map((entry, i) => {
    const where = `inputs[${i}]`;
    if (!Array.isArray(entry)) throw new LinkError('shape', `${where}: a list`, where);
    at += whole(entry[0], `${where} time`, 0, 1e13);
    return { at, input: inputOf(entry, where) };
  });
  const link: Link = {
    behaviour: whole(behaviour, 'behaviour', 0, 1e9), scenario: words(scenario, 'scenario', 200_000), seed: whole(seed, 'seed', 0, 0xffffffff), inputs: read,
    ...(moment ? { moment: momentOf(moment, at) } : {}),
    ...(lesson ? { lesson: words(lesson, 'lesson', 100) } : {}), ...(title ? { title: words(title, 'title', 200) } : {}), ...(note ? { note: words(note, 'note', 2_000) } : {}),
    ...(selection ? { selection: words(selection, 'selection', 1_000) } : {}),
    ...(camera ? { camera: cameraOf(camera) } : {}),
    ...(language ? { language: oneOf(language, ['en', 'zh-CN'] as const, 'language') } : {}), ...(theme ? { theme: oneOf(theme, ['dark', 'light'] as const, 'theme') } : {}),
  };
  return link;
}

function inputOf(entry: readonly unknown[], where: string): LinkInput {
  if (entry.length === 1) return { kind: 'interrupt' };
  if (typeof entry[1] === 'number') {
    const fault = FAULTS[whole(entry[1], `${where} fault`, 0, 3)];
    if (fault === 'stop' || fault === 'start') return { kind: 'fault', fault, target: words(entry[2], `${where} target`, 300) };
    return { kind: 'fault', fault, a: words(entry[2], `${where} a`, 300), b: words(entry[3], `${where} b`, 300) };
  }
  if (entry.length === 2) return { kind: 'command', line: words(entry[1], `${where} command`, 200_000) };
  return { kind: 'edit', path: words(entry[1], `${where} path`, 1_000), text: words(entry[2], `${where} text`, 500_000), apply: entry[3] === 1 };
}

function momentOf(value: unknown, base: number): Link['moment'] {
  if (!Array.isArray(value)) throw new LinkError('shape', 'moment: a list', 'moment');
  const [anchor, n, offset, at, hash, event] = value as unknown[];
  return { anchor: words(anchor, 'moment anchor', 300), n: whole(n, 'moment n', 0, 1e9), offset: whole(offset, 'moment offset', -1e9, 1e9), at: base + whole(at, 'moment time', -1e13, 1e13), hash: whole(hash, 'moment hash', 0, 0xffffffff), event: whole(event, 'moment event', 0, 1e9) };
}

function cameraOf(value: unknown): [number, number, number] {
  if (!Array.isArray(value) || value.length !== 3) throw new LinkError('shape', 'camera: three numbers', 'camera');
  return [whole(value[0], 'camera', -1e9, 1e9), whole(value[1], 'camera', -1e9, 1e9), whole(value[2], 'camera', 1, 1e6)];
}

function whole(value: unknown, field: string, least: number, most: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) throw new LinkError('shape', `${field}: a whole number from ${least} to ${most}`, field);
  return value;
}

function words(value: unknown, field: string, most: number): string {
  if (typeof value !== 'string' || value.length > most) throw new LinkError('shape', `${field}: a text of at most ${most} characters`, field);
  return value;
}

function oneOf<T extends string>(value: unknown, known: readonly T[], field: string): T {
  if (!known.includes(value as T)) throw new LinkError('shape', `${field}: one of ${known.join(', ')}`, field);
  return value as T;
}

// ---------------------------------------------------------------- bytes

/** Inflates in small pieces, so that a bomb is noticed before it fills the memory. */
function inflate(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let size = 0;
  let last = false;
  try {
    const stream = new Inflate({ dictionary: dictionary() }, (part, final) => {
      size += part.length;
      parts.push(part);
      last = final;
    });
    for (let i = 0; i < bytes.length; i += 512) {
      stream.push(bytes.subarray(i, i + 512), i + 512 >= bytes.length);
      if (size > MAX_INFLATED) break;
    }
  } catch {
    throw new LinkError('encoding', 'the link is damaged: a part of it may be missing at its end');
  }
  if (size > MAX_INFLATED) throw new LinkError('too-large', 'the link unpacks to more than a mebibyte; it is not read');
  if (!last) throw new LinkError('encoding', 'the link is damaged: a part of it may be missing at its end');
  const out = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** As its text stands in JSON: with line ends escaped, so that manifests match. */
function dictionary(): Uint8Array {
  return utf8(JSON.stringify(DICTIONARY_1).slice(1, -1));
}

function utf8(text: string): Uint8Array {
  const out: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const c = text.codePointAt(i)!;
    if (c > 0xffff) i++;
    if (c < 0x80) out.push(c);
    else if (c < 0x800) out.push(0xc0 | (c >> 6), 0x80 | (c & 63));
    else if (c < 0x10000) out.push(0xe0 | (c >> 12), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
    else out.push(0xf0 | (c >> 18), 0x80 | ((c >> 12) & 63), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
  }
  return Uint8Array.from(out);
}

function fromUtf8(bytes: Uint8Array): string {
  let out = '';
  for (let i = 0; i < bytes.length; ) {
    const b = bytes[i];
    const n = b < 0x80 ? 1 : b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : 2;
    let c = n === 1 ? b : b & (0xff >> (n + 1));
    for (let j = 1; j < n; j++) c = (c << 6) | ((bytes[i + j] ?? 0) & 63);
    out += c > 0x10ffff ? '\ufffd' : String.fromCodePoint(c);
    i += n;
  }
  return out;
}

function toBase64(bytes: Uint8Array): string {
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const n = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const length = Math.min(3, bytes.length - i) + 1;
    for (let j = 0; j < length; j++) out += ALPHABET[(n >> (18 - 6 * j)) & 63];
  }
  return out;
}

function fromBase64(text: string): Uint8Array {
  const out = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let value = 0;
  let at = 0;
  for (const character of text) {
    const digit = ALPHABET.indexOf(character);
    if (digit < 0) throw new LinkError('encoding', `the link is damaged: it holds ${JSON.stringify(character)}, which no link does`);
    value = ((value << 6) | digit) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = (value >> bits) & 0xff;
    }
  }
  return out.subarray(0, at);
}
