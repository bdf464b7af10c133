/**
 * The validation gate: the checks of the kind, then those that every object shares; warnings of what is valid but unwise.
 * Upstream: staging/src/k8s.io/apiserver/pkg/registry/rest/{create,update}.go
 */
import type { KubeObject, Status } from '../api/types.ts';
import { invalid } from '../apimachinery/status-errors.ts';
import type { FieldError } from '../apimachinery/field-error.ts';
import type { Exchange } from './exchange.ts';
import { VALIDATION, validateAnyCreate, validateAnyUpdate } from './validation/index-by-kind.ts';

function refusal(x: Exchange, name: string, errors: readonly FieldError[]): Status | undefined {
  if (errors.length === 0) return undefined;
  const group = VALIDATION[x.resource.group + '/' + x.resource.kind]?.errorGroup ?? x.resource.group;
  return invalid({ group, kind: x.resource.kind }, name, errors);
}

export function validateCreate(x: Exchange, object: KubeObject): Status | undefined {
  const rules = VALIDATION[x.resource.group + '/' + x.resource.kind];
  const wrong = refusal(x, object.metadata.name, rules === undefined ? validateAnyCreate(object, x.resource.namespaced) : rules.create(object));
  if (wrong !== undefined) return wrong;
  if (rules?.warnings !== undefined) x.warnings.push(...rules.warnings(object));
  return undefined;
}

export function validateUpdate(x: Exchange, object: KubeObject, old: KubeObject, subresource: string): Status | undefined {
  const rules = VALIDATION[x.resource.group + '/' + x.resource.kind];
  if (rules === undefined) return refusal(x, object.metadata.name, validateAnyUpdate(object, old));
  const check = subresource === '' || subresource === 'scale' ? rules.update : subresource === 'status' ? rules.status : rules.subresources?.[subresource];
  const wrong = refusal(x, object.metadata.name, check === undefined ? validateAnyUpdate(object, old) : check(object, old));
  if (wrong !== undefined) return wrong;
  if (subresource === '' && rules.warnings !== undefined) x.warnings.push(...rules.warnings(object, old));
  else if (subresource === 'status' && rules.statusWarnings !== undefined) x.warnings.push(...rules.statusWarnings(object));
  return undefined;
}
