/** Base64 in the URL alphabet without padding, of texts whose characters are bytes. */
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

export function toBase64Url(text: string): string {
  let out = '';
  for (let i = 0; i < text.length; i += 3) {
    const a = text.charCodeAt(i), b = text.charCodeAt(i + 1), c = text.charCodeAt(i + 2);
    out += DIGITS[(a >> 2) & 63] + DIGITS[((a & 3) << 4) | ((b || 0) >> 4)];
    if (i + 1 < text.length) out += DIGITS[((b & 15) << 2) | ((c || 0) >> 6)];
    if (i + 2 < text.length) out += DIGITS[c & 63];
  }
  return out;
}

/** Undefined for characters outside the alphabet. */
export function fromBase64Url(text: string): string | undefined {
  let out = '';
  let bits = 0;
  let n = 0;
  for (const ch of text) {
    const v = DIGITS.indexOf(ch);
    if (v < 0) return undefined;
    bits = (bits << 6) | v;
    n += 6;
    if (n >= 8) {
      n -= 8;
      out += String.fromCharCode((bits >> n) & 255);
      bits &= (1 << n) - 1;
    }
  }
  return out;
}
