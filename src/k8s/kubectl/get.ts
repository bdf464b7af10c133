/**
 * `kubectl get`: tables as the server prints them, or objects in a format; once or watching.
 * Upstream: k8s.io/kubectl/pkg/cmd/get/get.go
 * Left out: --raw of arbitrary paths beyond plain text, --server-print=false.
 */
import type { KubeList, KubeObject } from '../api/types.ts';
import type { Table, TableColumn, TableRow, WatchEvent } from '../apimachinery/request.ts';
import { equal } from '../apimachinery/change.ts';
import type { Program } from '../../sim/program.ts';
import { KubectlError, StatusError } from './errors.ts';
import type { Flag, Flags } from './flags.ts';
import { sortKey } from './jsonpath.ts';
import { objectPrinter, listOf } from './object-printer.ts';
import type { ObjectPrinter } from './object-printer.ts';
import type { Command, Session } from './session.ts';
import { isNotFound, ref, refusal, throwAll } from './session.ts';
import { headerLine, rowLine, tableLines } from './table-printer.ts';
import type { TableOptions } from './table-printer.ts';
import { alignTabs, TABLE } from './tabwriter.ts';
import { FILENAME_FLAGS, resolveTargets } from './targets.ts';
import type { Target, Targets } from './targets.ts';

export const OUTPUT_FLAGS: readonly Flag[] = [
  { name: 'output', short: 'o', type: 'string' },
  { name: 'template', type: 'string' },
  { name: 'show-managed-fields', type: 'bool' },
  { name: 'allow-missing-template-keys', type: 'bool', default: true },
];

const FLAGS: readonly Flag[] = [
  ...FILENAME_FLAGS, ...OUTPUT_FLAGS,
  { name: 'selector', short: 'l', type: 'string' },
  { name: 'field-selector', type: 'string' },
  { name: 'all-namespaces', short: 'A', type: 'bool' },
  { name: 'watch', short: 'w', type: 'bool' },
  { name: 'watch-only', type: 'bool' },
  { name: 'output-watch-events', type: 'bool' },
  { name: 'no-headers', type: 'bool' },
  { name: 'show-labels', type: 'bool' },
  { name: 'show-kind', type: 'bool' },
  { name: 'label-columns', short: 'L', type: 'slice' },
  { name: 'sort-by', type: 'string' },
  { name: 'ignore-not-found', type: 'bool' },
  { name: 'chunk-size', type: 'int', default: 500 },
  { name: 'subresource', type: 'string' },
  { name: 'server-print', type: 'bool', default: true },
  { name: 'raw', type: 'string' },
];

interface TableInfo { readonly target: Target; readonly table: Table }

function listOptions(target: Target, flags: Flags): { labelSelector?: string; fieldSelector?: string; limit?: number } {
  return {
    ...(target.labelSelector === undefined ? {} : { labelSelector: target.labelSelector }),
    ...(target.fieldSelector === undefined ? {} : { fieldSelector: target.fieldSelector }),
    ...(flags.int('chunk-size') > 0 && flags.string('sort-by') === '' ? { limit: flags.int('chunk-size') } : {}),
  };
}

/** One Table per request; chunks of one list are separate Tables, as upstream prints them. */
function* fetchTables(k: Session, target: Target, flags: Flags): Program<readonly Table[]> {
  const accept = flags.string('sort-by') === '' ? 'table' : 'table+object';
  const subresource = flags.string('subresource');
  if (target.name !== undefined) {
    return [(yield* k.ask({ verb: 'get', ...ref(target.mapping), namespace: target.namespace, name: target.name, accept, ...(subresource === '' ? {} : { subresource }) })) as Table];
  }
  const tables: Table[] = [];
  let next = '';
  do {
    const table = (yield* k.ask({ verb: 'list', ...ref(target.mapping), namespace: target.namespace, accept, options: { ...listOptions(target, flags), ...(next === '' ? {} : { continue: next }) } })) as Table;
    tables.push(table);
    next = table.metadata?.continue ?? '';
  } while (next !== '');
  return tables;
}

function* collect<T>(k: Session, targets: readonly Target[], flags: Flags, fetch: (target: Target) => Program<readonly T[]>, errors: KubectlError[]): Program<T[]> {
  const out: T[] = [];
  for (const target of targets) {
    try {
      out.push(...(yield* fetch(target)));
    } catch (error) {
      if (!(error instanceof KubectlError)) throw error;
      if (flags.bool('ignore-not-found') && isNotFound(error)) continue;
      errors.push(error);
      if (!(error instanceof StatusError)) break;
    }
  }
  return out;
}

function isTable(body: unknown): body is Table {
  return typeof body === 'object' && body !== null && (body as Table).kind === 'Table';
}

