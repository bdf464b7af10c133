/**
 * Text of a value as Go's structs would be dumped for hashing: field names, type names and all. Two clusters give a template
 * the same hash only if this text is the same, byte for byte.
 *
 * Upstream: k8s.io/utils/dump (ForHash), github.com/davecgh/go-spew/spew/format.go (`%#v`),
 *   staging/src/k8s.io/apimachinery/pkg/api/resource/{quantity,amount}.go, pkg/util/intstr
 * Left out: `managedFields[].fieldsV1`, dumped as nil; floats, interfaces and lists of pointers, which no pod template has.
 *
 * The dump shows the value as a controller holds it, read from protobuf: an empty list or map is nil, an absent string is
 * empty, and a quantity is what parsing its canonical text yields.
 */
import { GO_POD_TEMPLATE } from '../api/generated/go-pod-template.ts';
import { parseQuantity, quantityText } from './quantity.ts';
import { epochUnixSeconds, parseTime } from './time.ts';
import { compareStrings } from './utf8.ts';

/** A Go type, ready to write. `write` gives the value without the type's name; undefined and null are Go's zero. */
interface GoType {
  readonly name: string;
  write(value: unknown, depth: number): string;
}

/** Deeper than any pod template; what lies below is not written. */
const DEPTH = 64;
const NIL = '<nil>';
const known = new Map<string, GoType>();
let lines: Map<string, string> | undefined;

/** The dump of a v1.PodTemplateSpec. Never fails: a value of another shape than its type's is written as Go's zero. */
export function dumpPodTemplate(template: unknown): string {
  const type = typeOf('v1.PodTemplateSpec');
  return `(${type.name})${type.write(template, 0)}`;
}

function typeOf(name: string): GoType {
  let type = known.get(name);
  if (type === undefined) known.set(name, type = compile(name));
  return type;
}

function compile(name: string): GoType {
  if (name[0] === '*') return pointer(name);
  if (name.startsWith('[]')) return slice(name, name.slice(2));
  if (name.startsWith('map[')) return map(name, name.slice(name.indexOf(']') + 1));
  if (name === 'string') return string(name);
  if (name === 'bool') return { name, write: (v) => (v === true ? 'true' : 'false') };
  if (name === 'int32' || name === 'int64') return { name, write: (v) => (typeof v === 'number' || typeof v === 'bigint' ? String(v) : '0') };
  if (name === 'resource.Quantity') return { name, write: quantityDump };
  if (name === 'intstr.IntOrString') return { name, write: intOrStringDump };
  if (name === 'v1.Time') return { name, write: timeDump };
  if (name === 'v1.FieldsV1') return { name, write: () => '{Raw:([]uint8)<nil>}' };
  lines ??= new Map(GO_POD_TEMPLATE.split('\n').map((line) => line.split('\t') as [string, string]));
  const line = lines.get(name);
  if (line === undefined) return string(name);
  if (line[0] === '=') return map(name, line.slice(line.indexOf(']') + 1));
  return struct(name, line);
}

function string(name: string): GoType {
  return { name, write: (v) => (typeof v === 'string' ? v : '') };
}

/** Its type is named as it is, nil or not: `(*T)` stands before the value pointed to. */
function pointer(name: string): GoType {
  const elem = name.slice(1);
  // fieldsV1 would be written as a list of its bytes.
  if (elem === 'v1.FieldsV1') return { name, write: () => NIL };
  let type: GoType | undefined;
  return {
    name,
    write(v, depth) {
      if (v === undefined || v === null) return NIL;
      type ??= typeOf(elem);
      return type.write(v, depth);
    },
  };
}

function slice(name: string, elem: string): GoType {
  let type: GoType | undefined;
  return {
    name,
    write(v, depth) {
      if (!Array.isArray(v) || v.length === 0 || depth > DEPTH) return NIL;
      type ??= typeOf(elem);
      let out = '[';
      for (let i = 0; i < v.length; i++) out += (i > 0 ? ' ' : '') + type.write(v[i], depth + 1);
      return out + ']';
    },
  };
}

function map(name: string, elem: string): GoType {
  const type = typeOf(elem);
  return {
    name,
    write(v, depth) {
      if (typeof v !== 'object' || v === null) return NIL;
      const keys = Object.keys(v).sort(compareStrings);
      if (keys.length === 0) return NIL;
      let out = 'map[';
      for (let i = 0; i < keys.length; i++) out += `${i > 0 ? ' ' : ''}${keys[i]}:${type.write((v as Record<string, unknown>)[keys[i]], depth + 1)}`;
      return out + ']';
    },
  };
}

