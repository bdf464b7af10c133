/**
 * The spec of a pod, in a Pod or in a template.
 * Upstream: ValidatePodSpec, ValidatePodTemplateSpec, ValidatePodSpecificAnnotations in pkg/apis/core/validation/validation.go
 * Left out: the scheduling group (gate GenericWorkload is off: the field is dropped before validation).
 */
import type { Path } from '../../apimachinery/field-error.ts';
import { duplicate, forbidden, invalid, notFoundValue, notSupported, path, required, tooLong } from '../../apimachinery/field-error.ts';
import { isDNS1123SubdomainWithUnderscore, nameIsDNSSubdomain } from '../../apimachinery/validation-strings.ts';
import { utf8Length } from '../../apimachinery/utf8.ts';
import { validateAffinity } from './affinity.ts';
import { validateContainers, validateEphemeralContainers, validateInitContainers, type PodContext } from './containers.ts';
import { complain, dns1123Label, dns1123Subdomain, has, legacyIP, list, qualifiedName, validateLabels, visitContainers, type Errs, type Obj } from './field-checks.ts';
import { toInternal } from './internal-form.ts';
import { validateAnnotations } from './metadata.ts';
import { DELETION_COST, validDeletionCost, type PodOptions } from './pod-options.ts';
import { containerResources, podResources } from './resources.ts';
import { hostUsersRules, osRules, podSecurityContext, profileAnnotations, profileAnnotationsMatchFields, windowsHostProcess } from './security-context.ts';
import { validateTolerations } from './tolerations.ts';
import { validateTopologySpread } from './topology-spread.ts';
import { validateVolumes } from './volumes.ts';

export const MIRROR_POD = 'kubernetes.io/config.mirror';
const NO_CLAIMS: ReadonlySet<string> = new Set();

/** Upstream: ValidatePreemptionPolicy. */
export function preemptionPolicy(errs: Errs, policy: Obj, at: Path): void {
  if (!has(policy)) return;
  if (policy === '') errs.push(required(at, ''));
  else if (policy !== 'PreemptLowerPriority' && policy !== 'Never') errs.push(notSupported(at, policy, ['PreemptLowerPriority', 'Never']));
}

/** Upstream: ValidatePodSpecificAnnotations. The alpha toleration annotation is JSON upstream no longer reads elsewhere. */
export function podAnnotations(errs: Errs, annotations: Obj, spec: Obj, at: Path, opts: PodOptions): void {
  if (!has(annotations)) return;
  if (annotations[MIRROR_POD] !== undefined && !spec.nodeName) errs.push(invalid(at.key(MIRROR_POD), annotations[MIRROR_POD], 'must set spec.nodeName if mirror pod annotation is set'));
  if (!opts.allowInvalidDeletionCost && !validDeletionCost(annotations)) errs.push(invalid(at.key(DELETION_COST), annotations[DELETION_COST], 'must be a 32bit integer'));
  profileAnnotations(errs, annotations, spec, at);
}

