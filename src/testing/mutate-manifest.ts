/** Manifests as people and strangers break them: seeded mutations of real ones. The same seed gives the same texts. */

/** A script in every place where a careless page would run it. */
export const SCRIPT = `<img src=x onerror="globalThis.broken=1"><script>globalThis.broken=1</script>javascript:globalThis.broken=1 \${globalThis.broken=1} {{broken}}`;

const BITS = ['[', ']', '{', '}', '*', '&a ', '*a', '!!binary ', '!!js/function ', '!', '|', '>-', '%', '@', '`', '"', "'", ': ', '- ', ' #', ',', '?', '---\n', '...\n', '\t', '\0', '\u2028', '\ufeff', '\ud800', '\r\n', '\\', '<<: *a', '~', '𝄞', '0x', '1e999', '-', '\n\n', '  '];
const VALUES = ['', 'null', 'true', '-1', '1e400', '99999999999999999999', '0.1', '[]', '{}', '[a, b]', '{a: b}', '""', 'yes', '2026-01-01', '0b1', '1_0', '.nan', '.inf', '!!str 1', '&x 1', '*nope', '"\\u0000"', 'a b', 'A_B', 'é', '../../etc', 'x'.repeat(300), '__proto__', 'constructor', 'toString', SCRIPT.replaceAll(':', ''), JSON.stringify(SCRIPT)];
const KEYS = ['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'spec', 'status', 'metadata', 'finalizers', 'ownerReferences', 'generateName', 'namespace', 'then', '1', 'true', '<<', 'kind', 'apiVersion', 'data', 'a.b/c'];
const BOMBS = [(n: number) => '['.repeat(n), (n: number) => '{a: '.repeat(n), (n: number) => Array.from({ length: Math.min(n, 300) }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), (n: number) => `- `.repeat(n), () => `a0: &a0 [x, x, x, x, x, x, x, x, x]\n${Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`).join('\n')}\n`, (n: number) => `? `.repeat(n), (n: number) => `&a`.repeat(n), (n: number) => `"${'\\x41'.repeat(n)}`, (n: number) => `!!${'a'.repeat(n)} `];

export type Draw = (n: number) => number;
/** Whole numbers below n, the same for the same seed. */
export function drawer(seed: number): Draw {
  let state = seed >>> 0;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % n;
  };
}

/** One to four changes of `text`; `other` is what it may be spliced with. */
export function mutate(text: string, other: string, draw: Draw): string {
  let out = text;
  for (let n = 1 + draw(4); n > 0; n--) out = once(out, other, draw);
  return out.slice(0, 60_000);
}

function once(text: string, other: string, draw: Draw): string {
  const lines = text.split('\n');
  const line = draw(lines.length);
  const at = draw(text.length + 1);
  switch (draw(14)) {
    case 0: return text.slice(0, at) + text.slice(at + 1 + draw(4));
    case 1: return text.slice(0, at) + BITS[draw(BITS.length)] + text.slice(at);
    case 2: return text.slice(0, at) + String.fromCharCode(draw(4) === 0 ? draw(65_536) : draw(128)) + text.slice(at + 1);
    case 3: return [...lines.slice(0, line), ...lines.slice(line + 1)].join('\n');
    case 4: return [...lines.slice(0, line + 1), lines[line], ...lines.slice(line + 1)].join('\n');
    case 5: return lines.map((one, i) => (i === line ? ' '.repeat(draw(4)) + one.trimStart() : one)).join('\n');
    case 6: case 7: return lines.map((one, i) => (i === line ? one.replace(/: .*$/, `: ${VALUES[draw(VALUES.length)]}`) : one)).join('\n');
    case 8: return lines.map((one, i) => (i === line ? one.replace(/^(\s*(?:- )?)[^:]+:/, `$1${KEYS[draw(KEYS.length)]}:`) : one)).join('\n');
    case 9: return text.slice(0, at);
    case 10: return text.slice(0, at) + other.slice(draw(other.length + 1));
    case 11: return `${text}\n---\n${other}`;
    case 12: return text.slice(0, at) + BOMBS[draw(BOMBS.length)](1 + draw(draw(8) === 0 ? 20_000 : 60)) + text.slice(at);
    default: return scripted(text, draw(3) === 0);
  }
}

/** A script as the value of every field (quoted or not), or only where text was. */
export function scripted(text: string, all: boolean): string {
  return text.replace(/^(\s*(?:- )?(?!apiVersion|kind|metadata)[\w./-]+: )(?=\S)(.*)$/gm, (whole, head: string, value: string) => (all || /[a-z]/i.test(value) ? `${head}${JSON.stringify(SCRIPT)}` : whole));
}
