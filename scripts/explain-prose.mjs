#!/usr/bin/env node
// Builds the prose of `kubectl explain` and the editor's hover texts from @kubernetes/client-node's generated models:
// dist/page/explain-prose.json and dist/cli/explain-prose.json, {"<our type name>": {"": text, "<field>": text}}. Not committed.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const models = join(root, 'node_modules/@kubernetes/client-node/dist/gen/models');
const types = readFileSync(join(root, 'src/k8s/api/generated/types.ts'), 'utf8');

/** Models by name without case: V1PodSpec, AdmissionregistrationV1ServiceReference. */
const files = new Map(readdirSync(models).filter((f) => f.endsWith('.d.ts')).map((f) => [f.slice(0, -5).toLowerCase(), f]));

const text = (comment) => comment.replace(/^\s*\* ?/gm, '').replace(/\\(["`'])/g, '$1').replace(/\s+$/g, '').trim();

function read(file) {
  const source = readFileSync(join(models, file), 'utf8');
  const entry = {};
  const head = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export declare class/.exec(source);
  if (head) entry[''] = text(head[1]);
  for (const m of source.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*'([^']+)'\??:/g)) entry[m[2].replace(/^_/, '')] = text(m[1]);
  return entry;
}

const out = {};
for (const line of types.split('\n')) {
  const name = /^(?:export const TYPES: string = `)?([a-z][\w.-]*\.[A-Za-z]\w*)\t/.exec(line)?.[1];
  if (!name) continue;
  const parts = name.split('.');
  const [kind, version] = [parts.at(-1), parts.at(-2)];
  const group = parts.slice(0, -2).join('');
  const file = files.get(`${version}${kind}`.toLowerCase()) ?? files.get(`${group}${version}${kind}`.toLowerCase());
  if (file) out[name] = read(file);
}

for (const folder of ['dist/page', 'dist/cli']) {
  mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, folder, 'explain-prose.json'), JSON.stringify(out));
}
