/**
 * Aligns tab-separated text in columns, as Go's text/tabwriter does when it pads with spaces.
 * A cell is text that a tab ends; a column is a run of consecutive lines that have a cell there. What follows a line's last tab is free.
 * Upstream: Go's text/tabwriter (and github.com/liggitt/tabwriter, kubectl's)
 * Left out: padding with tabs, right alignment, escapes, HTML: kubectl uses none of them.
 */

export interface TabStyle { readonly minWidth: number; readonly padding: number }

/** Tables of `kubectl get`, `api-resources`, … */
export const TABLE: TabStyle = { minWidth: 6, padding: 3 };
/** `kubectl describe`. */
export const DESCRIBE: TabStyle = { minWidth: 0, padding: 2 };

/** Width in code points. */
function width(text: string): number {
  let n = text.length;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c >= 0xdc00 && c < 0xe000) n--;
  }
  return n;
}

/**
 * The aligned text. `remembered` holds the widths of earlier output of the same table (a watch): it is read and updated.
 */
export function alignTabs(text: string, style: TabStyle, remembered?: number[]): string {
  const lines = text.split('\n').map((line) => line.split('\t'));
  const out: string[] = [];
  const widths: number[] = [];
  const write = (from: number, to: number): void => {
    for (let i = from; i < to; i++) {
      const line = lines[i];
      let row = '';
      for (let j = 0; j < line.length; j++) {
        row += line[j];
        if (j < widths.length && j < line.length - 1) row += ' '.repeat(Math.max(0, widths[j] - width(line[j])));
      }
      out.push(row);
    }
  };
  // One level of recursion per column: bounded by the cells of a line, which the callers' formats bound.
  const format = (from: number, to: number): void => {
    const column = widths.length;
    let start = from;
    let i = from;
    while (i < to) {
      if (column >= lines[i].length - 1 || column > 200) { i++; continue; }
      write(start, i);
      start = i;
      let w = Math.max(style.minWidth, remembered?.[column] ?? 0);
      while (i < to && column < lines[i].length - 1) {
        w = Math.max(w, width(lines[i][column]) + style.padding);
        i++;
      }
      if (remembered !== undefined) remembered[column] = w;
      widths.push(w);
      format(start, i);
      widths.pop();
      start = i;
    }
    write(start, to);
  };
  format(0, lines.length);
  return out.join('\n');
}
