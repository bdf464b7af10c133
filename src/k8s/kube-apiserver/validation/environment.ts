/**
 * Environment variables of containers.
 * Upstream: ValidateEnv, ValidateEnvFrom, validateEnvVarValueFrom in pkg/apis/core/validation/validation.go
 * Left out: nothing (gates RelaxedEnvironmentVariableValidation and EnvFiles are on).
 */
import type { Path } from '../../apimachinery/field-error.ts';
import { invalid, required } from '../../apimachinery/field-error.ts';
import { isConfigMapKey, isRelaxedEnvVarName, nameIsDNSSubdomain } from '../../apimachinery/validation-strings.ts';
import { complain, dns1123Label, has, list, noBacksteps, type Errs, type Obj } from './field-checks.ts';
import { ENV_FIELDS, objectFieldSelector, resourceFieldSelector } from './projected-volumes.ts';

function keySelector(errs: Errs, s: Obj, at: Path): void {
  complain(errs, at.child('name'), s.name ?? '', nameIsDNSSubdomain(s.name ?? '', false));
  if (!s.key) errs.push(required(at.child('key'), ''));
  else complain(errs, at.child('key'), s.key, isConfigMapKey(s.key));
}

function fileKeySelector(errs: Errs, s: Obj, at: Path): void {
  if (!s.key) errs.push(required(at.child('key'), ''));
  else complain(errs, at.child('key'), s.key, isRelaxedEnvVarName(s.key));
  if (!s.volumeName) errs.push(required(at.child('volumeName'), ''));
  else dns1123Label(errs, s.volumeName, at.child('volumeName'));
  if (!s.path) errs.push(required(at.child('path'), ''));
  else noBacksteps(errs, s.path, at.child('path'));
}

function valueFrom(errs: Errs, from: Obj, value: string | undefined, at: Path): void {
  let n = 0;
  if (has(from.fieldRef)) { n++; objectFieldSelector(errs, from.fieldRef, ENV_FIELDS, at.child('fieldRef')); }
  if (has(from.resourceFieldRef)) { n++; resourceFieldSelector(errs, from.resourceFieldRef, at.child('resourceFieldRef'), false); }
  if (has(from.configMapKeyRef)) { n++; keySelector(errs, from.configMapKeyRef, at.child('configMapKeyRef')); }
  if (has(from.secretKeyRef)) { n++; keySelector(errs, from.secretKeyRef, at.child('secretKeyRef')); }
  if (has(from.fileKeyRef)) { n++; fileKeySelector(errs, from.fileKeyRef, at.child('fileKeyRef')); }
  if (n === 0) errs.push(invalid(at, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'));
  else if (value) errs.push(invalid(at, '', 'may not be specified when `value` is not empty'));
  else if (n > 1) errs.push(invalid(at, '', 'may not have more than one field specified at a time'));
}

export function validateEnv(errs: Errs, vars: Obj, at: Path): void {
  list(vars).forEach((v, i) => {
    if (!v.name) errs.push(required(at.index(i).child('name'), ''));
    else {
      const bad = isRelaxedEnvVarName(v.name);
      if (bad.length > 0) complain(errs, at.index(i).child('name'), v.name, bad);
    }
    if (has(v.valueFrom)) valueFrom(errs, v.valueFrom, v.value, at.index(i).child('valueFrom'));
  });
}

export function validateEnvFrom(errs: Errs, sources: Obj, at: Path): void {
  list(sources).forEach((s, i) => {
    const p = at.index(i);
    if (s.prefix) complain(errs, p.child('prefix'), s.prefix, isRelaxedEnvVarName(s.prefix));
    let n = 0;
    for (const f of ['configMapRef', 'secretRef']) {
      if (!has(s[f])) continue;
      n++;
      const name: string = s[f].name ?? '';
      if (name === '') errs.push(required(p.child(f).child('name'), ''));
      else complain(errs, p.child(f).child('name'), name, nameIsDNSSubdomain(name, true));
    }
    if (n === 0) errs.push(invalid(at, '', 'must specify one of: `configMapRef` or `secretRef`'));
    else if (n > 1) errs.push(invalid(at, '', 'may not have more than one field specified at a time'));
  });
}
