/** The bytes of a base64 text, each as one character (Latin-1): enough to look for ASCII in them. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function base64Text(text: string | null | undefined): string {
  let out = ''; let bits = 0; let n = 0;
  for (const ch of text ?? '') {
    const v = ALPHABET.indexOf(ch);
    if (v < 0) continue;
    bits = (bits << 6) | v; n += 6;
    if (n >= 8) { n -= 8; out += String.fromCharCode((bits >> n) & 0xff); bits &= (1 << n) - 1; }
  }
  return out;
}
