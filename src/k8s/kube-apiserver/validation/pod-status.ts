/**
 * Writes of a pod's status.
 * Upstream: ValidatePodStatusUpdate in pkg/apis/core/validation/validation.go, pkg/api/v1/pod/util.go (ContainerShouldRestart)
 * Left out: statuses of image volumes (gate ImageVolumeWithDigest is off).
 */
import type { FieldError, Path } from '../../apimachinery/field-error.ts';
import { duplicate, forbidden, internal, invalid, notSupported, path, required, tooLong } from '../../apimachinery/field-error.ts';
import { isValidGroupID, isValidUserID, nameIsDNSSubdomain, warningsForIP } from '../../apimachinery/validation-strings.ts';
import { parseIp } from '../../apimachinery/ip.ts';
import { utf8Length } from '../../apimachinery/utf8.ts';
import { complain, dns1123Label, dualStackIPs, has, legacyIP, list, qualifiedName, sortedKeys, type Errs, type Obj } from './field-checks.ts';
import { immutableField, validateObjectMetaUpdate } from './metadata.ts';
import { annotationUpdates } from './pod.ts';
import { podOptions } from './pod-options.ts';
import { canonicalQuantity, quantitySign } from './quantities.ts';
import { isNativeResource } from './resource-names.ts';

const STATUS = path('status');

function ips(errs: Errs, items: Obj, old: Obj, at: Path): void {
  if (items === old) return;
  const before = list(old).map((x) => x.ip ?? '');
  list(items).forEach((x, i) => legacyIP(errs, at.index(i), x.ip ?? '', before));
  if (list(items).length < 2) return;
  const texts = list(items).map((x) => x.ip ?? '');
  const { dual } = dualStackIPs(texts);
  const bad = texts.find((t) => parseIp(t) === undefined);
  if (bad !== undefined) errs.push(internal(at, `failed to check for dual stack with error:invalid ip: ${bad}`));
  if (!dual || texts.length > 2) errs.push(invalid(at, list(items).map((x) => ({ IP: x.ip ?? '' })), 'may specify no more than one IP for each IP family'));
}

function matchesRule(c: Obj, exitCode: number): string | undefined {
  for (const r of list(c.restartPolicyRules)) {
    if (!has(r.exitCodes)) continue;
    const inside = list(r.exitCodes.values).includes(exitCode);
    if (r.exitCodes.operator === 'In' ? inside : r.exitCodes.operator === 'NotIn' && !inside) return r.action;
  }
  return undefined;
}

/** Upstream: ContainerShouldRestart. */
function shouldRestart(c: Obj, podPolicy: string, exitCode: number): boolean {
  if (has(c.restartPolicy)) {
    const action = matchesRule(c, exitCode);
    if (action === 'Restart' || action === 'RestartAllContainers') return true;
    if (c.restartPolicy === 'Always') return true;
    if (c.restartPolicy === 'OnFailure') return exitCode !== 0;
    if (c.restartPolicy === 'Never') return false;
  }
  return podPolicy === 'OnFailure' ? exitCode !== 0 : podPolicy !== 'Never';
}

/** A container that ended for good may not run again. `containers` undefined: none restarts (ephemeral ones). */
function transitions(errs: Errs, now: Obj, old: Obj, at: Path, podPolicy: string, containers: Obj): void {
  if (now === old) return;
  list(old).forEach((o, i) => {
    const ended = o.state?.terminated;
    if (!has(ended)) return;
    const n = list(now).find((s) => s.name === o.name && !has(s.state?.terminated));
    if (n === undefined) return;
    const c = containers === undefined ? undefined : list(containers).find((x) => x.name === o.name);
    if (c === undefined || !shouldRestart(c, podPolicy, ended.exitCode ?? 0)) errs.push(forbidden(at.index(i).child('state'), 'may not be transitioned to non-terminated state'));
  });
}

function containerUsers(errs: Errs, statuses: Obj, at: Path, os: string): void {
  list(statuses).forEach((s, i) => {
    if (!has(s.user)) return;
    const u = s.user.linux;
    if (!has(u)) return;
    const p = at.index(i).child('user').child('linux');
    if (os === 'windows') { errs.push(forbidden(p, 'cannot be set for a windows pod')); return; }
    if (os !== 'linux') return;
    complain(errs, p.child('uid'), u.uid ?? 0, isValidUserID(u.uid ?? 0));
    complain(errs, p.child('gid'), u.gid ?? 0, isValidGroupID(u.gid ?? 0));
    list(u.supplementalGroups).forEach((g, j) => complain(errs, p.child('supplementalGroups').index(j), g, isValidGroupID(g)));
  });
}