function resourceClaims(errs: Errs, claims: Obj, annotations: Obj, at: Path): void {
  const names = new Set<string>();
  list(claims).forEach((c, i) => {
    const p = at.index(i);
    if (has(annotations) && annotations[MIRROR_POD] !== undefined) { errs.push(forbidden(path(''), 'static pods do not support resource claims')); return; }
    if (!c.name) errs.push(required(p.child('name'), ''));
    else if (names.has(c.name)) errs.push(duplicate(p.child('name'), c.name));
    else { dns1123Label(errs, c.name, p.child('name')); names.add(c.name); }
    const byName = has(c.resourceClaimName); const byTemplate = has(c.resourceClaimTemplateName);
    if (byName && byTemplate) errs.push(invalid(p, toInternal('PodResourceClaim', c), 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified'));
    if (!byName && !byTemplate) errs.push(invalid(p, toInternal('PodResourceClaim', c), 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'));
    if (byName) complain(errs, p.child('resourceClaimName'), c.resourceClaimName, nameIsDNSSubdomain(c.resourceClaimName, false));
    if (byTemplate) complain(errs, p.child('resourceClaimTemplateName'), c.resourceClaimTemplateName, nameIsDNSSubdomain(c.resourceClaimTemplateName, false));
  });
}

const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];

function dnsConfig(errs: Errs, config: Obj, policy: string, at: Path): void {
  if (policy === 'None') {
    if (!has(config)) { errs.push(required(at, 'must provide `dnsConfig` when `dnsPolicy` is None')); return; }
    if (list(config.nameservers).length === 0) { errs.push(required(at.child('nameservers'), 'must provide at least one DNS nameserver when `dnsPolicy` is None')); return; }
  }
  if (!has(config)) return;
  const servers = list(config.nameservers); const searches = list(config.searches);
  if (servers.length > 3) errs.push(invalid(at.child('nameservers'), servers, 'must not have more than 3 nameservers'));
  servers.forEach((s, i) => legacyIP(errs, at.child('nameservers').index(i), s));
  if (searches.length > 32) errs.push(invalid(at.child('searches'), searches, 'must not have more than 32 search paths'));
  if (utf8Length(searches.join(' ')) > 2048) errs.push(invalid(at.child('searches'), searches, 'must not have more than 2048 characters (including spaces) in the search list'));
  searches.forEach((s, i) => {
    if (s === '.') return;
    const name = s.endsWith('.') ? s.slice(0, -1) : s;
    complain(errs, at.child('searches').index(i), name, isDNS1123SubdomainWithUnderscore(name));
  });
  list(config.options).forEach((o, i) => { if (!o.name) errs.push(required(at.child('options').index(i), 'must not be empty')); });
}

function hostNetworkPorts(errs: Errs, spec: Obj, at: Path, opts: PodOptions): void {
  if (spec.hostNetwork !== true) return;
  list(spec.containers).forEach((c, i) => list(c.ports).forEach((port, j) => {
    const host = port.hostPort ?? 0;
    if ((opts.isPod || host !== 0) && host !== (port.containerPort ?? 0)) {
      errs.push(invalid(at.child('containers').index(i).child('ports').index(j).child('hostPort'), host, 'must match `containerPort` when `hostNetwork` is true'));
    }
  }));
}

function schedulingGates(errs: Errs, gates: Obj, at: Path): void {
  const seen = new Set<string>();
  list(gates).forEach((g, i) => {
    const name: string = g.name ?? '';
    qualifiedName(errs, name, at.index(i));
    if (seen.has(name)) errs.push(duplicate(at.index(i), name));
    seen.add(name);
  });
}

function hostnameOverride(errs: Errs, spec: Obj, at: Path): void {
  const name = spec.hostnameOverride;
  if (!has(name)) return;
  const p = at.child('hostnameOverride');
  if (spec.setHostnameAsFQDN === true) errs.push(forbidden(p, 'may not be specified when setHostnameAsFQDN is true'));
  if (spec.hostNetwork === true) errs.push(forbidden(p, 'may not be specified when hostNetwork is true'));
  if (utf8Length(name) > 64) errs.push(tooLong(p, '', 64));
  dns1123Subdomain(errs, name, p);
}

function fileKeyVolumes(errs: Errs, spec: Obj, at: Path): void {
  visitContainers(spec, at, (c, p) => list(c.env).forEach((e, i) => {
    const ref = e.valueFrom?.fileKeyRef;
    if (!has(ref)) return;
    const name: string = ref.volumeName ?? '';
    const vp = p.child('env').index(i).child('valueFrom').child('fileKeyRef').child('volumeName');
    const volume = list(spec.volumes).findLast((v) => (v.name ?? '') === name);
    if (volume === undefined) errs.push(notFoundValue(vp, name));
    else if (!has(volume.emptyDir)) errs.push(invalid(vp, name, 'referenced volume must be of type emptyDir'));
  }));
}

/** `meta`: the Pod's metadata; undefined for templates. */
export function validatePodSpec(errs: Errs, spec: Obj, meta: Obj, at: Path, opts: PodOptions): void {
  if (!has(spec.terminationGracePeriodSeconds)) errs.push(required(at.child('terminationGracePeriodSeconds'), ''));
  const volumes = validateVolumes(errs, spec.volumes, meta?.name ?? '', at.child('volumes'), opts);
  const claimNames: ReadonlySet<string> = spec.resourceClaims === undefined ? NO_CLAIMS : new Set<string>(list(spec.resourceClaims).map((c) => c.name).filter((n) => n));
  if (spec.resourceClaims !== undefined) resourceClaims(errs, spec.resourceClaims, meta?.annotations, at.child('resourceClaims'));
  const ctx: PodContext = { spec, volumes, claimNames, opts };
  validateContainers(errs, ctx, at.child('containers'));
  if (spec.initContainers !== undefined) validateInitContainers(errs, ctx, at.child('initContainers'));
  if (spec.ephemeralContainers !== undefined) validateEphemeralContainers(errs, ctx, at.child('ephemeralContainers'));
  podResources(errs, spec, claimNames, at, opts);
  hostNetworkPorts(errs, spec, at, opts);
  const restart = spec.restartPolicy ?? '';
  if (restart === '') errs.push(required(at.child('restartPolicy'), ''));
  else if (!RESTART_POLICIES.includes(restart)) errs.push(notSupported(at.child('restartPolicy'), restart, RESTART_POLICIES));
  const dns = spec.dnsPolicy ?? '';
  if (dns === '') errs.push(required(at.child('dnsPolicy'), ''));
  else if (!DNS_POLICIES.includes(dns)) errs.push(notSupported(at.child('dnsPolicy'), dns, DNS_POLICIES));
  validateLabels(errs, spec.nodeSelector, at.child('nodeSelector'));
  podSecurityContext(errs, spec, at.child('securityContext'), opts);
  validateAffinity(errs, spec.affinity, opts, at.child('affinity'));
  dnsConfig(errs, spec.dnsConfig, dns, at.child('dnsConfig'));
  list(spec.readinessGates).forEach((g, i) => qualifiedName(errs, g.conditionType ?? '', at.child('readinessGates').index(i).child('conditionType')));
  if (spec.schedulingGates !== undefined) schedulingGates(errs, spec.schedulingGates, at.child('schedulingGates'));
  if (spec.topologySpreadConstraints !== undefined) validateTopologySpread(errs, spec.topologySpreadConstraints, at.child('topologySpreadConstraints'), opts);
  windowsHostProcess(errs, spec, at);
  hostUsersRules(errs, spec, at, opts);
  hostnameOverride(errs, spec, at);
  if (spec.serviceAccountName) complain(errs, at.child('serviceAccountName'), spec.serviceAccountName, nameIsDNSSubdomain(spec.serviceAccountName, false));
  if (spec.nodeName) complain(errs, at.child('nodeName'), spec.nodeName, nameIsDNSSubdomain(spec.nodeName, false));
  const deadline = spec.activeDeadlineSeconds;
  if (has(deadline) && (deadline < 1 || deadline > 2147483647)) errs.push(invalid(at.child('activeDeadlineSeconds'), deadline, 'must be between 1 and 2147483647, inclusive'));
  if (spec.hostname) dns1123Label(errs, spec.hostname, at.child('hostname'));
  if (spec.subdomain) dns1123Label(errs, spec.subdomain, at.child('subdomain'));
  if (spec.tolerations !== undefined) validateTolerations(errs, spec.tolerations, at.child('tolerations'), opts);
  list(spec.hostAliases).forEach((a, i) => {
    const p = at.child('hostAliases').index(i);
    legacyIP(errs, p.child('ip'), a.ip ?? '');
    list(a.hostnames).forEach((h, j) => dns1123Subdomain(errs, h, p.child('hostnames').index(j)));
  });
  if (spec.priorityClassName) complain(errs, at.child('priorityClassName'), spec.priorityClassName, nameIsDNSSubdomain(spec.priorityClassName, false));
  if (has(spec.runtimeClassName)) complain(errs, at.child('runtimeClassName'), spec.runtimeClassName, nameIsDNSSubdomain(spec.runtimeClassName, false));
  preemptionPolicy(errs, spec.preemptionPolicy, at.child('preemptionPolicy'));
  if (has(spec.overhead)) containerResources(errs, { limits: spec.overhead }, NO_CLAIMS, at.child('overhead'), opts);
  osRules(errs, spec, at);
  fileKeyVolumes(errs, spec, at);
}

/** Upstream: ValidatePodTemplateSpec. */
export function validatePodTemplate(errs: Errs, template: Obj, at: Path, opts: PodOptions): void {
  const meta = template.metadata ?? {};
  const spec = template.spec ?? {};
  validateLabels(errs, meta.labels, at.child('labels'));
  validateAnnotations(errs, meta.annotations, at.child('annotations'));
  podAnnotations(errs, meta.annotations, spec, at.child('annotations'), opts);
  validatePodSpec(errs, spec, undefined, at.child('spec'), opts);
  profileAnnotationsMatchFields(errs, meta.annotations, spec, at.child('spec'));
  if (list(spec.ephemeralContainers).length > 0) errs.push(forbidden(at.child('spec', 'ephemeralContainers'), 'ephemeral containers not allowed in pod template'));
}
