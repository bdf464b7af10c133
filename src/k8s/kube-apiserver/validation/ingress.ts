/**
 * Ingresses.
 * Upstream: ValidateIngressCreate & co. in pkg/apis/networking/validation/validation.go, pkg/registry/networking/ingress/strategy.go (warnings)
 * Left out: nothing (gate RelaxedServiceNameValidation is on).
 */
import type { FieldError, Path } from '../../apimachinery/field-error.ts';
import { invalid, notSupported, path, required } from '../../apimachinery/field-error.ts';
import { isDNS1123Subdomain, isPathSegmentName, isValidPortName, isValidPortNum, isWildcardDNS1123Subdomain, nameIsDNSLabel, nameIsDNSSubdomain } from '../../apimachinery/validation-strings.ts';
import { parseIp } from '../../apimachinery/ip.ts';
import { complain, has, legacyIP, list, type Errs, type Obj } from './field-checks.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts';

const SPEC = path('spec');
const CLASS = 'kubernetes.io/ingress.class';

function host(errs: Errs, name: string, at: Path): void {
  complain(errs, at, name, name.includes('*') ? isWildcardDNS1123Subdomain(name) : isDNS1123Subdomain(name));
}

function backend(errs: Errs, b: Obj, at: Path): void {
  const r = b?.resource; const s = b?.service;
  if (has(r) && has(s)) { errs.push(invalid(at, '', 'cannot set both resource and service backends')); return; }
  if (has(r)) {
    const rp = at.child('resource');
    if (has(r.apiGroup)) complain(errs, rp.child('apiGroup'), r.apiGroup, isDNS1123Subdomain(r.apiGroup));
    for (const f of ['kind', 'name']) { if (!r[f]) errs.push(required(rp.child(f), '')); else complain(errs, rp.child(f), r[f], isPathSegmentName(r[f])); }
  } else if (has(s)) {
    const sp = at.child('service');
    if (!s.name) errs.push(required(sp.child('name'), ''));
    else complain(errs, sp.child('name'), s.name, nameIsDNSLabel(s.name, false));
    const name: string = s.port?.name ?? ''; const number: number = s.port?.number ?? 0;
    if (name !== '' && number !== 0) errs.push(invalid(at, '', 'cannot set both port name & port number'));
    else if (name !== '') complain(errs, sp.child('port', 'name'), name, isValidPortName(name));
    else if (number !== 0) complain(errs, sp.child('port', 'number'), number, isValidPortNum(number));
    else errs.push(required(at, 'port name or number is required'));
  } else errs.push(invalid(at, '', 'resource or service backend is required'));
}

function httpPath(errs: Errs, p: Obj, at: Path): void {
  if (!has(p.pathType)) { errs.push(required(at.child('pathType'), 'pathType must be specified')); return; }
  const text: string = p.path ?? ''; const pp = at.child('path');
  if (p.pathType === 'Exact' || p.pathType === 'Prefix') {
    if (!text.startsWith('/')) errs.push(invalid(pp, text, 'must be an absolute path'));
    for (const s of ['//', '/./', '/../', '%2f', '%2F']) if (text.includes(s)) errs.push(invalid(pp, text, `must not contain '${s}'`));
    for (const s of ['/..', '/.']) if (text.endsWith(s)) errs.push(invalid(pp, text, `cannot end with '${s}'`));
  } else if (p.pathType === 'ImplementationSpecific') { if (text !== '' && !text.startsWith('/')) errs.push(invalid(pp, text, 'must be an absolute path')); }
  else errs.push(notSupported(at.child('pathType'), p.pathType, ['Exact', 'ImplementationSpecific', 'Prefix']));
  backend(errs, p.backend, at.child('backend'));
}

function validateIngress(errs: Errs, ing: Obj, old: Obj): void {
  const spec = ing.spec ?? {}; const rules = list(spec.rules);
  const laxSecrets = list(old?.spec?.tls).some((t) => t.secretName && isDNS1123Subdomain(t.secretName).length > 0);
  validateObjectMeta(errs, ing.metadata, true, nameIsDNSSubdomain);
  if (rules.length === 0 && !has(spec.defaultBackend)) errs.push(invalid(SPEC, has(spec.rules) ? rules : null, 'either `defaultBackend` or `rules` must be specified'));
  if (has(spec.defaultBackend)) backend(errs, spec.defaultBackend, SPEC.child('defaultBackend'));
  rules.forEach((r, i) => {
    const at = SPEC.child('rules').index(i);
    if (r.host) {
      if (parseIp(r.host) !== undefined) errs.push(invalid(at.child('host'), r.host, 'must be a DNS name, not an IP address'));
      host(errs, r.host, at.child('host'));
    }
    if (!has(r.http)) return;
    const pp = at.child('http').child('paths');
    if (list(r.http.paths).length === 0) errs.push(required(pp, ''));
    list(r.http.paths).forEach((p, j) => httpPath(errs, p, pp.index(j)));
  });
  list(spec.tls).forEach((t, i) => {
    const at = SPEC.child('tls').index(i);
    list(t.hosts).forEach((h, j) => host(errs, h, at.child('hosts').index(j)));
    if (t.secretName && !laxSecrets) complain(errs, at.child('secretName'), t.secretName, nameIsDNSSubdomain(t.secretName, false));
  });
  if (has(spec.ingressClassName)) complain(errs, SPEC.child('ingressClassName'), spec.ingressClassName, nameIsDNSSubdomain(spec.ingressClassName, false));
}

export function validateCreate(ing: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateIngress(errs, ing, undefined);
  const annotation = ing.metadata.annotations?.[CLASS];
  if (annotation !== undefined && has(ing.spec?.ingressClassName) && annotation !== ing.spec.ingressClassName) {
    errs.push(invalid(path('annotations').child(CLASS), annotation, 'must match `ingressClassName` when both are specified'));
  }
  return errs;
}

export function validateUpdate(ing: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMetaUpdate(errs, ing.metadata, old.metadata);
  validateIngress(errs, ing, old);
  return errs;
}

export function validateStatusUpdate(ing: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMetaUpdate(errs, ing.metadata, old.metadata);
  const before = list(old.status?.loadBalancer?.ingress).map((x) => x.ip ?? '');
  list(ing.status?.loadBalancer?.ingress).forEach((x, i) => {
    const at = path('status', 'loadBalancer', 'ingress').index(i);
    if (x.ip) legacyIP(errs, at.child('ip'), x.ip, before);
    if (!x.hostname) return;
    complain(errs, at.child('hostname'), x.hostname, isDNS1123Subdomain(x.hostname));
    if (parseIp(x.hostname) !== undefined) errs.push(invalid(at.child('hostname'), x.hostname, 'must be a DNS name, not an IP address'));
  });
  return errs;
}

export function warnings(ing: Obj, old?: Obj): string[] {
  return old === undefined && ing.metadata.annotations?.[CLASS] !== undefined && !has(ing.spec?.ingressClassName) ? [`annotation "${CLASS}" is deprecated, please use 'spec.ingressClassName' instead`] : [];
}
