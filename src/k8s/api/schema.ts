/**
 * The structure of every API type: fields in Go's order, pointers, omitempty, list types, merge keys, defaults, enums.
 * Types are parsed from one compact text on first use.
 * Upstream: the OpenAPI schemas kube-apiserver publishes, and the Go structs of k8s.io/api.
 * Left out: prose (a lazy asset of the page); subresource option kinds without a schema (PodExecOptions …).
 */
import { TYPES } from './generated/types.ts';

export type Scalar = 'string' | 'bool' | 'int32' | 'int64' | 'float64' | 'bytes';
export type TypeKind = Scalar | 'struct' | 'list' | 'map' | 'quantity' | 'intOrString' | 'time' | 'microTime' | 'any';
export type ListType = 'atomic' | 'set' | 'map';

/** A type. The same object is returned for the same name, so types can be compared by reference. */
export interface TypeSchema {
  readonly kind: TypeKind;
  /** Our short name: `core.v1.Pod`, `meta.v1.ObjectMeta`; '' for unnamed lists, maps and scalars. */
  readonly name: string;
  /** As Go's reflection prints it: `v1.Container`, `[]v1.Container`, `map[string]string`. */
  readonly go: string;
  /** Of a struct, in Go's order. */
  readonly fields: readonly FieldSchema[];
  readonly byName: ReadonlyMap<string, FieldSchema>;
  /** Element type of a list or map. */
  readonly element: TypeSchema | undefined;
  readonly elementPointer: boolean;
  /** `x-kubernetes-map-type` of the type itself. */
  readonly atomic: boolean;
  /** Group/version/kind strings (`apps/v1/Deployment`, `v1/Pod`) of a type that can stand alone. */
  readonly gvk: readonly string[];
  readonly unions: readonly Union[];
}
export interface Union { readonly discriminator?: string; readonly 'fields-to-discriminateBy': Readonly<Record<string, string>> }

export interface FieldSchema {
  readonly name: string;
  readonly type: TypeSchema;
  /** Go holds a pointer: an explicit zero differs from absence. */
  readonly pointer: boolean;
  /** Go's omitempty: an empty string, 0, false, nil or empty list or map is not written (a struct always is). */
  readonly omitEmpty: boolean;
  readonly omitZero: boolean;
  readonly required: boolean;
  readonly enum: readonly string[] | undefined;
  readonly itemEnum: readonly string[] | undefined;
  /** The default the schema declares. Upstream's defaulting functions set more: see `api/defaults/`. */
  readonly default: unknown;
  /** For server-side apply. A list without one is atomic. */
  readonly listType: ListType | undefined;
  readonly listKeys: readonly string[];
  /** A map or struct that server-side apply treats as one value. */
  readonly atomic: boolean;
  /** For strategic merge patches: 'merge', 'replace', 'retainKeys'. */
  readonly patchStrategies: readonly string[];
  readonly patchMergeKey: string | undefined;
  readonly format: string | undefined;
  /** Name of the embedded Go struct that holds the field (`VolumeSource`); only error texts show it. */
  readonly embedded: string | undefined;
}

interface FieldOptions { k?: 1; z?: 1; r?: 1; e?: string[]; ie?: string[]; d?: unknown; l?: ListType; lk?: string[]; m?: string; p?: string; pk?: string; f?: string; i?: string }
interface Head { m?: string; u?: Union[]; g?: string[]; t?: string; f?: string }

let lineOf: Map<string, string> | undefined;
const parsed = new Map<string, TypeSchema>();
const kindIndex = new Map<string, string>();

