/**
 * Security contexts of pods and containers, seccomp, AppArmor, sysctls, Windows options.
 * Upstream: ValidateSecurityContext, validatePodSpecSecurityContext, validateWindows & co. in pkg/apis/core/validation/validation.go
 * Left out: the cluster policy against privileged containers: --allow-privileged is true.
 */
import type { Path } from '../../apimachinery/field-error.ts';
import { duplicate, forbidden, invalid, notSupported, required, tooLong } from '../../apimachinery/field-error.ts';
import { isDNS1123Subdomain, isValidGroupID, isValidUserID } from '../../apimachinery/validation-strings.ts';
import { utf8Length } from '../../apimachinery/utf8.ts';
import { complain, has, list, localDescendingPath, quote, sortedKeys, visitContainers, type Errs, type Obj } from './field-checks.ts';
import { toInternal } from './internal-form.ts';
import type { PodOptions } from './pod-options.ts';

const PROFILE_TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined'];

function seccompProfile(errs: Errs, profile: Obj, at: Path): void {
  if (!has(profile)) return;
  const type = profile.type ?? '';
  if (type === '') errs.push(required(at.child('type'), 'type is required when seccompProfile is set'));
  else if (!PROFILE_TYPES.includes(type)) errs.push(notSupported(at.child('type'), type, PROFILE_TYPES));
  if (type === 'Localhost') {
    if (!has(profile.localhostProfile)) errs.push(required(at.child('localhostProfile'), 'must be set when seccomp type is Localhost'));
    else localDescendingPath(errs, profile.localhostProfile, at.child('localhostProfile'));
  } else if (has(profile.localhostProfile)) {
    errs.push(invalid(at.child('localhostProfile'), toInternal('SeccompProfile', profile), 'can only be set when seccomp type is Localhost'));
  }
}

function appArmorProfile(errs: Errs, profile: Obj, at: Path): void {
  if (!has(profile)) return;
  const local = profile.localhostProfile; const lp = at.child('localhostProfile');
  switch (profile.type ?? '') {
    case 'Localhost':
      if (!has(local)) errs.push(required(lp, 'must be set when AppArmor type is Localhost'));
      else {
        if (local.trim() !== local) errs.push(invalid(lp, local, 'must not be padded with whitespace'));
        else if (local === '') errs.push(required(lp, 'must be set when AppArmor type is Localhost'));
        if (utf8Length(local) > 4095) errs.push(tooLong(lp, '', 4095));
      }
      break;
    case 'RuntimeDefault': case 'Unconfined':
      if (has(local)) errs.push(invalid(lp, local, 'can only be set when AppArmor type is Localhost'));
      break;
    case '': errs.push(required(at.child('type'), 'type is required when appArmorProfile is set')); break;
    default: errs.push(notSupported(at.child('type'), profile.type, PROFILE_TYPES));
  }
}

// Values of Windows account names. Upstream's patterns use Go's syntax; these are the same languages.
// eslint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x1f\x7f]/;
const NETBIOS = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const WINDOWS_DNS = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;

