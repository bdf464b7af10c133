/**
 * The columns of server-side printed Tables.
 * Upstream: pkg/printers/internalversion/printers.go, read off the server's answers.
 * Left out: descriptions (prose; the page takes them from its own asset).
 */
import { COLUMNS } from './generated/columns.ts';

/** Shape of metav1.TableColumnDefinition without its description. Columns of priority above 0 show with `-o wide`. */
export interface Column { readonly name: string; readonly type: string; readonly format: string; readonly priority: number }

const DEFAULT: readonly Column[] = [
  { name: 'Name', type: 'string', format: 'name', priority: 0 }, { name: 'Created At', type: 'date', format: '', priority: 0 },
];
let table: Map<string, readonly Column[]> | undefined;

/** Columns of a resource; Name and Created At for one without a printer. */
export function columnsOf(group: string, version: string, resource: string): readonly Column[] {
  if (table === undefined) {
    table = new Map();
    for (const line of COLUMNS.split('\n')) {
      const tab = line.indexOf('\t');
      const rows = JSON.parse(line.slice(tab + 1)) as [string, string, string, number][];
      table.set(line.slice(0, tab), rows.map(([name, type, format, priority]) => ({ name, type, format, priority })));
    }
  }
  return table.get(group === '' ? resource + '.' + version : resource + '.' + version + '.' + group) ?? DEFAULT;
}
