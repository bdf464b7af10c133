/** Errors of a manifest with their places: YAML that cannot be read, values that do not fit, unknown fields, and the server's own validation. */
import { decodeTyped } from '../k8s/apimachinery/decode.ts';
import { errorBody, type FieldError } from '../k8s/apimachinery/field-error.ts';
import type { KubeObject } from '../k8s/api/types.ts';
import { withDefaults } from '../k8s/kube-apiserver/codec.ts';
import { VALIDATION } from '../k8s/kube-apiserver/validation/index-by-kind.ts';
import { parseYaml, parseYamlTree, splitYamlDocuments, type YamlNode } from '../k8s/apimachinery/yaml.ts';
import { resourceOfKind } from '../k8s/api/resources.ts';
import { schemaOfObject } from '../k8s/api/schema.ts';
import type { Methods } from '../protocol/protocol.ts';

type Problem = Methods['check'][1]['errors'][number];
const MAX = 100;
const MAX_TEXT = 1_000_000;

/** Lines and columns count from 1. */
export function checkManifest(text: string): Methods['check'][1] {
  if (text.length > MAX_TEXT) return { errors: [{ line: 1, column: 1, message: 'the file is larger than a megabyte; it is not checked' }] };
  const errors: Problem[] = [];
  for (const part of splitYamlDocuments(text)) {
    for (const problem of checkDocument(part.text)) if (errors.length < MAX) errors.push({ ...problem, line: problem.line + part.line });
  }
  return { errors };
}

function checkDocument(text: string): Problem[] {
  const tree = parseYamlTree(text);
  if ('error' in tree) return [{ line: Math.max(1, tree.line), column: 1, message: tree.error }];
  const parsed = parseYaml(text);
  if (parsed.error !== undefined) return [{ line: Number(/line (\d+)/.exec(parsed.error)?.[1] ?? 1), column: 1, message: parsed.error }];
  const { root } = tree;
  const { value } = parsed;
  if (root === undefined || value === null) return [];
  const at = (path: string, message: string): Problem => ({ ...placeOf(root, path), message });
  const out: Problem[] = parsed.duplicates.map((duplicate) => ({ line: duplicate.line, column: 1, message: `key "${duplicate.key}" already set in map` }));
  if (typeof value !== 'object' || Array.isArray(value)) return [at('', 'a manifest is a map of fields')];
  const { apiVersion, kind } = value as { apiVersion?: unknown; kind?: unknown };
  if (typeof apiVersion !== 'string' || apiVersion === '') return [...out, at('', 'apiVersion not set')];
  if (typeof kind !== 'string' || kind === '') return [...out, at('', 'kind not set')];
  const type = schemaOfObject(apiVersion, kind);
  if (!type) return [...out, at('kind', `no matches for kind "${kind}" in version "${apiVersion}"`)];
  const decoded = decodeTyped(type, value);
  for (const message of decoded.strict) out.push(at(/"([^"]+)"/.exec(message)?.[1] ?? '', message));
  if (decoded.error !== undefined) {
    const fit = /cannot unmarshal (\w+)(?: .*)? into Go struct field \w+\.(\S+) of type (\S+)/.exec(decoded.error);
    out.push(fit ? at(fit[2], `${fit[2]} expects ${fit[3]}, got a ${fit[1]}`) : at('', decoded.error));
  } else {
    const meta = (value as { metadata?: { name?: unknown; generateName?: unknown } }).metadata;
    if (resourceOfKind(apiVersion, kind) && !meta?.name && !meta?.generateName) out.push(at('metadata', 'metadata.name: Required value: name or generateName is required'));
    for (const field of missing(type, value as Record<string, unknown>)) out.push(at(parentOf(field), `${field}: Required value`));
    if (out.length === 0) out.push(...refusals(value as KubeObject, apiVersion, kind).map((refused) => at(refused.field, `${refused.field}: ${errorBody(refused)}`)));
  }
  return out;
}

/** What the server's own validation would refuse of a new object, once its defaults are filled in. */
function refusals(object: KubeObject, apiVersion: string, kind: string): readonly FieldError[] {
  const resource = resourceOfKind(apiVersion, kind);
  const rules = resource && VALIDATION[`${resource.group}/${kind}`];
  if (!resource || !rules) return [];
  const metadata = { ...object.metadata, ...(resource.namespaced ? { namespace: object.metadata.namespace ?? 'default' } : {}), uid: 'x', creationTimestamp: '2026-01-01T00:00:00Z' };
  try {
    return rules.create(withDefaults({ ...object, metadata } as KubeObject, schemaOfObject(apiVersion, kind), apiVersion, kind) as never);
  } catch {
    // a value the defaults cannot work with was reported above, or the server will say so
    return [];
  }
}

interface Shape { readonly kind: string; readonly fields: readonly { readonly name: string; readonly required: boolean; readonly type: Shape; readonly default: unknown }[]; readonly element: Shape | undefined }

/** Required fields that are not there, only inside what is there. Server-made fields are not asked for. */
function missing(type: Shape, value: unknown, path = '', out: string[] = [], depth = 0): string[] {
  if (depth > 40 || out.length > 20 || value === null || value === undefined) return out;
  if (type.kind === 'list' && Array.isArray(value) && type.element) value.forEach((item, i) => missing(type.element!, item, `${path}[${i}]`, out, depth + 1));
  else if (type.kind === 'struct' && typeof value === 'object' && !Array.isArray(value)) {
    for (const field of type.fields) {
      const inner = (value as Record<string, unknown>)[field.name];
      const here = path === '' ? field.name : `${path}.${field.name}`;
      if (here === 'status') continue;
      if (inner === undefined && field.required && field.default === undefined && field.type.kind !== 'struct') out.push(here);
      else if (here !== 'metadata') missing(field.type, inner, here, out, depth + 1);
    }
  }
  return out;
}

const parentOf = (path: string): string => path.replace(/\.?[^.[\]]+$/, '');

/** The place of the key (or item) at `spec.containers[0].image`; of the nearest parent that is there. */
function placeOf(root: YamlNode, path: string): { line: number; column: number } {
  let node = root;
  let mark = root.start;
  for (const part of path.match(/[^.[\]]+/g) ?? []) {
    let target: YamlNode = node;
    for (let hops = 0; target.kind === 'alias' && target.target && hops < 8; hops++) target = target.target;
    if (target.kind === 'mapping') {
      let found = false;
      for (let i = 0; i + 1 < target.children.length; i += 2) {
        if (target.children[i].value !== part) continue;
        mark = target.children[i].start;
        node = target.children[i + 1];
        found = true;
        break;
      }
      if (!found) break;
    } else if (target.kind === 'sequence') {
      // Go's error names no index: the first item stands for all.
      const at = /^\d+$/.test(part) ? Number(part) : 0;
      const item = target.children[at];
      if (!item) break;
      mark = item.start;
      node = item;
      if (!/^\d+$/.test(part) && item.kind === 'mapping') {
        const key = item.children.findIndex((child, i) => i % 2 === 0 && child.value === part);
        if (key >= 0) {
          mark = item.children[key].start;
          node = item.children[key + 1];
        }
      }
    } else break;
  }
  return { line: mark.line + 1, column: mark.column + 1 };
}