function windowsOptions(errs: Errs, o: Obj, at: Path): void {
  if (!has(o)) return;
  if (has(o.gmsaCredentialSpecName)) complain(errs, at.child('gmsaCredentialSpecName'), o.gmsaCredentialSpecName, isDNS1123Subdomain(o.gmsaCredentialSpecName));
  if (has(o.gmsaCredentialSpec)) {
    const n = utf8Length(o.gmsaCredentialSpec);
    if (n === 0) errs.push(invalid(at.child('gmsaCredentialSpec'), o.gmsaCredentialSpec, 'gmsaCredentialSpec cannot be an empty string'));
    else if (n > 64 * 1024) errs.push(invalid(at.child('gmsaCredentialSpec'), o.gmsaCredentialSpec, 'gmsaCredentialSpec size must be under 64 KiB'));
  }
  if (!has(o.runAsUserName)) return;
  const name: string = o.runAsUserName;
  const bad = (detail: string): void => { errs.push(invalid(at.child('runAsUserName'), name, detail)); };
  const parts = name.split('\\');
  if (name === '') bad('runAsUserName cannot be an empty string');
  else if (CONTROL.test(name)) bad('runAsUserName cannot contain control characters');
  else if (parts.length > 2) bad('runAsUserName cannot contain more than one backslash');
  else {
    const domain = parts.length === 2 ? parts[0] as string : '';
    const user = parts[parts.length - 1] as string;
    if (utf8Length(domain) >= 256) bad("runAsUserName's Domain length must be under 256 characters");
    if (parts.length === 2 && !NETBIOS.test(domain) && !WINDOWS_DNS.test(domain)) bad("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
    if (user === '') bad("runAsUserName's User cannot be empty");
    else if (utf8Length(user) > 104) bad("runAsUserName's User length must not be longer than 104 characters");
    if (/^[. ]+$/.test(user)) bad("runAsUserName's User cannot contain only periods or spaces");
    if (/["/\\:;|=,+*?<>@[\]]/.test(user)) bad('runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]');
  }
}

/** A container's security context. */
export function containerSecurityContext(errs: Errs, sc: Obj, at: Path, hostUsers: boolean): void {
  if (!has(sc)) return;
  if (has(sc.runAsUser)) complain(errs, at.child('runAsUser'), sc.runAsUser, isValidUserID(sc.runAsUser));
  if (has(sc.runAsGroup)) complain(errs, at.child('runAsGroup'), sc.runAsGroup, isValidGroupID(sc.runAsGroup));
  if (has(sc.procMount)) {
    if (sc.procMount !== 'Default' && sc.procMount !== 'Unmasked') errs.push(notSupported(at.child('procMount'), sc.procMount, ['Default', 'Unmasked']));
    if (hostUsers && sc.procMount === 'Unmasked') errs.push(invalid(at.child('procMount'), sc.procMount, '`hostUsers` must be false to use `Unmasked`'));
  }
  seccompProfile(errs, sc.seccompProfile, at.child('seccompProfile'));
  if (sc.allowPrivilegeEscalation === false) {
    if (sc.privileged === true) errs.push(invalid(at, toInternal('SecurityContext', sc), 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true'));
    for (const cap of list(sc.capabilities?.add)) {
      if (cap === 'CAP_SYS_ADMIN') errs.push(invalid(at, toInternal('SecurityContext', sc), 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN'));
    }
  }
  windowsOptions(errs, sc.windowsOptions, at.child('windowsOptions'));
  appArmorProfile(errs, sc.appArmorProfile, at.child('appArmorProfile'));
}

const SYSCTL = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$';
const SYSCTL_SEGMENT = /^[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?$/;
const validSysctl = (name: string): boolean => name.length <= 253 && name.split(/[./]/).every((s) => SYSCTL_SEGMENT.test(s));

const IPC = new Set(['kernel.sem', 'kernel.shmall', 'kernel.shmmax', 'kernel.shmmni', 'kernel.shm_rmid_forced', 'kernel.shm', 'kernel.msgmax', 'kernel.msgmnb', 'kernel.msgmni', 'kernel.msg']);

/** Upstream: sysctl.NormalizeName: the first separator decides; a slash swaps both. */
function normalSysctl(name: string): string {
  const m = /[./]/.exec(name);
  if (m === null || m[0] === '.') return name;
  return name.replace(/[./]/g, (c) => (c === '/' ? '.' : '/'));
}

/** Why a sysctl of a namespace shared with the host is refused; undefined if it is not. Upstream: ValidateHostSysctl. */
export function hostSysctlProblem(name: string, spec: Obj): string | undefined {
  const star = normalSysctl(name).split('*')[0] as string;
  if (spec.hostNetwork === true && star.startsWith('net.')) return "may not be specified when 'hostNetwork' is true";
  if (spec.hostIPC === true && (IPC.has(star) || star.startsWith('fs.mqueue.'))) return "may not be specified when 'hostIPC' is true";
  return undefined;
}

function sysctls(errs: Errs, spec: Obj, items: Obj, at: Path, opts: PodOptions): void {
  const seen = new Set<string>();
  list(items).forEach((s, i) => {
    const p = at.index(i).child('name');
    const name: string = s.name ?? '';
    if (name === '') errs.push(required(p, ''));
    else if (!validSysctl(name)) errs.push(invalid(p, name, `must have at most 253 characters and match regex ${SYSCTL}`));
    else if (seen.has(name)) errs.push(duplicate(p, name));
    if (!opts.allowNamespacedSysctlsWithHost) {
      const problem = hostSysctlProblem(name, spec);
      if (problem !== undefined) errs.push(invalid(p, name, problem));
    }
    seen.add(name);
  });
}

const oneOf = (errs: Errs, value: Obj, at: Path, values: readonly string[]): void => { if (has(value) && !values.includes(value)) errs.push(notSupported(at, value, values)); };

/** The pod's security context; `at` is its own path. Upstream: validatePodSpecSecurityContext. */
export function podSecurityContext(errs: Errs, spec: Obj, at: Path, opts: PodOptions): void {
  const sc = spec.securityContext ?? {};
  if (has(sc.fsGroup)) complain(errs, at.child('fsGroup'), sc.fsGroup, isValidGroupID(sc.fsGroup));
  if (has(sc.runAsUser)) complain(errs, at.child('runAsUser'), sc.runAsUser, isValidUserID(sc.runAsUser));
  if (has(sc.runAsGroup)) complain(errs, at.child('runAsGroup'), sc.runAsGroup, isValidGroupID(sc.runAsGroup));
  list(sc.supplementalGroups).forEach((g, i) => complain(errs, at.child('supplementalGroups').index(i), g, isValidGroupID(g)));
  if (spec.hostPID === true && spec.shareProcessNamespace === true) errs.push(invalid(at.child('shareProcessNamespace'), true, 'ShareProcessNamespace and HostPID cannot both be enabled'));
  if (list(sc.sysctls).length > 0) sysctls(errs, spec, sc.sysctls, at.child('sysctls'), opts);
  oneOf(errs, sc.fsGroupChangePolicy, at.child('fsGroupChangePolicy'), ['Always', 'OnRootMismatch']);
  seccompProfile(errs, sc.seccompProfile, at.child('seccompProfile'));
  windowsOptions(errs, sc.windowsOptions, at.child('windowsOptions'));
  appArmorProfile(errs, sc.appArmorProfile, at.child('appArmorProfile'));
  oneOf(errs, sc.supplementalGroupsPolicy, at.child('supplementalGroupsPolicy'), ['Merge', 'Strict']);
  oneOf(errs, sc.seLinuxChangePolicy, at.child('seLinuxChangePolicy'), opts.onlyRecursiveSELinuxChange ? ['Recursive'] : ['MountOption', 'Recursive']);
}

/** Upstream: validateWindowsHostProcessPod. */
export function windowsHostProcess(errs: Errs, spec: Obj, at: Path): void {
  const pod = spec.securityContext?.windowsOptions?.hostProcess;
  let all = 0; let host = 0;
  visitContainers(spec, at, (c, p) => {
    all++;
    const own = c.securityContext?.windowsOptions?.hostProcess;
    if (has(pod) && has(own) && pod !== own) errs.push(invalid(p.child('securityContext', 'windowsOptions', 'hostProcess'), own, `pod hostProcess value must be identical if both are specified, was ${pod}`));
    if (own === true || (!has(own) && pod === true)) host++;
  });
  if (host === 0) return;
  if (host !== all) errs.push(invalid(at, '', 'If pod contains any hostProcess containers then all containers must be HostProcess containers'));
  if (spec.hostNetwork !== true) errs.push(invalid(at.child('hostNetwork'), false, 'hostNetwork must be true if pod contains any hostProcess containers'));
}

/** Upstream: validateHostUsers. */
export function hostUsersRules(errs: Errs, spec: Obj, at: Path, opts: PodOptions): void {
  if (spec.hostUsers !== false) return;
  const why = 'when `hostUsers` is false';
  if (spec.hostNetwork === true && !opts.allowHostNetworkWithUserNamespaces) errs.push(forbidden(at.child('hostNetwork'), why));
  if (spec.hostPID === true) errs.push(forbidden(at.child('HostPID'), why));
  if (spec.hostIPC === true) errs.push(forbidden(at.child('HostIPC'), why));
  if (!opts.allowVolumeDevicesWithUserNamespaces) {
    visitContainers(spec, at, (c, p) => { if (list(c.volumeDevices).length > 0) errs.push(forbidden(p.child('volumeDevices'), why)); });
  }
}

/** What a pod of spec.os.name may not set. Upstream: validateLinux, validateWindows. */
export function osRules(errs: Errs, spec: Obj, at: Path): void {
  const os = spec.os;
  if (!has(os)) return;
  if (!os.name) { errs.push(required(at.child('os').child('name'), '')); return; }
  if (os.name !== 'linux' && os.name !== 'windows') { errs.push(notSupported(at.child('os'), os.name, ['linux', 'windows'])); return; }
  const sc = spec.securityContext ?? {};
  const sp = at.child('securityContext');
  if (os.name === 'linux') {
    const why = 'windows options cannot be set for a linux pod';
    if (has(sc.windowsOptions)) errs.push(forbidden(sp.child('windowsOptions'), why));
    visitContainers(spec, at, (c, p) => { if (has(c.securityContext?.windowsOptions)) errs.push(forbidden(p.child('securityContext').child('windowsOptions'), why)); });
    return;
  }
  const why = 'cannot be set for a windows pod';
  for (const f of ['appArmorProfile', 'seLinuxOptions']) if (has(sc[f])) errs.push(forbidden(sp.child(f), why));
  if (has(spec.hostUsers)) errs.push(forbidden(at.child('hostUsers'), why));
  if (spec.hostPID === true) errs.push(forbidden(at.child('hostPID'), why));
  if (spec.hostIPC === true) errs.push(forbidden(at.child('hostIPC'), why));
  for (const f of ['seccompProfile', 'fsGroup', 'fsGroupChangePolicy']) if (has(sc[f])) errs.push(forbidden(sp.child(f), why));
  if (list(sc.sysctls).length > 0) errs.push(forbidden(sp.child('sysctls'), why));
  if (has(spec.shareProcessNamespace)) errs.push(forbidden(at.child('shareProcessNamespace'), why));
  for (const f of ['runAsUser', 'runAsGroup', 'supplementalGroups', 'supplementalGroupsPolicy', 'seLinuxChangePolicy']) if (has(sc[f])) errs.push(forbidden(sp.child(f), why));
  visitContainers(spec, at, (c, p) => {
    const own = c.securityContext;
    if (!has(own)) return;
    for (const f of ['appArmorProfile', 'seLinuxOptions', 'seccompProfile', 'capabilities', 'readOnlyRootFilesystem', 'privileged', 'allowPrivilegeEscalation', 'procMount', 'runAsUser', 'runAsGroup']) {
      if (has(own[f])) errs.push(forbidden(p.child('securityContext').child(f), why));
    }
  });
}

const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/';
export const APPARMOR_PREFIX = 'container.apparmor.security.beta.kubernetes.io/';

/** The deprecated seccomp and AppArmor annotations. Upstream: ValidateSeccompPodAnnotations, ValidateAppArmorPodAnnotations. */
export function profileAnnotations(errs: Errs, annotations: Obj, spec: Obj, at: Path): void {
  const seccomp = (p: string, where: Path): void => {
    if (p === 'runtime/default' || p === 'docker/default' || p === 'unconfined') return;
    if (p.startsWith('localhost/')) localDescendingPath(errs, p.slice('localhost/'.length), where);
    else errs.push(invalid(where, p, 'must be a valid seccomp profile'));
  };
  if (annotations[SECCOMP_POD] !== undefined) seccomp(annotations[SECCOMP_POD], at.child(SECCOMP_POD));
  for (const k of sortedKeys(annotations)) if (k.startsWith(SECCOMP_CONTAINER)) seccomp(annotations[k], at.child(k));
  for (const k of sortedKeys(annotations)) {
    if (!k.startsWith(APPARMOR_PREFIX)) continue;
    const container = k.slice(APPARMOR_PREFIX.length);
    let found = false;
    visitContainers(spec, at, (c) => { if (c.name === container) found = true; });
    if (!found) errs.push(invalid(at.key(k), container, 'container not found'));
    const p: string = annotations[k];
    if (p !== '' && p !== 'runtime/default' && p !== 'unconfined' && !p.startsWith('localhost/')) errs.push(invalid(at.key(k), p, `invalid AppArmor profile name: ${quote(p)}`));
  }
}

function mustMatch(errs: Errs, annotation: string, profile: Obj, at: Path, what: 'seccomp' | 'apparmor'): void {
  const bad = (child: string, noun: string): void => { errs.push(forbidden(at.child(child), `${what} ${noun} in annotation and field must match`)); };
  switch (profile.type) {
    case 'Unconfined': if (annotation !== 'unconfined') bad('type', 'type'); break;
    case 'RuntimeDefault': if (annotation !== 'runtime/default' && !(what === 'seccomp' && annotation === 'docker/default')) bad('type', 'type'); break;
    case 'Localhost':
      if (!annotation.startsWith('localhost/')) bad('type', 'type');
      else if (annotation.slice('localhost/'.length) !== profile.localhostProfile) bad('localhostProfile', 'profile');
      break;
    default:
  }
}

/** Annotations and fields must not contradict each other. Upstream: validateSeccompAnnotationsAndFields, validateAppArmorAnnotationsAndFieldsMatchOnCreate. */
export function profileAnnotationsMatchFields(errs: Errs, annotations: Obj, spec: Obj, at: Path): void {
  if (!has(annotations)) return;
  const pod = spec.securityContext;
  if (has(pod?.seccompProfile) && annotations[SECCOMP_POD] !== undefined) mustMatch(errs, annotations[SECCOMP_POD], pod.seccompProfile, at.child('securityContext').child('seccompProfile'), 'seccomp');
  visitContainers(spec, at, (c, p) => {
    const a = annotations[SECCOMP_CONTAINER + c.name];
    if (a !== undefined && has(c.securityContext?.seccompProfile)) mustMatch(errs, a, c.securityContext.seccompProfile, p.child('securityContext').child('seccompProfile'), 'seccomp');
  });
  if (spec.os?.name === 'windows') return;
  visitContainers(spec, at, (c, p) => {
    const profile = c.securityContext?.appArmorProfile ?? pod?.appArmorProfile;
    const a = annotations[APPARMOR_PREFIX + c.name];
    if (a !== undefined && has(profile)) mustMatch(errs, a, profile, p.child('securityContext').child('appArmorProfile'), 'apparmor');
  });
}
