/**
 * Prints objects in the formats of `-o`.
 * Upstream: k8s.io/cli-runtime/pkg/printers, k8s.io/kubectl/pkg/cmd/get/{customcolumn,jsonpath_flags}.go
 * Left out: kyaml; Go templates beyond the common forms (go-template.ts).
 */
import type { KubeList, KubeObject } from '../api/types.ts';
import { toJson } from '../apimachinery/json-emit.ts';
import { emitYaml } from './decode.ts';
import { KubectlError } from './errors.ts';
import type { Flags } from './flags.ts';
import { executeGoTemplate } from './go-template.ts';
import { executeJsonPath, jsonPathValues, relaxed } from './jsonpath.ts';
import { lower } from './mapper.ts';
import { alignTabs, TABLE } from './tabwriter.ts';

/** Objects made by kubectl's typed generators: as JSON their fields stand in Go's order, not sorted. A mark on values, no state. */
export const keepsGoOrder = new WeakSet<object>();

export interface ObjectPrinter { print(body: unknown): string }

const FORMATS = 'custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,wide,yaml';

/** A `kind: List` of objects, as kubectl makes it when several were asked for. */
export function listOf(objects: readonly KubeObject[]): KubeList {
  return { apiVersion: 'v1', items: objects, kind: 'List', metadata: { resourceVersion: '' } };
}

/** Without managedFields; of a list: in every item. */
export function withoutManagedFields<T>(body: T): T {
  const o = body as unknown as { metadata?: { managedFields?: unknown }; items?: readonly unknown[] };
  if (Array.isArray(o.items)) return { ...o, items: o.items.map(withoutManagedFields) } as T;
  if (o.metadata?.managedFields === undefined) return body;
  const { managedFields: _, ...metadata } = o.metadata;
  return { ...o, metadata } as T;
}

const itemsOf = (body: unknown): readonly KubeObject[] => {
  const list = body as KubeList;
  return Array.isArray(list.items) ? list.items : [body as KubeObject];
};

/** `pod/web`, `deployment.apps/web`. */
export function nameOf(object: KubeObject): string {
  const slash = object.apiVersion.indexOf('/');
  const group = slash < 0 ? '' : '.' + object.apiVersion.slice(0, slash);
  return `${lower(object.kind)}${group}/${object.metadata.name}`;
}

/** The printer of `-o FORMAT`. Throws for unknown formats. `allowed` narrows the message of commands with fewer formats. */
export function objectPrinter(output: string, flags: Flags, allowed = FORMATS): ObjectPrinter {
  const eq = output.indexOf('=');
  const format = eq < 0 ? output : output.slice(0, eq);
  const argument = eq < 0 ? flags.string('template') : output.slice(eq + 1);
  const clean = <T>(body: T): T => (flags.bool('show-managed-fields') ? body : withoutManagedFields(body));
  const lax = flags.bool('allow-missing-template-keys');
  switch (eq < 0 ? output : format + '=') {
    case 'json': return { print: (body) => toJson(clean(body), { indent: '    ', sort: !(typeof body === 'object' && body !== null && keepsGoOrder.has(body)) }) + '\n' };
    case 'yaml': return yamlPrinter(clean);
    case 'name': return { print: (body) => itemsOf(body).map((o) => nameOf(o) + '\n').join('') };
    default: break;
  }
  switch (format) {
    case 'jsonpath':
      if (argument === '') throw new KubectlError('template format specified but no template given');
      return { print: (body) => executeJsonPath(argument, clean(body), lax) };
    case 'jsonpath-as-json':
      if (argument === '') throw new KubectlError('template format specified but no template given');
      return { print: (body) => toJson(jsonPathValues(argument, clean(body), lax), { indent: '    ' }) + '\n' };
    case 'go-template': case 'template':
      if (argument === '') throw new KubectlError('template format specified but no template given');
      return { print: (body) => executeGoTemplate(argument, clean(body), lax) };
    case 'custom-columns': {
      if (argument === '') throw new KubectlError('custom-columns format specified but no custom columns given');
      return customColumns(argument, flags.bool('no-headers'));
    }
    default:
      throw new KubectlError(`unable to match a printer suitable for the output format "${output}", allowed formats are: ${allowed}`);
  }
}

/** Objects after the first are set apart by `---`. */
function yamlPrinter(clean: <T>(body: T) => T): ObjectPrinter {
  let count = 0;
  return { print: (body) => (count++ > 0 ? '---\n' : '') + emitYaml(clean(body)) };
}

function customColumns(spec: string, noHeaders: boolean): ObjectPrinter {
  const columns = spec.split(',').map((part) => {
    const colon = part.indexOf(':');
    if (colon < 0) throw new KubectlError(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`);
    return { header: part.slice(0, colon), path: relaxed(part.slice(colon + 1)) };
  });
  let headers = !noHeaders;
  return {
    print: (body) => {
      const lines: string[] = [];
      if (headers) lines.push(columns.map((c) => c.header).join('\t'));
      headers = false;
      for (const item of itemsOf(body)) {
        lines.push(columns.map((c) => {
          const values = jsonPathValues(c.path, item, true);
          return values.length === 0 ? '<none>' : values.map(goText).join(',');
        }).join('\t'));
      }
      return alignTabs(lines.join('\n'), TABLE) + '\n';
    },
  };
}

function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return '[' + value.map(goText).join(' ') + ']';
  if (typeof value === 'object') return 'map[' + Object.keys(value).sort().map((key) => `${key}:${goText((value as Record<string, unknown>)[key])}`).join(' ') + ']';
  return String(value);
}
