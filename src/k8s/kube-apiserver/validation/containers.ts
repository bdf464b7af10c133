/**
 * Regular, init and ephemeral containers of a pod.
 * Upstream: validateContainers, validateInitContainers, validateEphemeralContainers, validateContainerCommon in pkg/apis/core/validation/validation.go
 * Left out: nothing (gates ContainerRestartRules, RestartAllContainersOnContainerExits, InPlacePodVerticalScaling are on).
 */
import type { Path } from '../../apimachinery/field-error.ts';
import { duplicate, forbidden, invalid, notFoundValue, notSupported, required, tooMany } from '../../apimachinery/field-error.ts';
import { isValidPortName, isValidPortNum } from '../../apimachinery/validation-strings.ts';
import { validateEnv, validateEnvFrom } from './environment.ts';
import { complain, dns1123Label, has, list, localDescendingPath, type Errs, type Obj } from './field-checks.ts';
import { pullPolicy } from './image-pull-policy.ts';
import type { PodOptions } from './pod-options.ts';
import { validateLifecycle, validateProbes } from './probes.ts';
import { containerResources } from './resources.ts';
import { containerSecurityContext } from './security-context.ts';

export const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

/** What containers are checked against: their pod. */
export interface PodContext {
  readonly spec: Obj;
  readonly volumes: ReadonlyMap<string, Obj>;
  readonly claimNames: ReadonlySet<string>;
  readonly opts: PodOptions;
}

function validatePorts(errs: Errs, ports: Obj, at: Path): void {
  const names = new Set<string>();
  list(ports).forEach((port, i) => {
    const p = at.index(i);
    if (port.name) {
      const bad = isValidPortName(port.name);
      if (bad.length > 0) {
        // Upstream reuses the loop variable that numbers the ports; the path was made before.
        complain(errs, p.child('name'), port.name, bad);
      } else if (names.has(port.name)) errs.push(duplicate(p.child('name'), port.name));
      else names.add(port.name);
    }
    if (!port.containerPort) errs.push(required(p.child('containerPort'), ''));
    else complain(errs, p.child('containerPort'), port.containerPort, isValidPortNum(port.containerPort));
    if (port.hostPort) complain(errs, p.child('hostPort'), port.hostPort, isValidPortNum(port.hostPort));
    if (!port.protocol) errs.push(required(p.child('protocol'), ''));
    else if (!PROTOCOLS.includes(port.protocol)) errs.push(notSupported(p.child('protocol'), port.protocol, PROTOCOLS));
  });
}

const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None'];

function mounts(errs: Errs, c: Obj, at: Path, ctx: PodContext): void {
  const seen = new Set<string>();
  const devices = list(c.volumeDevices);
  list(c.volumeMounts).forEach((m, i) => {
    const name: string = m.name ?? ''; const mountPath: string = m.mountPath ?? '';
    const p = at.index(i);
    if (name === '') errs.push(required(p.child('name'), ''));
    if (!ctx.volumes.has(name)) errs.push(notFoundValue(p.child('name'), name));
    if (mountPath === '') errs.push(required(p.child('mountPath'), ''));
    if (seen.has(mountPath)) errs.push(invalid(p.child('mountPath'), mountPath, 'must be unique'));
    seen.add(mountPath);
    if (devices.length > 0) {
      if (devices.some((d) => (d.name ?? '') === name)) errs.push(invalid(p.child('name'), name, 'must not already exist in volumeDevices'));
      if (lastPaths(devices, 'devicePath').has(mountPath)) errs.push(invalid(p.child('mountPath'), mountPath, 'must not already exist as a path in volumeDevices'));
    }
    // Upstream leaves the index out of these paths.
    if (m.subPath) localDescendingPath(errs, m.subPath, at.child('subPath'));
    if (m.subPathExpr) {
      if (m.subPath) errs.push(invalid(p.child('subPathExpr'), m.subPathExpr, 'subPathExpr and subPath are mutually exclusive'));
      localDescendingPath(errs, m.subPathExpr, at.child('subPathExpr'));
    }
    if (has(m.mountPropagation)) {
      const mp = at.child('mountPropagation');
      if (!PROPAGATIONS.includes(m.mountPropagation)) errs.push(notSupported(mp, m.mountPropagation, PROPAGATIONS));
      if (m.mountPropagation === 'Bidirectional' && c.securityContext?.privileged !== true) errs.push(forbidden(mp, 'Bidirectional mount propagation is available only to privileged containers'));
    }
    if (has(m.recursiveReadOnly)) {
      const rp = at.child('recursiveReadOnly');
      if (m.recursiveReadOnly === 'Enabled' || m.recursiveReadOnly === 'IfPossible') {
        if (m.readOnly !== true) errs.push(forbidden(rp, 'may only be specified when readOnly is true'));
        if (has(m.mountPropagation) && m.mountPropagation !== 'None') errs.push(forbidden(rp, 'may only be specified when mountPropagation is None or not specified'));
      } else if (m.recursiveReadOnly !== 'Disabled') errs.push(notSupported(rp, m.recursiveReadOnly, ['Disabled', 'Enabled', 'IfPossible']));
    }
  });
}

