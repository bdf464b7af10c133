/**
 * Roles and bindings.
 * Upstream: pkg/apis/rbac/validation/validation.go
 * Left out: nothing.
 */
import type { FieldError, Path } from '../../apimachinery/field-error.ts';
import { invalid, notSupported, path, required } from '../../apimachinery/field-error.ts';
import { isPathSegmentName, isValidLabelValue, nameIsDNSSubdomain, type NameCheck } from '../../apimachinery/validation-strings.ts';
import { complain, has, list, selectorParses, validateLabelSelector, type Errs, type Obj } from './field-checks.ts';
import { toInternal } from './internal-form.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts';

const GROUP = 'rbac.authorization.k8s.io';
const rbacName: NameCheck = (name) => isPathSegmentName(name);

function policyRule(errs: Errs, r: Obj, namespaced: boolean, at: Path): void {
  if (list(r.verbs).length === 0) errs.push(required(at.child('verbs'), 'verbs must contain at least one value'));
  const urls = list(r.nonResourceURLs);
  if (urls.length > 0) {
    if (namespaced) errs.push(invalid(at.child('nonResourceURLs'), urls, 'namespaced rules cannot apply to non-resource URLs'));
    if (list(r.apiGroups).length > 0 || list(r.resources).length > 0 || list(r.resourceNames).length > 0) {
      errs.push(invalid(at.child('nonResourceURLs'), urls, 'rules cannot apply to both regular resources and non-resource URLs'));
    }
    return;
  }
  if (list(r.apiGroups).length === 0) errs.push(required(at.child('apiGroups'), 'resource rules must supply at least one api group'));
  if (list(r.resources).length === 0) errs.push(required(at.child('resources'), 'resource rules must supply at least one resource'));
}

function validateRole(errs: Errs, role: Obj, namespaced: boolean, allowInvalidValues: boolean): void {
  validateObjectMeta(errs, role.metadata, namespaced, rbacName);
  list(role.rules).forEach((r, i) => policyRule(errs, r, namespaced, path('rules').index(i)));
  if (namespaced || !has(role.aggregationRule)) return;
  const at = path('aggregationRule', 'clusterRoleSelectors');
  const selectors = list(role.aggregationRule.clusterRoleSelectors);
  if (selectors.length === 0) errs.push(required(at, 'at least one clusterRoleSelector required if aggregationRule is non-nil'));
  selectors.forEach((s, i) => {
    validateLabelSelector(errs, s, at.index(i), allowInvalidValues);
    // Upstream shows the selector it failed to make: nil.
    if (!selectorParses(s)) errs.push(invalid(at.index(i), null, 'invalid label selector.'));
  });
}

function subject(errs: Errs, s: Obj, namespaced: boolean, at: Path): void {
  const group: string = s.apiGroup ?? '';
  if (!s.name) errs.push(required(at.child('name'), ''));
  switch (s.kind) {
    case 'ServiceAccount':
      if (s.name) complain(errs, at.child('name'), s.name, nameIsDNSSubdomain(s.name, false));
      if (group !== '') errs.push(notSupported(at.child('apiGroup'), group, ['']));
      if (!namespaced && !s.namespace) errs.push(required(at.child('namespace'), ''));
      break;
    case 'User': case 'Group':
      if (group !== GROUP) errs.push(notSupported(at.child('apiGroup'), group, [GROUP]));
      break;
    default: errs.push(notSupported(at.child('kind'), s.kind ?? '', ['ServiceAccount', 'User', 'Group']));
  }
}

function validateBinding(errs: Errs, b: Obj, namespaced: boolean): void {
  const ref = b.roleRef ?? {}; const at = path('roleRef');
  validateObjectMeta(errs, b.metadata, namespaced, rbacName);
  if ((ref.apiGroup ?? '') !== GROUP) errs.push(notSupported(at.child('apiGroup'), ref.apiGroup ?? '', [GROUP]));
  const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  if (!kinds.includes(ref.kind ?? '')) errs.push(notSupported(at.child('kind'), ref.kind ?? '', kinds));
  if (!ref.name) errs.push(required(at.child('name'), ''));
  else complain(errs, at.child('name'), ref.name, isPathSegmentName(ref.name));
  list(b.subjects).forEach((s, i) => subject(errs, s, namespaced, path('subjects').index(i)));
}

interface Validation { readonly validateCreate: (obj: Obj) => FieldError[]; readonly validateUpdate: (obj: Obj, old: Obj) => FieldError[] }

function role(namespaced: boolean): Validation {
  return {
    validateCreate(r) { const errs: FieldError[] = []; validateRole(errs, r, namespaced, false); return errs; },
    validateUpdate(r, old) {
      const errs: FieldError[] = [];
      const lax = list(old.aggregationRule?.clusterRoleSelectors).some((s) => list(s.matchExpressions).some((e) => list(e.values).some((v) => isValidLabelValue(v).length > 0)));
      validateRole(errs, r, namespaced, lax);
      validateObjectMetaUpdate(errs, r.metadata, old.metadata);
      return errs;
    },
  };
}

function binding(namespaced: boolean): Validation {
  return {
    validateCreate(b) { const errs: FieldError[] = []; validateBinding(errs, b, namespaced); return errs; },
    validateUpdate(b, old) {
      const errs: FieldError[] = [];
      validateBinding(errs, b, namespaced);
      validateObjectMetaUpdate(errs, b.metadata, old.metadata);
      const now = b.roleRef ?? {}; const before = old.roleRef ?? {};
      if (['apiGroup', 'kind', 'name'].some((f) => (now[f] ?? '') !== (before[f] ?? ''))) errs.push(invalid(path('roleRef'), toInternal('rbac.RoleRef', now), 'cannot change roleRef'));
      return errs;
    },
  };
}

export const roleValidation = role(true);
export const clusterRoleValidation = role(false);
export const roleBindingValidation = binding(true);
export const clusterRoleBindingValidation = binding(false);
