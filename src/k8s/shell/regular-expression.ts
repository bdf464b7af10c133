/**
 * POSIX regular expressions (of grep, sed, awk) as JavaScript's.
 * Left out: back-references inside patterns; patterns that could take exponential time are refused.
 */

export class PatternError extends Error {}

const CLASSES: Readonly<Record<string, string>> = { alpha: 'A-Za-z', digit: '0-9', alnum: 'A-Za-z0-9', space: '\\s', upper: 'A-Z', lower: 'a-z', punct: '!-\\/:-@\\[-`{-~', blank: ' \\t', xdigit: '0-9A-Fa-f', word: '\\w' };

/** `extended`: as grep -E; `fixed`: the text itself. Throws PatternError. */
export function regular(pattern: string, options: { extended?: boolean; fixed?: boolean; ignoreCase?: boolean; word?: boolean; line?: boolean; global?: boolean } = {}): RegExp {
  if (pattern.length > 1000) throw new PatternError('regular expression too big');
  let source = options.fixed ? pattern.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&') : convert(pattern, options.extended === true);
  if (/\((?:[^()\\]|\\.)*[+*}](?:[^()\\]|\\.)*\)\s*[+*{]/.test(source)) throw new PatternError('regular expression too complex');
  if (options.word) source = `(?<![A-Za-z0-9_])(?:${source})(?![A-Za-z0-9_])`;
  if (options.line) source = `^(?:${source})$`;
  try {
    return new RegExp(source, (options.global ? 'g' : '') + (options.ignoreCase ? 'i' : ''));
  } catch {
    throw new PatternError('Unmatched [, [^, [:, [., or [=, ( or \\(');
  }
}

function convert(p: string, extended: boolean): string {
  let out = '';
  for (let i = 0; i < p.length; i++) {
    const c = p[i];
    if (c === '[') {
      let j = i + 1;
      if (p[j] === '^') j++;
      if (p[j] === ']') j++;
      while (j < p.length && p[j] !== ']') { if (p[j] === '[' && p[j + 1] === ':') { const e = p.indexOf(':]', j); if (e < 0) break; j = e + 2; } else j++; }
      if (j >= p.length) throw new PatternError('Unmatched [, [^, [:, [., or [=');
      let set = p.slice(i + 1, j);
      const negate = set.startsWith('^');
      if (negate) set = set.slice(1);
      const body = set.replace(/\[:(\w+):\]|[\\\]]|\[/g, (m, name: string | undefined) => (name !== undefined ? CLASSES[name] ?? '' : `\\${m}`));
      out += `[${negate ? '^' : ''}${body}]`;
      i = j;
    } else if (c === '\\') {
      const n = p[++i];
      if (n === undefined) { out += '\\\\'; break; }
      if (!extended && '(){}|+?'.includes(n)) out += n;
      else if ('wWsSbB'.includes(n)) out += '\\' + n;
      else if (n === '<' || n === '>') out += '\\b';
      else if (n === 'n') out += '\\n';
      else if (n === 't') out += '\\t';
      else out += '\\' + n.replace(/[A-Za-z0-9]/, (d) => `x${d.charCodeAt(0).toString(16).padStart(2, '0')}`);
    } else if (!extended && '(){}|+?'.includes(c)) out += '\\' + c;
    else if (!extended && c === '*' && (out === '' || out === '^')) out += '\\*';
    else if (c === '/') out += '\\/';
    else out += c;
  }
  return out;
}
