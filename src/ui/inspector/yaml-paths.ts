// Which field each line of a YAML text belongs to, so that the lines of changed fields can be marked. For texts the engine wrote: two spaces, lists at their key's column.

/** A path a line, as the engine writes them: `spec.containers[nginx].image`; list items are named by `name` or `type`, else by 0. */
export function linePaths(yaml: string): string[] {
  const lines = yaml.split('\n'), out: string[] = [], stack: { indent: number; path: string; item: number }[] = [];
  lines.forEach((line, i) => {
    const indent = line.length - line.trimStart().length, item = /^\s*- /.test(line), text = line.trim();
    if (text === '') { out.push(''); return; }
    let column = indent, body = text;
    if (item) {
      while (stack.length > 0 && (stack.at(-1)!.indent > indent || (stack.at(-1)!.indent === indent && stack.at(-1)!.item >= 0))) stack.pop();
      const parent = stack.at(-1)?.path ?? '', name = itemName(lines, i, indent);
      stack.push({ indent: indent + 1, path: `${parent}[${name ?? 0}]`, item: 0 });
      column = indent + 2; body = text.slice(2);
    } else while (stack.length > 0 && stack.at(-1)!.indent >= column) stack.pop();
    const key = /^("[^"]*"|[^\s:#][^:]*):(?:\s|$)/.exec(body)?.[1].replaceAll('"', '');
    const parent = stack.at(-1)?.path ?? '';
    if (key === undefined) { out.push(parent); return; }
    const path = parent === '' ? key : `${parent}.${key}`;
    stack.push({ indent: column, path, item: -1 });
    out.push(path);
  });
  return out;
}
function itemName(lines: readonly string[], from: number, indent: number): string | undefined {
  let type: string | undefined;
  for (let i = from; i < lines.length && i < from + 400; i++) {
    const line = lines[i], at = line.length - line.trimStart().length;
    if (i > from && (at < indent || (at === indent && line.trim() !== ''))) break;
    const m = (i === from ? /^- (name|type): (.*)$/ : /^(name|type): (.*)$/).exec(line.trim());
    if (!m || (i > from && at !== indent + 2)) continue;
    if (m[1] === 'name') return m[2].replaceAll('"', '');
    type = m[2].replaceAll('"', '');
  }
  return type;
}
/** Whether a change at `path` touches the line at `line`: the field itself, what is in it, or the nearest list that holds it. */
export function touches(path: string, line: string): boolean {
  if (line === '') return false;
  return line === path || line.startsWith(`${path}.`) || line.startsWith(`${path}[`);
}
