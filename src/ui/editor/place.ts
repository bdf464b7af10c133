// Where in a manifest the cursor stands: the names of the fields around it, and the kind its document says it is. Reads half-written text.

export interface Place { apiVersion: string; kind: string; path: string[]; /** The key whose value is being written; '' while a key is. */ key: string; word: string; /** Offset of the word in the text. */ from: number }

export function placeAt(text: string, offset: number): Place {
  const before = text.slice(0, offset), lines = before.split('\n'), line = lines.at(-1) ?? '';
  const start = Math.max(0, lines.findLastIndex((l) => /^---/.test(l))), rest = text.slice(offset).split('\n---')[0], doc = [...lines.slice(start), ...rest.split('\n').slice(1)];
  const word = /[^\s:"'[\],{}]*$/.exec(line)?.[0] ?? '', value = /^(\s*(?:- )*)([\w./-]+):\s+\S*$/.exec(line);
  const field = (name: string): string => { for (const l of doc) { const m = new RegExp(`^${name}:\\s*["']?([^\\s"'#]+)`).exec(l); if (m) return m[1]; } return ''; };
  const path: string[] = [];
  let column = depth(line, value ? value[1].length : undefined);
  for (let i = lines.length - 2; i >= start && column > 0; i--) {
    const l = lines[i], m = /^(\s*(?:- )*)([\w./-]+):(?:\s|$)/.exec(l);
    if (!m) continue;
    const own = m[1].length, list = /- $/.test(m[1]);
    // a key further left holds us; so does one at the column of our list's dash
    if (own < column) { path.unshift(m[2]); column = list ? m[1].search(/- /) + 0.5 : own; }
    else if (list && own === column) { column = m[1].search(/- /) + 0.5; }
  }
  return { apiVersion: field('apiVersion'), kind: field('kind'), path, key: value ? value[2] : '', word, from: offset - word.length };
}
/** The column of the line's key; a dash counts a half more, since a list may stand at its key's own column. */
function depth(line: string, known: number | undefined): number {
  const m = /^(\s*)((?:- )*)/.exec(line);
  if (!m) return 0;
  if (m[2] !== '') return m[1].length + 0.5;
  return known ?? m[1].length;
}
