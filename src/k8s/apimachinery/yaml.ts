/**
 * YAML as sigs.k8s.io/yaml reads it. The scanner follows in the next commit; until then JSON texts pass, which are YAML too.
 * Upstream: sigs.k8s.io/yaml, go.yaml.in/yaml/v2
 */
import { parseJson } from './json.ts';

export interface YamlDuplicate { readonly line: number; readonly key: string }
export type YamlAnswer = { readonly value: unknown; readonly duplicates: readonly YamlDuplicate[]; readonly error?: undefined } | { readonly error: string };

export function parseYaml(text: string): YamlAnswer {
  const j = parseJson(text);
  return j.error !== undefined ? { error: 'yaml: ' + j.error } : { value: j.value, duplicates: [] };
}
