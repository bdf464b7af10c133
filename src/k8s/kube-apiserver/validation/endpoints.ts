/**
 * Endpoints.
 * Upstream: ValidateEndpoints in pkg/apis/core/validation/validation.go, pkg/registry/core/endpoint/strategy.go (warnings)
 * Left out: nothing.
 */
import type { FieldError } from '../../apimachinery/field-error.ts';
import { notSupported, path, required } from '../../apimachinery/field-error.ts';
import { isValidPortNum, nameIsDNSSubdomain, warningsForIP } from '../../apimachinery/validation-strings.ts';
import { PROTOCOLS } from './containers.ts';
import { complain, dns1123Label, endpointIP, has, legacyIP, list, qualifiedName, type Errs, type Obj } from './field-checks.ts';
import { jsonEqual } from './internal-form.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts';

const SUBSETS = path('subsets');

function subsets(errs: Errs, items: Obj): void {
  list(items).forEach((s, i) => {
    const at = SUBSETS.index(i);
    if (list(s.addresses).length === 0 && list(s.notReadyAddresses).length === 0) errs.push(required(at, 'must specify `addresses` or `notReadyAddresses`'));
    for (const f of ['addresses', 'notReadyAddresses']) {
      list(s[f]).forEach((a, j) => {
        const p = at.child(f).index(j);
        legacyIP(errs, p.child('ip'), a.ip ?? '');
        if (a.hostname) dns1123Label(errs, a.hostname, p.child('hostname'));
        if (has(a.nodeName)) complain(errs, p.child('nodeName'), a.nodeName, nameIsDNSSubdomain(a.nodeName, false));
        endpointIP(errs, a.ip ?? '', p.child('ip'));
      });
    }
    const ports = list(s.ports);
    ports.forEach((port, j) => {
      const p = at.child('ports').index(j);
      if (ports.length > 1 && !port.name) errs.push(required(p.child('name'), ''));
      else if (port.name) dns1123Label(errs, port.name, p.child('name'));
      complain(errs, p.child('port'), port.port ?? 0, isValidPortNum(port.port ?? 0));
      if (!port.protocol) errs.push(required(p.child('protocol'), ''));
      else if (!PROTOCOLS.includes(port.protocol)) errs.push(notSupported(p.child('protocol'), port.protocol, PROTOCOLS));
      if (has(port.appProtocol)) qualifiedName(errs, port.appProtocol, p.child('appProtocol'));
    });
  });
}

export function validateCreate(e: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMeta(errs, e.metadata, true, nameIsDNSSubdomain);
  subsets(errs, e.subsets);
  return errs;
}

/** Subsets that did not change may be wrong by today's rules. */
export function validateUpdate(e: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMetaUpdate(errs, e.metadata, old.metadata);
  validateObjectMeta(errs, e.metadata, true, nameIsDNSSubdomain);
  if (!jsonEqual(e.subsets, old.subsets)) subsets(errs, e.subsets);
  return errs;
}

export function warnings(e: Obj): string[] {
  if (e.metadata.labels?.['endpoints.kubernetes.io/managed-by'] === 'endpoint-controller') return [];
  const out: string[] = [];
  list(e.subsets).forEach((s, i) => {
    for (const f of ['addresses', 'notReadyAddresses']) list(s[f]).forEach((a, j) => out.push(...warningsForIP(SUBSETS.index(i).child(f).index(j).child('ip'), a.ip ?? '')));
  });
  return out;
}
