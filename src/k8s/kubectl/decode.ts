/**
 * The texts of manifests, taken apart into documents; and objects back into YAML. A thin layer over apimachinery's codecs.
 * Upstream: k8s.io/apimachinery/pkg/util/yaml/decoder.go (YAMLOrJSONDecoder)
 * Left out: YAML streams that change to JSON half way.
 */
import { parseJson } from '../apimachinery/json.ts';
import type { Parsed } from '../apimachinery/parsed.ts';
import { parseYaml, splitYamlDocuments } from '../apimachinery/yaml.ts';
import { toYaml } from '../apimachinery/yaml-emit.ts';

/** Every document of a YAML or JSON text, empty ones as null. The error is that of the first bad document. */
export function decodeDocuments(text: string): Parsed<readonly unknown[]> {
  const out: unknown[] = [];
  if (/^\s*[{[]/.test(text) && !/^---/m.test(text)) {
    for (const part of jsonDocuments(text)) {
      const json = parseJson(part);
      if (json.error !== undefined) return { error: json.error };
      out.push(json.value);
    }
    return { value: out };
  }
  for (const part of splitYamlDocuments(text)) {
    const parsed = parseYaml(part.text);
    if (parsed.error !== undefined) return { error: `error converting YAML to JSON: ${parsed.error.startsWith('yaml:') ? '' : 'yaml: '}${parsed.error}` };
    out.push(parsed.value);
  }
  return { value: out };
}

/** JSON documents one after the other. */
function jsonDocuments(text: string): string[] {
  const out: string[] = [];
  let depth = 0;
  let start = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) { if (c === '\\') i++; else if (c === '"') quoted = false; continue; }
    if (c === '"') quoted = true;
    else if (c === '{' || c === '[') depth++;
    else if ((c === '}' || c === ']') && --depth === 0) { out.push(text.slice(start, i + 1)); start = i + 1; }
  }
  if (text.slice(start).trim() !== '') out.push(text.slice(start));
  return out;
}

/** Block YAML with sorted keys, as sigs.k8s.io/yaml writes it. */
export function emitYaml(value: unknown): string {
  return toYaml(value);
}
