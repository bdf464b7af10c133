/**
 * StorageClasses.
 * Upstream: ValidateStorageClass, ValidateStorageClassUpdate in pkg/apis/storage/validation/validation.go, pkg/api/storage/util.go (warnings)
 * Left out: nothing.
 */
import type { FieldError } from '../../apimachinery/field-error.ts';
import { duplicate, invalid, notSupported, path, required, tooLong } from '../../apimachinery/field-error.ts';
import { nameIsDNSSubdomain } from '../../apimachinery/validation-strings.ts';
import { utf8Length } from '../../apimachinery/utf8.ts';
import { validateTopologySelectorTerm } from './affinity.ts';
import { asciiLower, has, list, qualifiedName, sortedKeys, type Errs, type Obj } from './field-checks.ts';
import { sortedMap } from './internal-form.ts';
import { immutableField, validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts';
import { deprecatedNodeLabel } from './pod-warnings.ts';

function parameters(errs: Errs, params: Obj): void {
  const at = path('parameters'); const keys = sortedKeys(params);
  if (keys.length > 512) { errs.push(tooLong(at, '', 512)); return; }
  let total = 0;
  for (const k of keys) {
    if (k === '') errs.push(invalid(at, k, 'field can not be empty.'));
    total += utf8Length(k) + utf8Length(params[k] ?? '');
  }
  if (total > 262144) errs.push(tooLong(at, '', 262144));
}

const sameTerms = (a: ReadonlyMap<string, ReadonlySet<string>>, b: ReadonlyMap<string, ReadonlySet<string>>): boolean =>
  a.size === b.size && [...a].every(([k, v]) => { const o = b.get(k); return o !== undefined && o.size === v.size && [...v].every((x) => o.has(x)); });

export function validateCreate(sc: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMeta(errs, sc.metadata, false, nameIsDNSSubdomain);
  if (!sc.provisioner) errs.push(required(path('provisioner'), ''));
  else qualifiedName(errs, asciiLower(sc.provisioner), path('provisioner'));
  parameters(errs, sc.parameters);
  if (sc.reclaimPolicy && sc.reclaimPolicy !== 'Delete' && sc.reclaimPolicy !== 'Retain') errs.push(notSupported(path('reclaimPolicy'), sc.reclaimPolicy, ['Delete', 'Retain']));
  const mode = sc.volumeBindingMode;
  if (!has(mode)) errs.push(required(path('volumeBindingMode'), ''));
  else if (mode !== 'Immediate' && mode !== 'WaitForFirstConsumer') errs.push(notSupported(path('volumeBindingMode'), mode, ['Immediate', 'WaitForFirstConsumer']));
  const seen: ReadonlyMap<string, ReadonlySet<string>>[] = [];
  list(sc.allowedTopologies).forEach((t, i) => {
    const at = path('allowedTopologies').index(i);
    const terms = validateTopologySelectorTerm(errs, t, at);
    for (const s of seen) if (sameTerms(s, terms)) errs.push(duplicate(at.child('matchLabelExpressions'), ''));
    seen.push(terms);
  });
  return errs;
}

export function validateUpdate(sc: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMetaUpdate(errs, sc.metadata, old.metadata);
  immutableField(errs, sc.parameters, old.parameters, path('parameters'), sortedMap(sc.parameters));
  for (const f of ['provisioner', 'reclaimPolicy', 'volumeBindingMode']) immutableField(errs, sc[f], old[f], path(f));
  return errs;
}

export function warnings(sc: Obj): string[] {
  const out: string[] = [];
  list(sc.allowedTopologies).forEach((t, i) => list(t.matchLabelExpressions).forEach((e, j) => {
    const why = deprecatedNodeLabel(e.key ?? '');
    if (why !== undefined) out.push(`allowedTopologies[${i}].matchLabelExpressions[${j}].key: ${why}`);
  }));
  return out;
}