function lines(): Map<string, string> {
  if (lineOf === undefined) {
    lineOf = new Map();
    for (const line of TYPES.split('\n')) {
      const tab = line.indexOf('\t');
      const name = line.slice(0, tab);
      lineOf.set(name, line.slice(tab + 1));
      const gvks = /"g":\[("[^\]]*)\]/.exec(line);
      if (gvks !== null) for (const gvk of gvks[1].split(',')) kindIndex.set(gvk.slice(1, -1), name);
    }
  }
  return lineOf;
}

const NO_FIELDS: readonly FieldSchema[] = [];
const NO_NAMES: ReadonlyMap<string, FieldSchema> = new Map();
const NO_LIST: readonly never[] = [];
const SCALARS: Record<string, TypeKind> = { string: 'string', bool: 'bool', int32: 'int32', int64: 'int64', int: 'int64', float64: 'float64', bytes: 'bytes', any: 'any' };
const SPECIAL: Record<string, TypeKind> = { 'resource.Quantity': 'quantity', 'intstr.IntOrString': 'intOrString', 'meta.v1.Time': 'time', 'meta.v1.MicroTime': 'microTime' };

function bare(kind: TypeKind, name: string, go: string, more: Partial<TypeSchema> = {}): TypeSchema {
  return { kind, name, go, fields: NO_FIELDS, byName: NO_NAMES, element: undefined, elementPointer: false, atomic: false, gvk: NO_LIST, unions: NO_LIST, ...more };
}

const goName = (name: string): string => name.split('.').slice(-2).join('.');

/** A type by our short name or by the notation of the generated text (`[]core.v1.Container`, `{string}string`). Throws on an unknown name. */
export function typeOf(text: string): TypeSchema {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const made = parse(text);
  parsed.set(text, made);
  return made;
}

function parse(text: string): TypeSchema {
  if (SCALARS[text] !== undefined) return bare(SCALARS[text], '', text === 'bytes' ? '[]uint8' : text === 'any' ? 'interface {}' : text);
  if (text.startsWith('[]')) {
    const pointer = text[2] === '*';
    const element = typeOf(text.slice(pointer ? 3 : 2));
    return bare('list', '', '[]' + (pointer ? '*' : '') + element.go, { element, elementPointer: pointer });
  }
  if (text.startsWith('{')) {
    const close = text.indexOf('}');
    const key = typeOf(text.slice(1, close));
    const pointer = text[close + 1] === '*';
    const element = typeOf(text.slice(close + (pointer ? 2 : 1)));
    return bare('map', '', `map[${key.go}]${pointer ? '*' : ''}${element.go}`, { element, elementPointer: pointer });
  }
  const line = lines().get(text);
  if (line === undefined) throw new Error('no API type ' + text);
  const go = goName(text);
  if (SPECIAL[text] !== undefined) return bare(SPECIAL[text], text, go);
  const row = JSON.parse(line) as string | [Head, ...[string, string, FieldOptions?][]];
  if (typeof row === 'string') return { ...typeOf(row), name: text, go };
  const [head, ...rows] = row;
  if (rows.length === 0 && head.t !== 'object') return bare('any', text, go);
  if (rows.length === 0) return text.endsWith('CustomResourceSubresourceStatus') ? bare('struct', text, go) : bare('any', text, go, { atomic: true });
  // A type may contain itself (JSONSchemaProps): fields resolve lazily.
  let fields: readonly FieldSchema[] | undefined;
  let byName: ReadonlyMap<string, FieldSchema> | undefined;
  return {
    kind: 'struct', name: text, go, element: undefined, elementPointer: false, atomic: head.m === 'atomic', gvk: head.g ?? NO_LIST, unions: head.u ?? NO_LIST,
    get fields() { return (fields ??= rows.map(field)); },
    get byName() { return (byName ??= new Map(this.fields.map((f) => [f.name, f]))); },
  };
}

function field([name, type, o = {}]: [string, string, FieldOptions?]): FieldSchema {
  const pointer = type[0] === '*';
  return {
    name, type: typeOf(pointer ? type.slice(1) : type), pointer, omitEmpty: o.k === undefined, omitZero: o.z === 1, required: o.r === 1,
    enum: o.e, itemEnum: o.ie, default: o.d, listType: o.l, listKeys: o.lk ?? NO_LIST, atomic: o.m === 'atomic',
    patchStrategies: o.p === undefined ? NO_LIST : o.p.split(','), patchMergeKey: o.pk, format: o.f, embedded: o.i,
  };
}

/** The schema of a kind, e.g. `schemaOf('apps', 'v1', 'Deployment')`, group '' for core; undefined if there is none. */
export function schemaOf(group: string, version: string, kind: string): TypeSchema | undefined {
  lines();
  const name = kindIndex.get(group === '' ? version + '/' + kind : group + '/' + version + '/' + kind);
  return name === undefined ? undefined : typeOf(name);
}

/** As schemaOf, by the object's own apiVersion. */
export function schemaOfObject(apiVersion: string, kind: string): TypeSchema | undefined {
  lines();
  const name = kindIndex.get(apiVersion + '/' + kind);
  return name === undefined ? undefined : typeOf(name);
}

/** The field at a path of names, through lists and maps: `fieldAt(pod, ['spec', 'containers', 'image'])`. Map keys take one name. */
export function fieldAt(type: TypeSchema, names: readonly string[]): FieldSchema | undefined {
  let at = type;
  let found: FieldSchema | undefined;
  for (const name of names) {
    while (at.kind === 'list') at = at.element!;
    if (at.kind === 'map') { at = at.element!; continue; }
    found = at.byName.get(name);
    if (found === undefined) return undefined;
    at = found.type;
  }
  return found;
}

/** All short names, sorted. For tests and the editor. */
export function typeNames(): readonly string[] {
  return [...lines().keys()].sort();
}