interface Field {
  /** Key in JSON, '' for an embedded struct, whose fields stand among the outer ones. */
  readonly key: string;
  /** What comes before the value: ` Name:(type)`. */
  readonly before: string;
  /** All of the field if its value is absent. */
  readonly absent: string;
  readonly type: GoType;
}

function struct(name: string, line: string): GoType {
  const fields = line.split(';').map((text, i): Field => {
    const [, field, said, typeName] = /^(\w+)(:\w*)?(?: (.*))?$/.exec(text)!;
    const type = typeOf(typeName ?? 'string');
    const before = `${i > 0 ? ' ' : ''}${field}:(${type.name})`;
    const key = said === undefined ? field[0].toLowerCase() + field.slice(1) : said.slice(1);
    return { key, before, absent: before + type.write(undefined, 0), type };
  });
  const zero = `{${fields.map((f) => f.absent).join('')}}`;
  return {
    name,
    write(v, depth) {
      if (typeof v !== 'object' || v === null || depth > DEPTH) return zero;
      let out = '{';
      for (const { key, before, absent, type } of fields) {
        const value = key === '' ? v : (v as Record<string, unknown>)[key];
        out += value === undefined || value === null ? absent : before + type.write(value, depth + 1);
      }
      return out + '}';
    },
  };
}

const quantityDumps = new Map<string, string>();

function quantityDump(value: unknown): string {
  const text = typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '0';
  let dump = quantityDumps.get(text);
  if (dump === undefined) {
    // A bounded memory: its content never shows, only the time it saves.
    if (quantityDumps.size > 1000) quantityDumps.clear();
    quantityDumps.set(text, dump = writeQuantity(text));
  }
  return dump;
}

const EXPONENTS: Record<string, number> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const WORD = (1n << 64n) - 1n;

function writeQuantity(given: string): string {
  const first = parseQuantity(given).value;
  const text = first === undefined ? '0' : quantityText(first);
  const { nano, format, text: kept = '' } = parseQuantity(text).value ?? { nano: 0n, format: 'DecimalSI' };
  const [, sign, digits, suffix] = /^(-?)(\d+)(.*)$/.exec(text)!;
  // Amounts that fit are held as an int64 and a power of ten, all others as a big number of billionths.
  let value = BigInt(sign + digits);
  let scale = 0;
  let fits: boolean;
  if (format === 'BinarySI') {
    const exponent = 10 * ('KMGTPE'.indexOf(suffix[0]) + 1);
    value <<= BigInt(exponent);
    fits = 15 - digits.length - Math.floor((exponent * 3) / 10) - 1 >= 0;
  } else {
    scale = EXPONENTS[suffix] ?? Number(suffix.slice(1));
    fits = digits.length <= 18 && scale >= -9;
  }
  let dec = NIL;
  if (!fits) {
    const words: string[] = [];
    for (let rest = nano < 0n ? -nano : nano; rest > 0n; rest >>= 64n) words.push(String(rest & WORD));
    dec = `{unscaled:(big.Int){neg:(bool)${nano < 0n} abs:(big.nat)[${words.join(' ')}]} scale:(inf.Scale)9}`;
    value = 0n;
    scale = 0;
  }
  return `{i:(resource.int64Amount){value:(int64)${value} scale:(resource.Scale)${scale}} d:(resource.infDecAmount){Dec:(*inf.Dec)${dec}} s:(string)${kept} Format:(resource.Format)${format}}`;
}

function intOrStringDump(value: unknown): string {
  return typeof value === 'string'
    ? `{Type:(intstr.Type)1 IntVal:(int32)0 StrVal:(string)${value}}`
    : `{Type:(intstr.Type)0 IntVal:(int32)${typeof value === 'number' ? value : 0} StrVal:(string)}`;
}

/** Seconds from Go's year 1 to 1970. */
const YEAR_ONE = 62135596800;
/** Go's local zone on a machine that names none. */
const UTC = '(*time.Location){name:(string)UTC zone:([]time.zone)<nil> tx:([]time.zoneTrans)<nil> extend:(string) cacheStart:(int64)0 cacheEnd:(int64)0 cacheZone:(*time.zone)<nil>}';

function timeDump(value: unknown): string {
  const at = typeof value === 'string' ? parseTime(value) : undefined;
  if (at === undefined) return '{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}';
  return `{Time:(time.Time){wall:(uint64)0 ext:(int64)${Math.floor(at / 1e6) + epochUnixSeconds + YEAR_ONE} loc:${UTC}}}`;
}