export function sortRows(rows: readonly TableRow[], path: string): readonly TableRow[] {
  const keys = rows.map((row) => sortKey(row.object, path));
  const order = rows.map((_, i) => i);
  order.sort((a, b) => compareKeys(keys[a], keys[b]) || a - b);
  return order.map((i) => rows[i]);
}

export function compareKeys(a: unknown, b: unknown): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const x = String(a);
  const y = String(b);
  return x < y ? -1 : x > y ? 1 : 0;
}

function* run(k: Session, flags: Flags): Program<number | void> {
  if (flags.string('raw') !== '') {
    const body = yield* k.ask({ verb: 'get', group: '', version: '', resource: '', path: flags.string('raw') });
    yield* k.out(typeof body === 'string' ? body : objectPrinter('json', flags)!.print(body));
    return;
  }
  if (flags.args.length === 0 && flags.list('filename').length === 0) {
    yield* k.err('You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\n');
    throw new KubectlError("Required resource not specified.\nUse \"kubectl explain <resource>\" for a detailed description of that resource (e.g. kubectl explain pods).\nSee 'kubectl get -h' for help and examples");
  }
  if (flags.bool('output-watch-events') && !flags.bool('watch') && !flags.bool('watch-only')) throw usage("--output-watch-events option can only be used with --watch or --watch-only");
  const output = flags.string('output');
  const printer = output === '' || output === 'wide' ? undefined : objectPrinter(output, flags);
  const targets = yield* resolveTargets(k, flags, flags.args, {
    labelSelector: flags.string('selector'), fieldSelector: flags.string('field-selector'), allNamespaces: flags.bool('all-namespaces'), allowEmptySelector: true,
  });
  if (flags.bool('watch') || flags.bool('watch-only')) yield* watchTarget(k, flags, targets, printer);
  else if (printer === undefined) yield* printTables(k, flags, targets);
  else yield* printObjects(k, flags, targets, printer);
}

const usage = (message: string): KubectlError => new KubectlError(`${message}\nSee 'kubectl get -h' for help and examples`);

function* printTables(k: Session, flags: Flags, targets: Targets): Program {
  const errors: KubectlError[] = [];
  const infos = yield* collect<TableInfo>(k, targets.targets, flags, function* (target) {
    return (yield* fetchTables(k, target, flags)).map((table) => ({ target, table }));
  }, errors);
  const kinds = new Set(infos.map((i) => i.target.mapping.kind + '.' + i.target.mapping.group));
  const withKind = flags.bool('show-kind') || (infos.length > 1 && kinds.size > 1);
  const sortBy = flags.string('sort-by');
  let out = '';
  let allNamespaced = !flags.bool('all-namespaces');
  for (let i = 0; i < infos.length;) {
    const { target } = infos[i];
    const options: TableOptions = {
      noHeaders: flags.bool('no-headers'), wide: flags.string('output') === 'wide', withNamespace: flags.bool('all-namespaces') && target.mapping.namespaced,
      withKind, mapping: target.mapping, showLabels: flags.bool('show-labels'), columnLabels: flags.list('label-columns'),
    };
    let columns: readonly TableColumn[] = [];
    let rows: TableRow[] = [];
    const lines: string[] = [];
    let printed = false;
    for (; i < infos.length && infos[i].target.mapping === target.mapping; i++) {
      const table = infos[i].table;
      allNamespaced &&= target.mapping.namespaced;
      if (!isTable(table)) continue;
      if (table.columnDefinitions.length > 0 && !equal(table.columnDefinitions, columns)) { columns = table.columnDefinitions; printed = false; }
      if (sortBy !== '') { rows = [...rows, ...table.rows]; continue; }
      lines.push(...tableLines(table, columns, options, !printed));
      printed ||= table.rows.length > 0;
    }
    if (sortBy !== '' && rows.length > 0) {
      if (!options.noHeaders) lines.push(headerLine(columns, options));
      for (const row of sortRows(rows, sortBy)) lines.push(rowLine(columns, row, options));
    }
    if (lines.length === 0) continue;
    if (out !== '' && !options.noHeaders) out += '\n';
    out += alignTabs(lines.join('\n'), TABLE) + '\n';
  }
  yield* k.out(out);
  if (out === '' && !flags.bool('ignore-not-found') && errors.length === 0) {
    yield* k.err(allNamespaced ? `No resources found in ${k.namespace} namespace.\n` : 'No resources found\n');
  }
  throwAll(errors);
}

function* fetchObjects(k: Session, target: Target, flags: Flags): Program<readonly KubeObject[]> {
  if (target.name !== undefined) {
    const subresource = flags.string('subresource');
    return [yield* k.get(target.mapping, target.namespace, target.name, subresource === '' ? {} : { subresource })];
  }
  return yield* k.list(target.mapping, target.namespace, listOptions(target, flags));
}

