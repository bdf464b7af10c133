/**
 * Resources that CustomResourceDefinitions add.
 * Upstream: discovery of apiextensions-apiserver
 * Left out: versions that are not served.
 */
import type { KubeList } from '../api/types.ts';
import type { Mapping } from './mapper.ts';
import { lower } from './mapper.ts';

/** A mapping per served version of every established definition, stored version first. */
export function mappingsOfDefinitions(list: KubeList): readonly Mapping[] {
  const out: Mapping[] = [];
  for (const crd of list.items ?? []) {
    const spec = crd.spec ?? {};
    const names = spec.names ?? {};
    for (const version of spec.versions ?? []) {
      if (version.served !== true) continue;
      out.push({
        group: String(spec.group ?? ''), version: String(version.name ?? ''), resource: String(names.plural ?? ''), kind: String(names.kind ?? ''),
        singular: String(names.singular ?? lower(String(names.kind ?? ''))), namespaced: spec.scope === 'Namespaced',
        shortNames: names.shortNames ?? [], categories: names.categories ?? [],
        verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
        subresources: [...(version.subresources?.status ? ['status'] : []), ...(version.subresources?.scale ? ['scale'] : [])],
      });
    }
  }
  return out;
}
