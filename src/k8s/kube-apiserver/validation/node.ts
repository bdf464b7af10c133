/**
 * Nodes.
 * Upstream: ValidateNode, ValidateNodeUpdate in pkg/apis/core/validation/validation.go, pkg/registry/core/node/strategy.go
 * Left out: the alpha annotations of taints and avoided pods, which nothing reads any more.
 */
import type { FieldError, Path } from '../../apimachinery/field-error.ts';
import { duplicate, forbidden, internal, invalid, path, required } from '../../apimachinery/field-error.ts';
import { parseCidr } from '../../apimachinery/ip.ts';
import { isConfigMapKey, nameIsDNSLabel, nameIsDNSSubdomain, warningsForCIDR } from '../../apimachinery/validation-strings.ts';
import { complain, dualStackCIDRs, has, legacyCIDR, list, positive, quote, sortedKeys, type Errs, type Obj } from './field-checks.ts';
import { toInternal } from './internal-form.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts';
import { resourceQuantity } from './resources.ts';
import { validateTaints } from './tolerations.ts';

const POD_CIDRS = path('spec', 'podCIDRs');
const TAINTS = path('metadata', 'taints');
const FEATURE = /^[A-Z][a-zA-Z0-9]*(?:\/[a-zA-Z][a-zA-Z0-9]*)*$/;

function resources(errs: Errs, node: Obj, old: Obj): void {
  for (const f of ['capacity', 'allocatable']) {
    const map = node.status?.[f];
    if (old !== undefined && map === old.status?.[f]) continue;
    for (const k of sortedKeys(map)) resourceQuantity(errs, k, map[k], path('status', f, k));
  }
}

function declaredFeatures(errs: Errs, features: Obj): void {
  const at = path('status', 'declaredFeatures');
  const all: readonly string[] = list(features);
  all.forEach((f, i) => {
    if (f.length > 253) errs.push(invalid(at.index(i), f, `invalid feature name ${quote(f)}: must be no more than 253 characters`));
    else if (!FEATURE.test(f)) {
      errs.push(invalid(at.index(i), f, `invalid feature name ${quote(f)}: must start with an UpperCamelCase segment, with subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes`));
    }
    const next = all[i + 1];
    if (next === undefined) return;
    if (f === next) errs.push(duplicate(at.index(i + 1), next));
    else if (f > next) errs.push(invalid(at.index(i + 1), next, 'list must be sorted alphabetically'));
  });
}

function validateNode(errs: Errs, node: Obj): void {
  const spec = node.spec ?? {};
  validateObjectMeta(errs, node.metadata, false, nameIsDNSSubdomain);
  validateTaints(errs, spec.taints, TAINTS);
  resources(errs, node, undefined);
  const swap = node.status?.nodeInfo?.swap;
  if (has(swap?.capacity)) positive(errs, swap.capacity, path('metadata', 'nodeSwapStatus', 'capacity'));
  declaredFeatures(errs, node.status?.declaredFeatures);
  const cidrs = list(spec.podCIDRs);
  cidrs.forEach((c, i) => legacyCIDR(errs, POD_CIDRS.index(i), c));
  const broken = cidrs.findIndex((c) => parseCidr(c) === undefined);
  if (cidrs.length > 1 && broken >= 0) errs.push(internal(POD_CIDRS, `invalid PodCIDRs. failed to check with dual stack with error:invalid CIDR[${broken}]: <nil> (invalid CIDR address: ${cidrs[broken]})`));
  if (cidrs.length > 1 && (!dualStackCIDRs(cidrs) || cidrs.length > 2)) errs.push(invalid(POD_CIDRS, cidrs, 'may specify no more than one CIDR for each IP family'));
}

export function validateCreate(node: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateNode(errs, node);
  return errs;
}

function configSource(errs: Errs, source: Obj, at: Path, inStatus: boolean): void {
  const cm = source.configMap; const p = at.child('configMap');
  if (!has(cm)) { errs.push(invalid(at, toInternal('NodeConfigSource', source), 'exactly one reference subfield must be non-nil')); return; }
  for (const f of ['uid', 'resourceVersion']) {
    if (inStatus && !cm[f]) errs.push(required(p.child(f), ''));
    if (!inStatus && cm[f]) errs.push(forbidden(p.child(f), `${f} must not be set in spec`));
  }
  if (!cm.namespace) errs.push(required(p.child('namespace'), '')); else complain(errs, p.child('namespace'), cm.namespace, nameIsDNSLabel(cm.namespace, false));
  if (!cm.name) errs.push(required(p.child('name'), '')); else complain(errs, p.child('name'), cm.name, nameIsDNSSubdomain(cm.name, false));
  if (!cm.kubeletConfigKey) errs.push(required(p.child('kubeletConfigKey'), '')); else complain(errs, p.child('kubeletConfigKey'), cm.kubeletConfigKey, isConfigMapKey(cm.kubeletConfigKey));
}

/** Upstream: ValidateNodeUpdate, for the status sub-resource too. */
export function validateStatusUpdate(node: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  const spec = node.spec ?? {}; const oldSpec = old.spec ?? {};
  validateObjectMetaUpdate(errs, node.metadata, old.metadata);
  resources(errs, node, old);
  if (node.status?.declaredFeatures !== old.status?.declaredFeatures) declaredFeatures(errs, node.status?.declaredFeatures);
  const addresses = new Set<string>();
  list(node.status?.addresses).forEach((a, i) => {
    const key = `${a.type ?? ''}\n${a.address ?? ''}`;
    if (addresses.has(key)) errs.push(duplicate(path('status', 'addresses').index(i), toInternal('NodeAddress', a)));
    addresses.add(key);
  });
  const before = list(oldSpec.podCIDRs); const now = list(spec.podCIDRs);
  if (before.length > 0 && before !== now) {
    const why = 'node updates may not change podCIDR except from "" to valid';
    if (before.length !== now.length) errs.push(forbidden(POD_CIDRS, why));
    else before.forEach((c, i) => { if (c !== now[i]) errs.push(forbidden(POD_CIDRS, why)); });
  }
  if (oldSpec.providerID && oldSpec.providerID !== spec.providerID) errs.push(forbidden(path('spec', 'providerID'), 'node updates may not change providerID except from "" to valid'));
  if (has(spec.configSource)) configSource(errs, spec.configSource, path('spec', 'configSource'), false);
  const config = node.status?.config;
  if (has(config)) for (const f of ['assigned', 'active', 'lastKnownGood']) if (has(config[f])) configSource(errs, config[f], path('status', 'config', f), true);
  if (spec.taints !== oldSpec.taints) validateTaints(errs, spec.taints, TAINTS);
  if ((spec.externalID ?? '') !== (oldSpec.externalID ?? '')) errs.push(forbidden(path('spec', 'externalID'), 'may not be updated'));
  return errs;
}

export function validateUpdate(node: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateNode(errs, node);
  errs.push(...validateStatusUpdate(node, old));
  return errs;
}

export function warnings(node: Obj): string[] {
  const out: string[] = [];
  if (has(node.spec?.configSource)) out.push('spec.configSource: the feature is removed');
  if (node.spec?.externalID) out.push('spec.externalID: this field is deprecated, and is unused by Kubernetes');
  list(node.spec?.podCIDRs).forEach((c, i) => out.push(...warningsForCIDR(POD_CIDRS.index(i), c)));
  return out;
}