const HEALTH = ['Healthy', 'Unhealthy', 'Unknown'];
function allocatedResources(errs: Errs, statuses: Obj, at: Path, containers: Obj): void {
  list(statuses).forEach((s, i) => list(s.allocatedResourcesStatus).forEach((a, j) => {
    const p = at.index(i).child('allocatedResourcesStatus').index(j);
    const name: string = a.name ?? '';
    const c = list(containers).find((x) => x.name === s.name);
    if (c !== undefined) {
      const claim = name.startsWith('claim:');
      const found = claim
        ? list(c.resources?.claims).some((x) => 'claim:' + x.name + (x.request ? '/' + x.request : '') === name)
        : Object.hasOwn(c.resources?.requests ?? {}, name);
      if (!found) {
        errs.push(invalid(p.child('name'), name, claim
          ? "must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty"
          : "must match one of the container's resource requests"));
      }
    }
    const seen = new Set<string>();
    list(a.resources).forEach((r, k) => {
      const rp = p.child('resources').index(k);
      if (!HEALTH.includes(r.health ?? '')) errs.push(notSupported(rp.child('health'), r.health ?? '', HEALTH));
      if (has(r.message)) {
        if (r.message === '') errs.push(required(rp.child('message'), 'must be non-empty if specified'));
        else if (utf8Length(r.message) > 256) errs.push(tooLong(rp.child('message'), '', 256));
      }
      if (seen.has(r.resourceID ?? '')) errs.push(duplicate(rp.child('resourceID'), r.resourceID ?? ''));
      seen.add(r.resourceID ?? '');
    });
  }));
}

function claimStatuses(errs: Errs, statuses: Obj, claims: Obj, at: Path): void {
  const seen = new Set<string>();
  list(statuses).forEach((s, i) => {
    const p = at.index(i);
    const name: string = s.name ?? '';
    if (!list(claims).some((c) => c.name === name)) errs.push(invalid(p.child('name'), name, 'must match the name of an entry in `spec.resourceClaims`'));
    if (seen.has(name)) errs.push(duplicate(p.child('name'), name));
    seen.add(name);
    if (has(s.resourceClaimName)) complain(errs, p.child('resourceClaimName'), s.resourceClaimName, nameIsDNSSubdomain(s.resourceClaimName, false));
  });
}

function extendedClaimStatus(errs: Errs, status: Obj, spec: Obj, at: Path): void {
  if (!has(status)) return;
  const mp = at.child('requestMappings');
  if (list(status.requestMappings).length === 0) errs.push(required(mp, 'at least one request mapping is required'));
  const seen = new Set<string>();
  list(status.requestMappings).forEach((m, i) => {
    const p = mp.index(i);
    const c = list(spec.containers).findLast((x) => x.name === m.containerName) ?? list(spec.initContainers).findLast((x) => x.name === m.containerName);
    if (c === undefined) errs.push(invalid(p.child('containerName'), m.containerName ?? '', 'must match the name of an entry in spec.initContainers.name or spec.containers.name'));
    else if (!Object.hasOwn(c.resources?.requests ?? {}, m.resourceName ?? '')) {
      errs.push(invalid(p.child('resourceName'), m.resourceName ?? '', 'must match the extended resource name of an entry in spec.initContainers.resources.requests or spec.containers.resources.requests'));
    }
    dns1123Label(errs, m.requestName ?? '', at.child('requestName'));
    const key = [m.containerName, m.resourceName, m.requestName].join('\n');
    if (seen.has(key)) for (const f of ['containerName', 'resourceName', 'requestName']) errs.push(duplicate(p.child(f), m[f] ?? ''));
    seen.add(key);
  });
  if (!status.resourceClaimName) errs.push(required(at.child('resourceClaimName'), ''));
  else complain(errs, at.child('resourceClaimName'), status.resourceClaimName, nameIsDNSSubdomain(status.resourceClaimName, false));
}

function nodeAllocatableClaims(errs: Errs, status: Obj, spec: Obj, at: Path): void {
  list(status.nodeAllocatableResourceClaimStatuses).forEach((s, i) => {
    const p = at.index(i);
    const claim: string = s.resourceClaimName ?? '';
    if (claim === '') errs.push(required(p.child('resourceClaimName'), 'must not be empty'));
    if (![...list(spec.resourceClaims), ...list(status.resourceClaimStatuses)].some((c) => c.resourceClaimName === claim)) errs.push(invalid(p.child('resourceClaimName'), claim, 'no mapping found in pod reference'));
    if (list(s.containers).length === 0) errs.push(required(p.child('containers'), 'must not be empty'));
    if (sortedKeys(s.resources).length === 0) errs.push(required(p.child('resources'), 'must not be empty'));
    for (const k of sortedKeys(s.resources)) {
      const kp = p.child('resources').key(k);
      if (!isNativeResource(k)) errs.push(invalid(kp, k, 'must be a node allocatable resource name'));
      if (quantitySign(s.resources[k]) < 0) errs.push(invalid(kp, canonicalQuantity(s.resources[k]), 'must be non-negative'));
    }
  });
}

