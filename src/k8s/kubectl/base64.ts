/** Standard base64, of bytes and of UTF-8 text. Bad characters are skipped. Upstream: Go's encoding/base64. */
import { utf8Bytes } from '../apimachinery/utf8.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function base64Bytes(text: string): number[] {
  let bits = 0;
  let count = 0;
  const bytes: number[] = [];
  for (const c of text) {
    const v = ALPHABET.indexOf(c);
    if (v < 0) continue;
    bits = (bits << 6) | v;
    count += 6;
    if (count >= 8) { count -= 8; bytes.push((bits >> count) & 255); bits &= (1 << count) - 1; }
  }
  return bytes;
}

export const base64Text = (text: string): string => bytesToText(base64Bytes(text));

export function toBase64(bytes: readonly number[]): string {
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const n = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    out += ALPHABET[(n >> 18) & 63] + ALPHABET[(n >> 12) & 63] + (i + 1 < bytes.length ? ALPHABET[(n >> 6) & 63] : '=') + (i + 2 < bytes.length ? ALPHABET[n & 63] : '=');
  }
  return out;
}

export const textToBase64 = (text: string): string => toBase64(utf8Bytes(text));

/** UTF-8 bytes as text; bad bytes become U+FFFD. */
function bytesToText(bytes: readonly number[]): string {
  let out = '';
  for (let i = 0; i < bytes.length;) {
    const b = bytes[i];
    const n = b < 0x80 ? 0 : b >= 0xf0 ? 3 : b >= 0xe0 ? 2 : b >= 0xc0 ? 1 : -1;
    if (n < 0 || i + n >= bytes.length + 0 && n > 0 && i + n > bytes.length - 1) { out += '\ufffd'; i++; continue; }
    let c = n === 0 ? b : b & (0x3f >> n);
    for (let j = 1; j <= n; j++) c = (c << 6) | (bytes[i + j] & 0x3f);
    out += c > 0x10ffff ? '\ufffd' : String.fromCodePoint(c);
    i += n + 1;
  }
  return out;
}
