/** What the editor asks of the API's structure: the fields at a place of a manifest, with their types, enums and whether they must be there. */
import { ALL_RESOURCES } from '../k8s/api/resources.ts';
import { schemaOfObject, type FieldSchema, type TypeSchema } from '../k8s/api/schema.ts';
import type { Methods } from '../protocol/protocol.ts';

type Answer = Methods['schema'][1];
type Field = Answer['fields'][number];

/** Fields at `path`, a list of field names without indexes. Without a known kind: the two fields that name one. */
export function schemaAt(apiVersion: string, kind: string, path: readonly string[]): Answer {
  const type = schemaOfObject(apiVersion, kind);
  if (!type) {
    const creatable = ALL_RESOURCES.filter((resource) => resource.verbs.includes('create') && schemaOfObject(resource.apiVersion, resource.kind) && (apiVersion === '' || resource.apiVersion === apiVersion));
    const unique = (values: readonly string[]): string[] => [...new Set(values)];
    const field = (name: string, values: readonly string[]): Field => ({ name, type: 'string', required: true, doc: '', values });
    return { fields: path.length > 0 ? [] : [field('apiVersion', unique(ALL_RESOURCES.map((resource) => resource.apiVersion))), field('kind', unique(creatable.map((resource) => resource.kind))), field('metadata', []), field('spec', [])] };
  }
  let at: TypeSchema = type;
  for (const name of path.slice(0, 64)) {
    while (at.kind === 'list' && at.element) at = at.element;
    if (at.kind === 'map' && at.element) {
      at = at.element;
      continue;
    }
    const field = at.byName.get(name);
    if (!field) return { fields: [] };
    at = field.type;
  }
  while (at.kind === 'list' && at.element) at = at.element;
  return { fields: at.fields.map(shown) };
}

function shown(field: FieldSchema): Field {
  const values = field.enum ?? field.itemEnum ?? (field.type.kind === 'bool' ? ['true', 'false'] : []);
  return { name: field.name, type: typeName(field.type), required: field.required, doc: field.default === undefined ? '' : `default ${JSON.stringify(field.default)}`, values };
}

/** `[]Container`, `map[string]string`, `PodSpec`, `int32`. */
function typeName(type: TypeSchema): string {
  return type.go.replace(/\b[a-z][\w]*\.(?=[A-Z])/g, '');
}
