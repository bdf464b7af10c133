/**
 * EndpointSlices.
 * Upstream: pkg/apis/discovery/validation/validation.go, pkg/registry/discovery/endpointslice/strategy.go (warnings)
 * Left out: nothing.
 */
import type { FieldError, Path } from '../../apimachinery/field-error.ts';
import { duplicate, invalid, notSupported, path, required, tooMany } from '../../apimachinery/field-error.ts';
import { isFullyQualifiedDomainName, isValidIP, isValidLabelValue, nameIsDNSSubdomain, warningsForIP } from '../../apimachinery/validation-strings.ts';
import { PROTOCOLS } from './containers.ts';
import { complain, dns1123Label, endpointIP, has, isIPv4Text, isIPv6Text, legacyIP, list, qualifiedName, size, validateLabels, type Errs, type Obj } from './field-checks.ts';
import { jsonEqual } from './internal-form.ts';
import { immutableField, validateObjectMeta } from './metadata.ts';

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6'];
const ENDPOINTS = path('endpoints');
const PORTS = path('ports');

function ports(errs: Errs, items: Obj): void {
  const all = list(items);
  if (all.length > 20000) { errs.push(tooMany(PORTS, all.length, 20000)); return; }
  const names = new Set<string>();
  all.forEach((port, i) => {
    const p = PORTS.index(i);
    const name: string = port.name ?? '';
    if (name !== '') dns1123Label(errs, name, p.child('name'));
    if (names.has(name)) errs.push(duplicate(p.child('name'), name));
    names.add(name);
    if (!has(port.protocol)) errs.push(required(p.child('protocol'), ''));
    else if (!PROTOCOLS.includes(port.protocol)) errs.push(notSupported(p.child('protocol'), port.protocol, PROTOCOLS));
    if (has(port.appProtocol)) qualifiedName(errs, port.appProtocol, p.child('appProtocol'));
  });
}

function hintNames(errs: Errs, items: Obj, at: Path, check: (name: string) => readonly string[]): boolean {
  const all = list(items);
  if (all.length > 8) { errs.push(tooMany(at, all.length, 8)); return false; }
  const seen = new Set<string>();
  all.forEach((x, i) => {
    const name: string = x.name ?? ''; const p = at.index(i).child('name');
    if (seen.has(name)) errs.push(duplicate(p, name));
    seen.add(name);
    complain(errs, p, name, check(name));
  });
  return true;
}

function address(errs: Errs, text: string, type: string, all: Path, at: Path): void {
  const before = errs.length;
  switch (type) {
    case 'IPv4':
      legacyIP(errs, at, text);
      if (errs.length > before) return;
      if (!isIPv4Text(text)) errs.push(invalid(all, text, 'must be an IPv4 address'));
      endpointIP(errs, text, at);
      break;
    case 'IPv6':
      errs.push(...isValidIP(at, text));
      if (errs.length > before) return;
      if (!isIPv6Text(text)) errs.push(invalid(all, text, 'must be an IPv6 address'));
      endpointIP(errs, text, at);
      break;
    case 'FQDN': errs.push(...isFullyQualifiedDomainName(at, text)); break;
    default:
  }
}

function endpoints(errs: Errs, items: Obj, type: string): void {
  const all = list(items);
  if (all.length > 1000) { errs.push(tooMany(ENDPOINTS, all.length, 1000)); return; }
  all.forEach((e, i) => {
    const p = ENDPOINTS.index(i); const ap = p.child('addresses');
    const addresses = list(e.addresses);
    if (addresses.length === 0) errs.push(required(ap, 'must contain at least 1 address'));
    else if (addresses.length > 100) errs.push(tooMany(ap, addresses.length, 100));
    addresses.forEach((a, j) => address(errs, a, type, ap, ap.index(j)));
    if (has(e.nodeName)) complain(errs, p.child('nodeName'), e.nodeName, nameIsDNSSubdomain(e.nodeName, false));
    if (size(e.deprecatedTopology) > 16) errs.push(tooMany(p.child('deprecatedTopology'), size(e.deprecatedTopology), 16));
    validateLabels(errs, e.deprecatedTopology, p.child('deprecatedTopology'));
    if (has(e.hostname)) dns1123Label(errs, e.hostname, p.child('hostname'));
    if (has(e.hints) && hintNames(errs, e.hints.forZones, p.child('hints').child('forZones'), isValidLabelValue)) {
      hintNames(errs, e.hints.forNodes, p.child('hints').child('forNodes'), (n) => nameIsDNSSubdomain(n, false));
    }
  });
}

function validateSlice(errs: Errs, s: Obj, old: Obj): void {
  validateObjectMeta(errs, s.metadata, true, nameIsDNSSubdomain);
  if (!s.addressType) errs.push(required(path('addressType'), ''));
  else if (!ADDRESS_TYPES.includes(s.addressType)) errs.push(notSupported(path('addressType'), s.addressType, ADDRESS_TYPES));
  ports(errs, s.ports);
  if (old === undefined || !jsonEqual(s.endpoints, old.endpoints)) endpoints(errs, s.endpoints, s.addressType ?? '');
}

export function validateCreate(s: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateSlice(errs, s, undefined);
  return errs;
}

/** Upstream does not compare the metadata; the server's generic update does so for every kind. */
export function validateUpdate(s: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateSlice(errs, s, old);
  immutableField(errs, s.addressType ?? '', old.addressType ?? '', path('addressType'));
  return errs;
}

const CONTROLLERS = new Set(['endpointslice-controller.k8s.io', 'endpointslicemirroring-controller.k8s.io']);

export function warnings(s: Obj, old?: Obj): string[] {
  const out: string[] = [];
  if (old === undefined && s.addressType === 'FQDN') out.push('spec.addressType: FQDN endpoints are deprecated');
  if (CONTROLLERS.has(s.metadata.labels?.['endpointslice.kubernetes.io/managed-by'])) return out;
  if (s.addressType === 'FQDN') return out;
  list(s.endpoints).forEach((e, i) => list(e.addresses).forEach((a, j) => out.push(...warningsForIP(ENDPOINTS.index(i).child('addresses').index(j), a))));
  return out;
}
