/**
 * ConfigMaps.
 * Upstream: ValidateConfigMap, ValidateConfigMapUpdate in pkg/apis/core/validation/validation.go
 * Left out: nothing.
 */
import type { FieldError } from '../../apimachinery/field-error.ts';
import { forbidden, invalid, path, tooLong } from '../../apimachinery/field-error.ts';
import { isConfigMapKey, nameIsDNSSubdomain } from '../../apimachinery/validation-strings.ts';
import { utf8Length } from '../../apimachinery/utf8.ts';
import { base64Length } from './base64-length.ts';
import { complain, sortedKeys, type Errs, type Obj } from './field-checks.ts';
import { jsonEqual } from './internal-form.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts';

export const MAX_DATA = 1024 * 1024;
const DATA = path('data');
const BINARY = path('binaryData');

function validateConfigMap(errs: Errs, cm: Obj): void {
  validateObjectMeta(errs, cm.metadata, true, nameIsDNSSubdomain);
  let total = 0;
  for (const k of sortedKeys(cm.data)) {
    complain(errs, DATA.key(k), k, isConfigMapKey(k));
    if (cm.binaryData !== undefined && Object.hasOwn(cm.binaryData, k)) errs.push(invalid(DATA.key(k), k, 'duplicate of key present in binaryData'));
    total += utf8Length(cm.data[k]);
  }
  for (const k of sortedKeys(cm.binaryData)) {
    complain(errs, BINARY.key(k), k, isConfigMapKey(k));
    total += base64Length(cm.binaryData[k]);
  }
  if (total > MAX_DATA) errs.push(tooLong(path(''), '', MAX_DATA));
}

export function validateCreate(cm: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateConfigMap(errs, cm);
  return errs;
}

/** What an object marked immutable may not change. */
export function immutableData(errs: Errs, now: Obj, old: Obj, fields: readonly string[]): void {
  if (old.immutable !== true) return;
  const why = 'field is immutable when `immutable` is set';
  if (now.immutable !== true) errs.push(forbidden(path('immutable'), why));
  for (const f of fields) if (!jsonEqual(now[f], old[f])) errs.push(forbidden(path(f), why));
}

export function validateUpdate(cm: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMetaUpdate(errs, cm.metadata, old.metadata);
  immutableData(errs, cm, old, ['data', 'binaryData']);
  validateConfigMap(errs, cm);
  return errs;
}
