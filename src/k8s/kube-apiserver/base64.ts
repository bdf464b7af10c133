/** Base64 in the URL alphabet without padding, of texts whose characters are bytes. */
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

const CODES = Array.from(DIGITS, (digit) => digit.charCodeAt(0));
/** Characters put together at once, within what an engine takes as arguments. */
const PIECE = 4096;

export function toBase64Url(text: string): string {
  // By codes, in one piece: digit by digit a text of a thousand characters would be kept as a thousand joins of two.
  const codes: number[] = [];
  for (let i = 0; i < text.length; i += 3) {
    const a = text.charCodeAt(i), b = text.charCodeAt(i + 1), c = text.charCodeAt(i + 2);
    codes.push(CODES[(a >> 2) & 63], CODES[((a & 3) << 4) | ((b || 0) >> 4)]);
    if (i + 1 < text.length) codes.push(CODES[((b & 15) << 2) | ((c || 0) >> 6)]);
    if (i + 2 < text.length) codes.push(CODES[c & 63]);
  }
  if (codes.length <= PIECE) return String.fromCharCode.apply(null, codes);
  const pieces: string[] = [];
  for (let i = 0; i < codes.length; i += PIECE) pieces.push(String.fromCharCode.apply(null, codes.slice(i, i + PIECE)));
  return pieces.join('');
}

/** Undefined for characters outside the alphabet. */
export function fromBase64Url(text: string): string | undefined {
  const out: string[] = [];
  let bits = 0;
  let n = 0;
  for (const ch of text) {
    const v = DIGITS.indexOf(ch);
    if (v < 0) return undefined;
    bits = (bits << 6) | v;
    n += 6;
    if (n >= 8) {
      n -= 8;
      out.push(String.fromCharCode((bits >> n) & 255));
      bits &= (1 << n) - 1;
    }
  }
  return out.join('');
}
