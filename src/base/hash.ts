/**
 * 32-bit hashing with integer arithmetic only, so that every engine computes the same bits.
 * Contract: the functions are pure; equal content gives equal numbers on every machine.
 */

/** One mixing step (murmur3's block function). `h` and `value` are taken as 32-bit integers. */
export function mix(h: number, value: number): number {
  let k = Math.imul(value | 0, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  h ^= Math.imul(k, 0x1b873593);
  h = (h << 13) | (h >>> 19);
  return (Math.imul(h, 5) + 0xe6546b64) | 0;
}

/** Avalanche: spreads every bit of `h` over the result. Returns an unsigned 32-bit integer. */
export function finish(h: number): number {
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  h ^= h >>> 16;
  return h >>> 0;
}

/** Mixes the UTF-16 code units of `text` into `h`. Not finished: pass the result on, or to `finish`. */
export function mixString(h: number, text: string): number {
  let i = 0;
  for (; i + 1 < text.length; i += 2) h = mix(h, text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16));
  if (i < text.length) h = mix(h, text.charCodeAt(i));
  return mix(h, text.length);
}

/** Mixes a whole number of up to 53 bits. */
export function mixNumber(h: number, value: number): number {
  const low = value >>> 0;
  return mix(mix(h, low), (value - low) / 4294967296);
}

export function hashString(text: string): number {
  return finish(mixString(0x9747b28c, text));
}

/** 8 hexadecimal digits. */
export function hex32(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}
