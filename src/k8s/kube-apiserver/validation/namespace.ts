/**
 * Namespaces, and their status and finalize sub-resources.
 * Upstream: ValidateNamespace & co. in pkg/apis/core/validation/validation.go
 * Left out: nothing.
 */
import type { FieldError, Path } from '../../apimachinery/field-error.ts';
import { invalid, path } from '../../apimachinery/field-error.ts';
import { isQualifiedName, nameIsDNSLabel } from '../../apimachinery/validation-strings.ts';
import { complain, has, list, type Errs, type Obj } from './field-checks.ts';
import { kubeFinalizerName, validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts';

const FINALIZERS = path('spec', 'finalizers');

function finalizer(errs: Errs, name: string, at: Path): void {
  complain(errs, at, name, isQualifiedName(name));
  kubeFinalizerName(errs, name, at);
}

function validateNamespace(errs: Errs, ns: Obj): void {
  validateObjectMeta(errs, ns.metadata, false, nameIsDNSLabel);
  for (const f of list(ns.spec?.finalizers)) finalizer(errs, f, FINALIZERS);
}

export function validateCreate(ns: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateNamespace(errs, ns);
  return errs;
}

export function validateUpdate(ns: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateNamespace(errs, ns);
  validateObjectMetaUpdate(errs, ns.metadata, old.metadata);
  return errs;
}

export function validateStatusUpdate(ns: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMetaUpdate(errs, ns.metadata, old.metadata);
  const deleted = has(ns.metadata.deletionTimestamp);
  const phase = ns.status?.phase ?? '';
  const at = path('status', 'Phase');
  if (!deleted && phase !== 'Active') errs.push(invalid(at, phase, "may only be 'Active' if `deletionTimestamp` is empty"));
  if (deleted && phase !== 'Terminating') errs.push(invalid(at, phase, "may only be 'Terminating' if `deletionTimestamp` is not empty"));
  return errs;
}

export function validateFinalizeUpdate(ns: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMetaUpdate(errs, ns.metadata, old.metadata);
  list(ns.spec?.finalizers).forEach((f, i) => finalizer(errs, f, FINALIZERS.index(i)));
  return errs;
}
