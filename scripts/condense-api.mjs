// Condenses the structure of the Kubernetes API into src/k8s/api/generated. Run by hand; the output is committed.
//   node scripts/condense-api.mjs GOLDEN_API_DIR GO_MODULES_DIR
// GOLDEN_API_DIR holds fields.json, discovery.json, columns.json, bootstrap.jsonl as read off a running server.
// GO_MODULES_DIR holds k8s.io/api@v…, apimachinery@v… (`go mod download`): Go's field order, pointers and omitempty
// decide what a decoded object looks like when it is written again, and no schema tells them.
import { readFileSync, readdirSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';

const [golden, modules] = process.argv.slice(2);
if (!golden || !modules) { console.error('usage: condense-api.mjs GOLDEN_API_DIR GO_MODULES_DIR'); process.exitCode = 2; throw new Error('arguments'); }
const out = new URL('../src/k8s/api/generated/', import.meta.url).pathname;
const fields = JSON.parse(readFileSync(join(golden, 'fields.json'), 'utf8'));

const repo = (name) => join(modules, readdirSync(modules).filter((d) => d.startsWith(name + '@v')).sort().at(-1));
const PACKAGES = [
  ['io.k8s.api.', 'api', ''],
  ['io.k8s.apimachinery.', 'apimachinery', ''],
  ['io.k8s.apiextensions-apiserver.', 'apiextensions-apiserver', ''],
  ['io.k8s.kube-aggregator.', 'kube-aggregator', ''],
];
/** `io.k8s.api.core.v1.Pod` -> `core.v1.Pod`, others by their last three parts. */
const short = (name) => name.replace(/^io\.k8s\.api\./, '').replace(/^io\.k8s\.(?:[a-z-]+\.)?pkg\.(?:apis?\.|util\.)?/, '');

/** Go structs and named types of one package directory. */
const packages = new Map();
function goPackage(dir) {
  if (packages.has(dir)) return packages.get(dir);
  const types = new Map();
  packages.set(dir, types);
  if (!existsSync(dir)) return types;
  for (const file of readdirSync(dir).sort()) {
    if (!file.endsWith('.go') || file.endsWith('_test.go') || file.startsWith('zz_') || file.startsWith('generated')) continue;
    const text = readFileSync(join(dir, file), 'utf8');
    const imports = new Map();
    for (const m of text.matchAll(/^\s*(?:import\s+)?(\w+)?\s*"((?:k8s\.io|sigs\.k8s\.io)\/[^"]+)"$/gm)) imports.set(m[1] ?? m[2].split('/').at(-1), m[2]);
    let current = null;
    for (const line of text.split('\n')) {
      if (current) {
        if (line === '}') { current = null; continue; }
        const field = line.match(/^\t(?:(\w+)\s+)?([*\w.[\]{}]+(?:\s*\{\})?)\s*`(.*)`/);
        if (!field) continue;
        const json = field[3].match(/json:"([^"]*)"/)?.[1];
        if (json === undefined || json === '-') continue;
        const [name, ...flags] = json.split(',');
        current.fields.push({ name, type: field[2], inline: flags.includes('inline') || (name === '' && !field[1]), omitempty: flags.includes('omitempty'), omitzero: flags.includes('omitzero') });
        continue;
      }
      const struct = line.match(/^type (\w+) struct \{$/);
      if (struct) { current = { fields: [], imports, dir }; types.set(struct[1], current); continue; }
      const named = line.match(/^type (\w+) =? ?([*\w.[\]]+(?:\{\})?)$/);
      if (named && named[2] !== 'interface') types.set(named[1], { named: named[2], imports, dir });
    }
  }
  return types;
}
function dirOf(importPath) {
  const [, name, ...rest] = importPath.split('/');
  return join(repo(name), ...rest);
}
function shortPackage(dir) {
  const parts = dir.split('/');
  const at = parts.findIndex((p) => p.includes('@v'));
  const inside = parts.slice(at + 1);
  if (parts[at].startsWith('api@')) return inside.join('.');
  return short('io.k8s.' + parts[at].split('@')[0] + '.' + inside.join('.') + '.X').replace(/\.X$/, '');
}
const PRIMITIVE = new Set(['string', 'int32', 'int64', 'int', 'bool', 'float64', 'byte', 'uint8', 'uint32', 'uint64', 'uint', 'int16', 'int8']);
const named = new Map();
/** A Go type expression with every name in our short form. */
function goType(text, home) {
  if (text.startsWith('*')) return '*' + goType(text.slice(1), home);
  if (text.startsWith('[]')) return text === '[]byte' ? 'bytes' : '[]' + goType(text.slice(2), home);
  if (text.startsWith('map[')) {
    const close = text.indexOf(']');
    return '{' + goType(text.slice(4, close), home) + '}' + goType(text.slice(close + 1), home);
  }
  if (text.startsWith('interface')) return 'any';
  if (PRIMITIVE.has(text)) return text;
  let dir = home.dir, name = text;
  if (text.includes('.')) {
    const [alias, n] = text.split('.');
    if (!home.imports.has(alias)) throw new Error('unknown import ' + alias + ' in ' + home.dir);
    dir = dirOf(home.imports.get(alias));
    name = n;
  }
  const full = shortPackage(dir) + '.' + name;
  const definition = goPackage(dir).get(name);
  if (definition?.named !== undefined && !named.has(full)) {
    named.set(full, '');
    named.set(full, goType(definition.named, definition));
  }
  return full;
}
function flatten(struct) {
  const list = [];
  for (const f of struct.fields) {
    if (!f.inline) { list.push({ ...f, go: goType(f.type, struct) }); continue; }
    const [dir, name] = f.type.replace('*', '').includes('.') ? [dirOf(struct.imports.get(f.type.replace('*', '').split('.')[0])), f.type.split('.')[1]] : [struct.dir, f.type.replace('*', '')];
    const inner = goPackage(dir).get(name);
    if (!inner?.fields) throw new Error('inlined ' + f.type);
    // Go's decoder names the embedded struct in the path of a wrong field.
    list.push(...flatten(inner).map((g) => ({ ...g, embedded: g.embedded ? name + '.' + g.embedded : name })));
  }
  return list;
}

const lines = [];
const missing = [];
for (const name of Object.keys(fields).sort()) {
  const schema = fields[name];
  const [prefix, module] = PACKAGES.find(([p]) => name.startsWith(p));
  const parts = name.slice(prefix.length).split('.');
  const struct = goPackage(join(repo(module), ...parts.slice(0, -1))).get(parts.at(-1));
  const head = {};
  if (schema['map-type']) head.m = schema['map-type'];
  if (schema.unions) head.u = schema.unions;
  if (schema.gvk) head.g = schema.gvk;
  if (!schema.fields) {
    // Types with a text form of their own: Quantity, IntOrString, Time, JSON, …
    if (schema.type) head.t = schema.type;
    if (schema.format) head.f = schema.format;
    lines.push([short(name), [head]]);
    continue;
  }
  if (!struct?.fields) { missing.push(name); continue; }
  const row = [head];
  const seen = new Set();
  for (const f of flatten(struct)) {
    const s = schema.fields[f.name];
    if (!s) { missing.push(name + '.' + f.name); continue; }
    seen.add(f.name);
    const o = {};
    if (!f.omitempty) o.k = 1;
    if (f.omitzero) o.z = 1;
    if (f.embedded && f.embedded !== 'TypeMeta') o.i = f.embedded;
    if (schema.required?.includes(f.name)) o.r = 1;
    if (s.enum) o.e = s.enum;
    if (s.items?.enum) o.ie = s.items.enum;
    if (s.default !== undefined) o.d = s.default;
    if (s['list-type']) o.l = s['list-type'];
    if (s['list-map-keys']) o.lk = s['list-map-keys'];
    if (s['map-type']) o.m = s['map-type'];
    if (s['patch-strategy']) o.p = s['patch-strategy'];
    if (s['patch-merge-key']) o.pk = s['patch-merge-key'];
    if (s.format && !['int32', 'int64', 'byte', 'double'].includes(s.format)) o.f = s.format;
    row.push(Object.keys(o).length ? [f.name, f.go, o] : [f.name, f.go]);
  }
  for (const f of Object.keys(schema.fields)) if (!seen.has(f)) missing.push(name + '.' + f + ' (no Go field)');
  lines.push([short(name), row]);
}
for (const [name, type] of [...named].sort()) if (!lines.some((l) => l[0] === name)) lines.push([name, type]);

const text = lines.map(([name, row]) => name + '\t' + JSON.stringify(row)).join('\n');
const module = (comment, name, value) => `// Generated by scripts/condense-api.mjs from a running kube-apiserver 1.36.3. Do not edit.\n// ${comment}\nexport const ${name}: string = ${JSON.stringify(value).replace(/[^\x20-\x7e]/g, (c) => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'))};\n`;
// Single quotes around the text spare the escapes of JSON's own.
const quoted = (comment, name, value) => {
  if (/[`\\]|\$\{/.test(value)) return module(comment, name, value);
  return `// Generated by scripts/condense-api.mjs from a running kube-apiserver 1.36.3. Do not edit.\n// ${comment}\nexport const ${name}: string = \`${value}\`;\n`;
};
writeFileSync(join(out, 'types.ts'), quoted('A line per type: name, tab, JSON. Read by ../schema.ts, which explains the form.', 'TYPES', text));

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const verbs = (list) => VERBS.map((v, i) => (list.includes(v) ? 1 << i : 0)).reduce((a, b) => a | b, 0);
const discovery = JSON.parse(readFileSync(join(golden, 'discovery.json'), 'utf8'));
const resources = discovery.map((r) => [r.group, r.version, r.resource, r.kind, r.singular, r.scope === 'Namespaced' ? 1 : 0, verbs(r.verbs), r.shortNames ?? [], r.categories ?? [],
  r.subresources.map((s) => [s.name, s.kind, s.group ?? '', s.version ?? '', verbs(s.verbs)])]);
writeFileSync(join(out, 'resources.ts'), quoted('A line per resource in the order of discovery. Read by ../resources.ts.', 'RESOURCES', resources.map((r) => JSON.stringify(r)).join('\n')));

const columns = JSON.parse(readFileSync(join(golden, 'columns.json'), 'utf8'));
writeFileSync(join(out, 'columns.ts'), quoted('Table columns by <resource>.<version>[.<group>]: [name, type, format, priority]. Read by ../columns.ts.', 'COLUMNS', Object.entries(columns).map(([k, v]) => k + '\t' + JSON.stringify(v)).join('\n')));

const bootstrap = readFileSync(join(golden, 'bootstrap.jsonl'), 'utf8').trim();
writeFileSync(join(out, 'bootstrap.ts'), module('Objects that a fresh server makes by itself, one JSON document a line. Read by ../bootstrap.ts.', 'BOOTSTRAP', bootstrap));
if (missing.length) console.error('without counterpart:\n  ' + missing.join('\n  '));
console.log(lines.length + ' types, ' + resources.length + ' resources');
