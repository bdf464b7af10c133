/**
 * Prints the Tables that kube-apiserver answers with.
 * Upstream: k8s.io/cli-runtime/pkg/printers/tableprinter.go
 * Left out: printing of objects without a Table.
 */
import type { Table, TableColumn, TableRow } from '../apimachinery/request.ts';
import { compareStrings } from '../apimachinery/utf8.ts';
import { groupKindLower } from './mapper.ts';
import type { Mapping } from './mapper.ts';

export interface TableOptions {
  readonly noHeaders?: boolean;
  readonly wide?: boolean;
  readonly withNamespace?: boolean;
  /** Names are printed as `kind.group/name`. */
  readonly withKind?: boolean;
  readonly mapping?: Mapping;
  readonly showLabels?: boolean;
  readonly columnLabels?: readonly string[];
  /** ADDED, MODIFIED … in a column of its own. */
  readonly eventType?: string;
}

/** The go spelling of a cell. */
function cellText(cell: TableRow['cells'][number]): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell !== 'string') return String(cell);
  const at = cell.search(/[\f\n\r]/);
  const text = at < 0 ? cell : cell.slice(0, at) + '...';
  // A tab inside a cell would end it; the real one escapes what a terminal must not see.
  return text.replace(/\t/g, ' ').replace(/\u001b/g, '^[');
}

function labelsText(labels: Readonly<Record<string, string>> | undefined): string {
  const keys = Object.keys(labels ?? {}).sort(compareStrings);
  return keys.length === 0 ? '<none>' : keys.map((key) => `${key}=${labels![key]}`).join(',');
}

/** The last part of a label's key, upper case: the heading of its column. */
const labelHeader = (label: string): string => upper(label.split('/').pop() ?? label);

export function upper(text: string): string {
  return text.replace(/[a-z]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 32));
}

const shown = (column: TableColumn, wide: boolean): boolean => wide || column.priority === 0;

export function headerLine(columns: readonly TableColumn[], options: TableOptions): string {
  const names = columns.filter((c) => shown(c, options.wide === true)).map((c) => upper(c.name));
  return [
    ...(options.eventType === undefined ? [] : ['EVENT']), ...(options.withNamespace ? ['NAMESPACE'] : []), ...names,
    ...(options.columnLabels ?? []).map(labelHeader), ...(options.showLabels ? ['LABELS'] : []),
  ].join('\t');
}

export function rowLine(columns: readonly TableColumn[], row: TableRow, options: TableOptions): string {
  const nameColumn = options.withKind && options.mapping ? columns.findIndex((c) => c.format === 'name' && c.type === 'string') : -1;
  const cells: string[] = [];
  if (options.eventType !== undefined) cells.push(options.eventType + ' '.repeat(Math.max(0, 8 - options.eventType.length)));
  const meta = row.object?.metadata;
  if (options.withNamespace) cells.push(meta?.namespace ?? '');
  columns.forEach((column, i) => {
    if (!shown(column, options.wide === true)) return;
    const text = cellText(row.cells[i]);
    cells.push(i === nameColumn ? `${groupKindLower(options.mapping!)}/${text}` : text);
  });
  for (const label of options.columnLabels ?? []) cells.push(meta?.labels?.[label] ?? '');
  if (options.showLabels) cells.push(labelsText(meta?.labels));
  return cells.join('\t');
}

/** Tab-separated lines of one Table. */
export function tableLines(table: Table, columns: readonly TableColumn[], options: TableOptions, headers: boolean): string[] {
  const lines: string[] = [];
  if (headers && !options.noHeaders && table.rows.length > 0) lines.push(headerLine(columns, options));
  for (const row of table.rows) lines.push(rowLine(columns, row, options));
  return lines;
}
