/**
 * NetworkPolicies.
 * Upstream: ValidateNetworkPolicy & co. in pkg/apis/networking/validation/validation.go, pkg/registry/networking/networkpolicy/strategy.go (warnings)
 * Left out: nothing.
 */
import type { FieldError, Path } from '../../apimachinery/field-error.ts';
import { forbidden, invalid, notSupported, path, required } from '../../apimachinery/field-error.ts';
import { isValidPortName, isValidPortNum, nameIsDNSSubdomain, warningsForCIDR } from '../../apimachinery/validation-strings.ts';
import { cidrContains, maskedIp, parseCidr } from '../../apimachinery/ip.ts';
import { complain, has, legacyCIDR, list, validateLabelSelector, type Errs, type Obj } from './field-checks.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts';

const SPEC = path('spec');
const SIDES = [['ingress', 'from'], ['egress', 'to']] as const;

interface Lax { readonly values: boolean; readonly cidrs: readonly string[] }

function port(errs: Errs, p: Obj, at: Path): void {
  if (has(p.protocol) && !['TCP', 'UDP', 'SCTP'].includes(p.protocol)) errs.push(notSupported(at.child('protocol'), p.protocol, ['TCP', 'UDP', 'SCTP']));
  const end = p.endPort; const ep = at.child('endPort');
  if (typeof p.port === 'number') {
    complain(errs, at.child('port'), p.port, isValidPortNum(p.port));
    if (!has(end)) return;
    if (end < p.port) errs.push(invalid(ep, p.port, 'must be greater than or equal to `port`'));
    complain(errs, ep, end, isValidPortNum(end));
  } else if (has(p.port)) {
    if (has(end)) errs.push(invalid(ep, end, 'may not be specified when `port` is non-numeric'));
    complain(errs, at.child('port'), p.port, isValidPortName(p.port));
  } else if (has(end)) errs.push(invalid(ep, end, 'may not be specified when `port` is not specified'));
}

function ipBlock(errs: Errs, b: Obj, at: Path, lax: Lax): void {
  if (!b.cidr) { errs.push(required(at.child('cidr'), '')); return; }
  legacyCIDR(errs, at.child('cidr'), b.cidr, lax.cidrs);
  const whole = parseCidr(b.cidr);
  if (whole === undefined) return;
  list(b.except).forEach((e, i) => {
    const p = at.child('except').index(i);
    legacyCIDR(errs, p, e, lax.cidrs);
    const part = parseCidr(e);
    if (part !== undefined && (!cidrContains(whole, maskedIp(part)) || whole.length >= part.length)) errs.push(invalid(p, e, 'must be a strict subset of `cidr`'));
  });
}

function peer(errs: Errs, p: Obj, at: Path, lax: Lax): void {
  let n = 0;
  for (const f of ['podSelector', 'namespaceSelector']) if (has(p[f])) { n++; validateLabelSelector(errs, p[f], at.child(f), lax.values); }
  if (has(p.ipBlock)) { n++; ipBlock(errs, p.ipBlock, at.child('ipBlock'), lax); }
  if (n === 0) errs.push(required(at, 'must specify a peer'));
  else if (n > 1 && has(p.ipBlock)) errs.push(forbidden(at, 'may not specify both ipBlock and another peer'));
}

function validateSpec(errs: Errs, spec: Obj, lax: Lax): void {
  validateLabelSelector(errs, spec.podSelector, SPEC.child('podSelector'), lax.values);
  for (const [side, peers] of SIDES) {
    list(spec[side]).forEach((r, i) => {
      const at = SPEC.child(side).index(i);
      list(r.ports).forEach((p, j) => port(errs, p, at.child('ports').index(j)));
      list(r[peers]).forEach((p, j) => peer(errs, p, at.child(peers).index(j), lax));
    });
  }
  const types = list(spec.policyTypes); const tp = SPEC.child('policyTypes');
  if (types.length > 2) { errs.push(invalid(tp, types, 'may not specify more than two policyTypes')); return; }
  types.forEach((t, i) => { if (t !== 'Ingress' && t !== 'Egress') errs.push(notSupported(tp.index(i), t, ['Ingress', 'Egress'])); });
}

export function validateCreate(np: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMeta(errs, np.metadata, true, nameIsDNSSubdomain);
  validateSpec(errs, np.spec ?? {}, { values: false, cidrs: [] });
  return errs;
}

/** Every address block with its path. */
function blocks(spec: Obj): (readonly [Obj, Path])[] {
  return SIDES.flatMap(([side, peers]) => list(spec?.[side]).flatMap((r, i) => list(r[peers]).flatMap((p, j) =>
    has(p.ipBlock) ? [[p.ipBlock, SPEC.child(side).index(i).child(peers).index(j).child('ipBlock')] as const] : [])));
}

export function validateUpdate(np: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  const before: FieldError[] = [];
  validateLabelSelector(before, old.spec?.podSelector, SPEC);
  validateObjectMetaUpdate(errs, np.metadata, old.metadata);
  validateSpec(errs, np.spec ?? {}, { values: before.length > 0, cidrs: blocks(old.spec).flatMap(([b]) => [b.cidr, ...list(b.except)]) });
  return errs;
}

export function warnings(np: Obj): string[] {
  return blocks(np.spec).flatMap(([b, at]) => [...warningsForCIDR(at.child('cidr'), b.cidr ?? ''), ...list(b.except).flatMap((e, k) => warningsForCIDR(at.child('except').index(k), e))]);
}
