// The prompt's memory: what was typed on this run and in this tab, without repetitions in a row.

export function typedLines(run: readonly string[], tab: readonly string[]): string[] {
  const out: string[] = [];
  for (const line of [...run, ...tab.filter((l) => !run.includes(l))]) if (line !== '' && out.at(-1) !== line) out.push(line);
  return out;
}
/** The newest line that holds the text, as ctrl-R finds it. */
export const searchBack = (history: readonly string[], text: string): string | undefined => (text === '' ? undefined : history.findLast((line) => line.includes(text)));
/** What all words begin with. */
export function commonStart(words: readonly string[]): string {
  let common = words[0] ?? '';
  for (const w of words) while (!w.startsWith(common)) common = common.slice(0, -1);
  return common;
}