const SYSTEM_CONDITIONS = new Set(['PodScheduled', 'Ready', 'Initialized']);

/** The hot path of a running cluster: subtrees that are the old ones by reference are not looked at. */
export function validateStatusUpdate(pod: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  const now = pod.status ?? {}; const before = old.status ?? {};
  validateObjectMetaUpdate(errs, pod.metadata, old.metadata);
  if (pod.metadata.annotations !== undefined || old.metadata.annotations !== undefined) annotationUpdates(errs, pod, old, podOptions(true, old.spec, old.metadata));
  list(now.conditions).forEach((c, i) => {
    if ((c.observedGeneration ?? 0) < 0) errs.push(invalid(STATUS.child('conditions').index(i).child('observedGeneration'), c.observedGeneration, 'must be a non-negative integer'));
    if (!SYSTEM_CONDITIONS.has(c.type)) qualifiedName(errs, c.type ?? '', STATUS.child('conditions').index(i).child('Type'));
  });
  if ((pod.spec.nodeName ?? '') !== (old.spec.nodeName ?? '')) errs.push(forbidden(STATUS.child('nodeName'), 'may not be changed directly'));
  const nominated: string = now.nominatedNodeName ?? '';
  if (nominated !== '' && nominated !== (before.nominatedNodeName ?? '')) {
    complain(errs, STATUS.child('nominatedNodeName'), nominated, nameIsDNSSubdomain(nominated, false));
    if (old.spec.nodeName) errs.push(forbidden(STATUS.child('nominatedNodeName'), 'may not be set on pods that are already bound to a node'));
  }
  if ((now.observedGeneration ?? 0) < 0) errs.push(invalid(STATUS.child('observedGeneration'), now.observedGeneration, 'must be a non-negative integer'));
  immutableField(errs, now.qosClass ?? '', before.qosClass ?? '', STATUS.child('qosClass'));
  const policy: string = old.spec.restartPolicy ?? '';
  const all = [...list(old.spec.initContainers), ...list(old.spec.containers)].some((c) => list(c.restartPolicyRules).some((r) => r.action === 'RestartAllContainers'));
  if (!all) {
    transitions(errs, now.containerStatuses, before.containerStatuses, STATUS.child('containerStatuses'), policy, list(old.spec.containers));
    transitions(errs, now.initContainerStatuses, before.initContainerStatuses, STATUS.child('initContainerStatuses'), policy, list(old.spec.initContainers));
  }
  transitions(errs, now.ephemeralContainerStatuses, before.ephemeralContainerStatuses, STATUS.child('ephemeralContainerStatuses'), policy, undefined);
  claimStatuses(errs, now.resourceClaimStatuses, pod.spec.resourceClaims, STATUS.child('resourceClaimStatuses'));
  extendedClaimStatus(errs, now.extendedResourceClaimStatus, pod.spec, STATUS.child('extendedResourceClaimStatus'));
  nodeAllocatableClaims(errs, now, pod.spec, STATUS.child('nodeAllocatableResourceClaimStatuses'));
  ips(errs, now.podIPs, before.podIPs, STATUS.child('podIPs'));
  if (list(now.hostIPs).length > 0) {
    const first = now.hostIPs[0].ip ?? '';
    if ((now.hostIP ?? '') !== first) errs.push(invalid(STATUS.child('hostIPs').index(0).child('ip'), first, 'must be equal to `hostIP`'));
    ips(errs, now.hostIPs, before.hostIPs, STATUS.child('hostIPs'));
  }
  const os: string = has(pod.spec.os) ? pod.spec.os.name ?? '' : 'linux';
  for (const f of ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses']) if (now[f] !== before[f]) containerUsers(errs, now[f], STATUS.child(f), os);
  allocatedResources(errs, now.containerStatuses, STATUS.child('containerStatuses'), pod.spec.containers);
  allocatedResources(errs, now.initContainerStatuses, STATUS.child('initContainerStatuses'), pod.spec.initContainers);
  list(now.ephemeralContainerStatuses).forEach((s, i) => {
    if (list(s.allocatedResourcesStatus).length > 0) errs.push(forbidden(STATUS.child('ephemeralContainerStatuses').index(i).child('allocatedResourcesStatus'), 'must not be specified in container status'));
  });
  return errs;
}

/** Upstream: podStatusStrategy.WarningsOnUpdate. */
export function statusWarnings(pod: Obj): string[] {
  const out: string[] = [];
  for (const f of ['podIPs', 'hostIPs']) list(pod.status?.[f]).forEach((x, i) => out.push(...warningsForIP(STATUS.child(f).index(i).child('ip'), x.ip ?? '')));
  return out;
}