// Upstream keeps one path for each name: the last.
function lastPaths(items: readonly Obj[], field: string): ReadonlySet<string> {
  const byName = new Map<string, string>();
  for (const x of items) byName.set(x.name ?? '', x[field] ?? '');
  return new Set(byName.values());
}

function devices(errs: Errs, c: Obj, at: Path, ctx: PodContext): void {
  const paths = new Set<string>(); const names = new Set<string>();
  const mounted = list(c.volumeMounts);
  list(c.volumeDevices).forEach((d, i) => {
    const p = at.index(i);
    const name: string = d.name ?? ''; const devicePath: string = d.devicePath ?? '';
    const volume = ctx.volumes.get(name);
    if (name === '') errs.push(required(p.child('name'), ''));
    if (names.has(name)) errs.push(invalid(p.child('name'), name, 'must be unique'));
    if (volume !== undefined && !has(volume.persistentVolumeClaim) && !has(volume.ephemeral)) {
      errs.push(invalid(p.child('name'), name, 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'));
    }
    if (volume === undefined) errs.push(notFoundValue(p.child('name'), name));
    if (devicePath === '') errs.push(required(p.child('devicePath'), ''));
    if (paths.has(devicePath)) errs.push(invalid(p.child('devicePath'), devicePath, 'must be unique'));
    if (devicePath.split('/').includes('..')) errs.push(invalid(p.child('devicePath'), devicePath, "can not contain backsteps ('..')"));
    else paths.add(devicePath);
    if (mounted.some((m) => (m.name ?? '') === name)) errs.push(invalid(p.child('name'), name, 'must not already exist in volumeMounts'));
    if (lastPaths(mounted, 'mountPath').has(devicePath)) errs.push(invalid(p.child('devicePath'), devicePath, 'must not already exist as a path in volumeMounts'));
    if (name !== '') names.add(name);
  });
}

function resizePolicy(errs: Errs, policies: Obj, at: Path, podRestartPolicy: string): void {
  const seen = new Set<string>();
  list(policies).forEach((p, i) => {
    const resource: string = p.resourceName ?? ''; const restart: string = p.restartPolicy ?? '';
    if (seen.has(resource)) errs.push(duplicate(at.index(i), resource));
    seen.add(resource);
    if (resource === '') errs.push(required(at, ''));
    else if (resource !== 'cpu' && resource !== 'memory') errs.push(notSupported(at, resource, ['cpu', 'memory']));
    if (restart === '') errs.push(required(at, ''));
    else if (restart !== 'NotRequired' && restart !== 'RestartContainer') errs.push(notSupported(at, restart, ['NotRequired', 'RestartContainer']));
    if (podRestartPolicy === 'Never' && restart !== 'NotRequired') errs.push(invalid(at, restart, "must be 'NotRequired' when pod `restartPolicy` is 'Never'"));
  });
}

const TERMINATION_POLICIES = ['File', 'FallbackToLogsOnError'];

/** What every kind of container obeys. */
function common(errs: Errs, c: Obj, at: Path, ctx: PodContext): void {
  if (!c.name) errs.push(required(at.child('name'), ''));
  else dns1123Label(errs, c.name, at.child('name'));
  if (!c.image) errs.push(required(at.child('image'), ''));
  const policy = c.terminationMessagePolicy ?? '';
  if (policy === '') errs.push(required(at.child('terminationMessagePolicy'), ''));
  else if (!TERMINATION_POLICIES.includes(policy)) errs.push(notSupported(at.child('terminationMessagePolicy'), policy, TERMINATION_POLICIES));
  if (c.ports !== undefined) validatePorts(errs, c.ports, at.child('ports'));
  if (c.env !== undefined) validateEnv(errs, c.env, at.child('env'));
  if (c.envFrom !== undefined) validateEnvFrom(errs, c.envFrom, at.child('envFrom'));
  if (c.volumeMounts !== undefined) mounts(errs, c, at.child('volumeMounts'), ctx);
  if (c.volumeDevices !== undefined) devices(errs, c, at.child('volumeDevices'), ctx);
  pullPolicy(errs, c.imagePullPolicy ?? '', at.child('imagePullPolicy'));
  if (c.resources !== undefined) containerResources(errs, c.resources, ctx.claimNames, at.child('resources'), ctx.opts);
  if (c.resizePolicy !== undefined) resizePolicy(errs, c.resizePolicy, at.child('resizePolicy'), ctx.spec.restartPolicy ?? '');
  containerSecurityContext(errs, c.securityContext, at.child('securityContext'), ctx.spec.hostUsers !== false);
}

function hostPortConflicts(errs: Errs, containers: readonly Obj[], at: Path): void {
  const taken = new Set<string>();
  containers.forEach((c, i) => list(c.ports).forEach((port, j) => {
    if (!port.hostPort) return;
    const key = `${port.protocol ?? ''}/${port.hostIP ?? ''}/${port.hostPort}`;
    if (taken.has(key)) errs.push(duplicate(at.index(i).child('ports').index(j).child('hostPort'), key));
    else taken.add(key);
  }));
}

const RESTART_POLICIES = ['Always', 'Never', 'OnFailure'];
const RULE_ACTIONS = ['Restart', 'RestartAllContainers'];

/** Upstream: validateContainerRestartPolicy. */
function restartPolicy(errs: Errs, c: Obj, at: Path): void {
  const rules = list(c.restartPolicyRules);
  if (!has(c.restartPolicy)) {
    if (rules.length === 0) return;
    errs.push(required(at.child('restartPolicy'), 'must specify restartPolicy when restart rules are used'));
  } else if (!RESTART_POLICIES.includes(c.restartPolicy)) errs.push(notSupported(at.child('restartPolicy'), c.restartPolicy, RESTART_POLICIES));
  if (rules.length > 20) errs.push(tooMany(at.child('restartPolicyRules'), rules.length, 20));
  rules.forEach((r, i) => {
    const p = at.child('restartPolicyRules').index(i);
    if (!RULE_ACTIONS.includes(r.action ?? '')) errs.push(notSupported(p.child('action'), r.action ?? '', RULE_ACTIONS));
    if (!has(r.exitCodes)) { errs.push(required(p.child('exitCodes'), 'must be specified')); return; }
    const op = r.exitCodes.operator ?? '';
    if (op !== 'In' && op !== 'NotIn') errs.push(notSupported(p.child('exitCodes').child('operator'), op, ['In', 'NotIn']));
    const n = list(r.exitCodes.values).length;
    if (n > 255) errs.push(tooMany(p.child('exitCodes').child('values'), n, 255));
  });
}

/** Regular containers. Upstream: validateContainers. */
export function validateContainers(errs: Errs, ctx: PodContext, at: Path): void {
  const containers = list(ctx.spec.containers);
  if (containers.length === 0) { errs.push(required(at, '')); return; }
  const names = new Set<string>();
  const grace = ctx.spec.terminationGracePeriodSeconds;
  for (let i = 0; i < containers.length; i++) {
    const c = containers[i];
    const p = at.index(i);
    common(errs, c, p, ctx);
    const name = c.name ?? '';
    if (names.has(name)) errs.push(duplicate(p.child('name'), name));
    else names.add(name);
    if (has(c.lifecycle)) validateLifecycle(errs, c.lifecycle, grace, p.child('lifecycle'), ctx.spec.os);
    validateProbes(errs, c, grace, p);
    restartPolicy(errs, c, p);
  }
  hostPortConflicts(errs, containers, at);
}

/** Upstream: validateInitContainers. */
export function validateInitContainers(errs: Errs, ctx: PodContext, at: Path): void {
  const grace = ctx.spec.terminationGracePeriodSeconds;
  const names = new Set<string>(list(ctx.spec.containers).map((c) => c.name ?? ''));
  list(ctx.spec.initContainers).forEach((c, i) => {
    const p = at.index(i);
    common(errs, c, p, ctx);
    const always = c.restartPolicy === 'Always';
    if (!has(c.restartPolicy)) {
      if (list(c.restartPolicyRules).length > 0) errs.push(required(p.child('restartPolicy'), 'must specify restartPolicy when restart rules are used'));
    } else restartPolicy(errs, c, p);
    const name = c.name ?? '';
    if (names.has(name)) errs.push(duplicate(p.child('name'), name));
    else if (name !== '') names.add(name);
    hostPortConflicts(errs, [c], at);
    if (always) {
      if (has(c.lifecycle)) validateLifecycle(errs, c.lifecycle, grace, p.child('lifecycle'), ctx.spec.os);
      validateProbes(errs, c, grace, p);
    } else {
      for (const f of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe']) {
        if (has(c[f])) errs.push(forbidden(p.child(f), 'may not be set for init containers without restartPolicy=Always'));
      }
      if (!ctx.opts.allowRestartContainerForInit) {
        list(c.resizePolicy).forEach((r, j) => {
          if (r.restartPolicy === 'RestartContainer') {
            errs.push(invalid(p.child('resizePolicy').index(j).child('restartPolicy'), r.restartPolicy, "must not be set to 'RestartContainer' for non-sidecar initContainers"));
          }
        });
      }
    }
  });
}

// Fields of a container in declaration order that an ephemeral one may not have.
const NOT_EPHEMERAL = ['ports', 'resources', 'resizePolicy', 'restartPolicy', 'restartPolicyRules', 'livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle'];

/** Upstream: validateEphemeralContainers. */
export function validateEphemeralContainers(errs: Errs, ctx: PodContext, at: Path): void {
  const others = new Set<string>();
  for (const c of [...list(ctx.spec.containers), ...list(ctx.spec.initContainers)]) others.add(c.name ?? '');
  const names = new Set(others);
  list(ctx.spec.ephemeralContainers).forEach((c, i) => {
    const p = at.index(i);
    common(errs, c, p, ctx);
    imageWhitespace(errs, c, p);
    const name = c.name ?? '';
    if (names.has(name)) errs.push(duplicate(p.child('name'), name));
    else names.add(name);
    if (c.targetContainerName && !others.has(c.targetContainerName)) errs.push(notFoundValue(p.child('targetContainerName'), c.targetContainerName));
    for (const f of NOT_EPHEMERAL) {
      if (has(c[f]) && !(f === 'resources' && Object.keys(c[f]).length === 0)) errs.push(forbidden(p.child(f), 'cannot be set for an Ephemeral Container'));
    }
    list(c.volumeMounts).forEach((m, j) => {
      for (const f of ['subPath', 'subPathExpr']) if (m[f]) errs.push(forbidden(p.child('volumeMounts').index(j).child(f), 'cannot be set for an Ephemeral Container'));
    });
  });
}

/** Templates may have such images, pods not. Upstream: validateContainerOnlyForPod. */
export function imageWhitespace(errs: Errs, c: Obj, at: Path): void {
  if (c.image && /^\s|\s$/.test(c.image)) errs.push(invalid(at.child('image'), c.image, 'must not have leading or trailing whitespace'));
}