function* printObjects(k: Session, flags: Flags, targets: Targets, printer: ObjectPrinter): Program {
  const errors: KubectlError[] = [];
  let objects = yield* collect<KubeObject>(k, targets.targets, flags, (target) => fetchObjects(k, target, flags), errors);
  if (targets.single && errors.length > 0) throwAll(errors);
  if (objects.length === 0 && flags.bool('ignore-not-found')) return;
  const sortBy = flags.string('sort-by');
  if (sortBy !== '') {
    const keys = objects.map((o) => sortKey(o, sortBy));
    const order = objects.map((_, i) => i).sort((a, b) => compareKeys(keys[a], keys[b]) || a - b);
    objects = order.map((i) => objects[i]);
  }
  const body: KubeObject | KubeList = targets.single && objects.length === 1 ? objects[0] : listOf(objects);
  yield* k.out(printer.print(body));
  throwAll(errors);
}

/** What a watch remembers between two events. */
interface WatchState { columns: readonly TableColumn[]; widths: number[]; printed: boolean }

function* watchTarget(k: Session, flags: Flags, targets: Targets, printer: ObjectPrinter | undefined): Program {
  if (new Set(targets.targets.map((t) => t.mapping.resource)).size > 1 || targets.targets.length > 1) {
    throw new KubectlError(targets.targets.length > 1 && targets.targets[0].name !== undefined ? 'watch is only supported on individual resources and resource collections - more than 1 resource was found' : 'you may only specify a single resource type');
  }
  const target = targets.targets[0];
  const accept = printer === undefined ? 'table' : 'object';
  const options: TableOptions = {
    noHeaders: flags.bool('no-headers'), wide: flags.string('output') === 'wide', withNamespace: flags.bool('all-namespaces') && target.mapping.namespaced,
    withKind: flags.bool('show-kind'), mapping: target.mapping, showLabels: flags.bool('show-labels'), columnLabels: flags.list('label-columns'),
  };
  const withEvents = flags.bool('output-watch-events');
  const state: WatchState = { columns: [], widths: [], printed: false };
  const show = (table: Table, type: string): string => {
    if (table.columnDefinitions !== undefined && table.columnDefinitions.length > 0) state.columns = table.columnDefinitions;
    const lines = tableLines(table, state.columns, withEvents ? { ...options, eventType: type } : options, !state.printed);
    if (table.rows.length > 0) state.printed = true;
    return lines.length === 0 ? '' : alignTabs(lines.join('\n'), TABLE, state.widths) + '\n';
  };
  const shownObject = (object: KubeObject, type: string): string => printer!.print(withEvents ? ({ type, object } as never) : object);
  let resourceVersion = '0';
  const single = target.name !== undefined;
  if (single) {
    const body = yield* k.ask({ verb: 'get', ...ref(target.mapping), namespace: target.namespace, name: target.name, accept });
    if (!flags.bool('watch-only')) yield* k.out(isTable(body) ? show(body, 'ADDED') : shownObject(body as KubeObject, 'ADDED'));
    resourceVersion = isTable(body) ? body.metadata.resourceVersion || '0' : '0';
  } else {
    const body = yield* k.ask({ verb: 'list', ...ref(target.mapping), namespace: target.namespace, accept, options: listOptions(target, flags) });
    resourceVersion = (body as Table | KubeList).metadata.resourceVersion;
    if (!flags.bool('watch-only')) {
      let text = '';
      if (isTable(body)) text = show(body, 'ADDED');
      else for (const item of (body as KubeList).items) text += shownObject(item, 'ADDED');
      yield* k.out(text);
    }
  }
  const selector = single ? { fieldSelector: `metadata.name=${target.name}` } : { labelSelector: target.labelSelector, fieldSelector: target.fieldSelector };
  const box = yield* k.watchFor({ verb: 'watch', ...ref(target.mapping), namespace: target.namespace, accept, options: { resourceVersion, ...selector } });
  let first = single && resourceVersion === '0';
  for (;;) {
    const item = yield* k.next(box);
    if (item === undefined || 'closed' in item) return;
    if (!('type' in item)) continue;
    const event: WatchEvent = item;
    if (event.type === 'BOOKMARK') continue;
    if (event.type === 'ERROR') throw refusal({ code: 410, body: event.object as never });
    // The first event of a single object repeats what was printed.
    if (first && event.type === 'ADDED') { first = false; continue; }
    first = false;
    yield* k.out(isTable(event.object) ? show(event.object, event.type) : shownObject(event.object, event.type));
  }
}

export const GET: Command = { name: 'get', short: 'Display one or many resources', usage: 'get [(-o|--output=)json|yaml|wide|…] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags]', flags: FLAGS, run };
