/**
 * The refusal of an admission plugin.
 * Upstream: staging/src/k8s.io/apiserver/pkg/admission/errors.go NewForbidden
 */
import type { Status } from '../../api/types.ts';
import { forbidden } from '../../apimachinery/status-errors.ts';
import type { Attributes } from './plugin.ts';

/** Names the object by its name, else by what its name will begin with. */
export function forbid(a: Attributes, why: string): Status {
  const name = a.name || a.object?.metadata.name || a.object?.metadata.generateName || 'Unknown';
  return forbidden(a.resource.gr, name, why);
}

export const isPods = (a: Attributes): boolean => a.resource.resource === 'pods' && a.resource.group === '';
