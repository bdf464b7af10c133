/**
 * Label and field selectors of lists and watches, compiled once per text.
 * Upstream: staging/src/k8s.io/apiserver/pkg/storage/selection_predicate.go, pkg/apis/core/v1/conversion.go (which fields a kind knows)
 */
import type { KubeObject } from '../api/types.ts';
import { fieldsMatch, parseFieldSelector } from '../apimachinery/fields.ts';
import type { FieldSelector, FieldTerm } from '../apimachinery/fields.ts';
import { goQuote } from '../apimachinery/goquote.ts';
import { matches, parseSelector } from '../apimachinery/labels.ts';
import type { Selector } from '../apimachinery/labels.ts';
import type { Parsed } from '../apimachinery/parsed.ts';
import type { Resource } from './resources.ts';

export interface Selection { readonly labels: Selector; readonly fields: FieldSelector; readonly everything: boolean }

const EVERYTHING: Selection = { labels: [], fields: [], everything: true };
const memo = new Map<string, Parsed<Selection>>();
const MEMO_MAX = 2000;

/** The core group names unknown fields differently from the others. */
function checkField(resource: Resource, term: FieldTerm): Parsed<FieldTerm> {
  const name = term.field === 'spec.host' && resource.resource === 'pods' ? 'spec.nodeName' : term.field;
  if (name === 'metadata.name' || name === 'metadata.namespace' || resource.strategy.selectable?.includes(name)) return { value: name === term.field ? term : { ...term, field: name } };
  if (resource.strategy.selectable !== undefined && resource.resource !== 'services') return { error: 'field label not supported: ' + term.field };
  return { error: `${goQuote(term.field)} is not a known field selector: only "metadata.name", "metadata.namespace"` };
}

export function compileSelection(resource: Resource, labelSelector: string | undefined, fieldSelector: string | undefined): Parsed<Selection> {
  if (!labelSelector && !fieldSelector) return { value: EVERYTHING };
  const key = resource.apiVersion + '/' + resource.resource + '\n' + (labelSelector ?? '') + '\n' + (fieldSelector ?? '');
  const known = memo.get(key);
  if (known !== undefined) return known;
  const labels = parseSelector(labelSelector ?? '');
  const fields = parseFieldSelector(fieldSelector ?? '', (term) => checkField(resource, term));
  const out: Parsed<Selection> = labels.error !== undefined ? { error: labels.error } : fields.error !== undefined ? { error: fields.error }
    : { value: { labels: labels.value, fields: fields.value, everything: labels.value.length === 0 && fields.value.length === 0 } };
  if (memo.size > MEMO_MAX) memo.clear();
  memo.set(key, out);
  return out;
}

export function selects(selection: Selection, resource: Resource, object: KubeObject): boolean {
  if (selection.everything) return true;
  if (!matches(selection.labels, object.metadata.labels)) return false;
  if (selection.fields.length === 0) return true;
  let own: Readonly<Record<string, string>> | undefined;
  return fieldsMatch(selection.fields, (field) => {
    if (field === 'metadata.name') return object.metadata.name;
    if (field === 'metadata.namespace') return object.metadata.namespace ?? '';
    own ??= resource.strategy.fields?.(object) ?? {};
    return own[field] ?? '';
  });
}

/** The value that a field must equal, if the selector says so. */
export function exactField(selection: Selection, field: string): string | undefined {
  for (const term of selection.fields) if (term.field === field && term.equals) return term.value;
  return undefined;
}
