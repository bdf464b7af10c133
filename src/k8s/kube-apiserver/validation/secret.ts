/**
 * Secrets.
 * Upstream: ValidateSecret, ValidateSecretUpdate in pkg/apis/core/validation/validation.go, pkg/registry/core/secret/strategy.go (warnings)
 * Left out: whether a TLS key fits its certificate: only the absence of PEM blocks is told (no X.509 here).
 */
import type { FieldError } from '../../apimachinery/field-error.ts';
import { invalid, path, required, tooLong } from '../../apimachinery/field-error.ts';
import { isConfigMapKey, nameIsDNSSubdomain } from '../../apimachinery/validation-strings.ts';
import { base64Length } from './base64-length.ts';
import { base64Text } from './base64-text.ts';
import { MAX_DATA, immutableData } from './config-map.ts';
import { complain, sortedKeys, type Errs, type Obj } from './field-checks.ts';
import { jsonObjectError } from './json-object.ts';
import { immutableField, validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts';

const DATA = path('data');
const SERVICE_ACCOUNT = 'kubernetes.io/service-account.name';

function dockerConfig(errs: Errs, data: Obj, key: string): void {
  if (data[key] === undefined) { errs.push(required(DATA.key(key), '')); return; }
  const problem = jsonObjectError(base64Text(data[key]));
  if (problem !== undefined) errs.push(invalid(DATA.key(key), '<secret contents redacted>', problem));
}

function validateSecret(errs: Errs, secret: Obj): void {
  validateObjectMeta(errs, secret.metadata, true, nameIsDNSSubdomain);
  const data = secret.data ?? {};
  let total = 0;
  for (const k of sortedKeys(data)) {
    complain(errs, DATA.key(k), k, isConfigMapKey(k));
    total += base64Length(data[k]);
  }
  if (total > MAX_DATA) errs.push(tooLong(DATA, '', MAX_DATA));
  switch (secret.type) {
    case 'kubernetes.io/service-account-token':
      if (!secret.metadata.annotations?.[SERVICE_ACCOUNT]) errs.push(required(path('metadata', 'annotations').key(SERVICE_ACCOUNT), ''));
      break;
    case 'kubernetes.io/dockercfg': dockerConfig(errs, data, '.dockercfg'); break;
    case 'kubernetes.io/dockerconfigjson': dockerConfig(errs, data, '.dockerconfigjson'); break;
    case 'kubernetes.io/basic-auth':
      if (data.username === undefined && data.password === undefined) for (const k of ['username', 'password']) errs.push(required(DATA.key(k), ''));
      break;
    case 'kubernetes.io/ssh-auth':
      if (base64Length(data['ssh-privatekey']) === 0) errs.push(required(DATA.key('ssh-privatekey'), ''));
      break;
    case 'kubernetes.io/tls':
      for (const k of ['tls.crt', 'tls.key']) if (data[k] === undefined) errs.push(required(DATA.key(k), ''));
      break;
    default:
  }
}

export function validateCreate(secret: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateSecret(errs, secret);
  return errs;
}

export function validateUpdate(secret: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMetaUpdate(errs, secret.metadata, old.metadata);
  immutableField(errs, secret.type ?? '', old.type ?? '', path('type'));
  immutableData(errs, secret, old, ['data']);
  validateSecret(errs, secret);
  return errs;
}

const PEM = /-----BEGIN [^-\n]*-----/;

/** Upstream tries the key pair; texts without a PEM block are told apart here, others pass. */
export function warnings(secret: Obj): string[] {
  if (secret.type !== 'kubernetes.io/tls') return [];
  const cert = base64Text(secret.data?.['tls.crt']); const key = base64Text(secret.data?.['tls.key']);
  if (!PEM.test(cert)) return ['tls: failed to find any PEM data in certificate input'];
  if (!PEM.test(key)) return ['tls: failed to find any PEM data in key input'];
  return [];
}
