/**
 * The Pod Security Standards: what the levels baseline and restricted forbid, as the newest policy version has it.
 * Upstream: staging/src/k8s.io/pod-security-admission/policy/check_*.go
 * Left out: older policy versions (they are judged by the newest).
 */
import type { ObjectMeta } from '../../api/types.ts';

/* eslint-disable @typescript-eslint/no-explicit-any */
type Any = any;
/** Undefined: allowed. */
type Check = (meta: Partial<ObjectMeta>, spec: Any) => readonly [reason: string, detail: string] | undefined;
export type Level = 'privileged' | 'baseline' | 'restricted';

const quoted = (items: readonly string[]): string => (items.length === 0 ? '' : '"' + items.join('", "') + '"');
const plural = (one: string, many: string, n: number): string => (n === 1 ? one : many);
const sorted = (set: Iterable<string>): string[] => [...set].sort();
const containersOf = (spec: Any): Any[] => [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])];
const named = (spec: Any, bad: (c: Any) => boolean): string[] => containersOf(spec).filter(bad).map((c) => c.name as string);
const containerText = (names: readonly string[]): string => `${plural('container', 'containers', names.length)} ${quoted(names)}`;
const windows = (spec: Any): boolean => spec.os?.name === 'windows';
const userNamespace = (spec: Any): boolean => spec.hostUsers === false;

const CAPABILITIES = new Set(['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT']);
const SELINUX = new Set(['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t']);
const SYSCTLS = new Set(['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies', 'net.ipv4.ping_group_range', 'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ip_local_reserved_ports', 'net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes', 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']);
const FREE_VOLUMES = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected', 'secret'];
const BOUND_VOLUMES = ['hostPath', 'gcePersistentDisk', 'awsElasticBlockStore', 'gitRepo', 'nfs', 'iscsi', 'glusterfs', 'rbd', 'flexVolume', 'cinder', 'cephfs', 'flocker', 'fc', 'azureFile', 'vsphereVolume',
  'quobyte', 'azureDisk', 'photonPersistentDisk', 'portworxVolume', 'scaleIO', 'storageos'];
const APPARMOR = 'container.apparmor.security.beta.kubernetes.io/';

const goodProfile = (t: string): boolean => t === 'RuntimeDefault' || t === 'Localhost';

const appArmor: Check = (meta, spec) => {
  const values = new Set<string>();
  const setters: string[] = [];
  const bad = (s: Any): boolean => {
    const type = s?.appArmorProfile?.type as string | undefined;
    if (s?.appArmorProfile === undefined || goodProfile(type ?? '')) return false;
    values.add(type ?? '');
    return true;
  };
  if (bad(spec.securityContext)) setters.push('pod');
  const containers = named(spec, (c) => bad(c.securityContext));
  if (containers.length > 0) setters.push(containerText(containers));
  const annotations = Object.keys(meta.annotations ?? {}).filter((k) => k.startsWith(APPARMOR)).filter((k) => {
    const v = meta.annotations![k];
    return v !== '' && v !== 'runtime/default' && !v.startsWith('localhost/');
  }).map((k) => `${k}=${JSON.stringify(meta.annotations![k])}`).sort();
  const list = [...sorted(values), ...annotations];
  if (annotations.length > 0) setters.push(plural('annotation', 'annotations', annotations.length));
  return setters.length === 0 ? undefined : [plural('forbidden AppArmor profile', 'forbidden AppArmor profiles', list.length), `${setters.join(' and ')} must not set AppArmor profile type to ${quoted(list)}`];
};

const capabilitiesBaseline: Check = (_, spec) => {
  const extra = new Set<string>();
  const bad = named(spec, (c) => {
    const more = ((c.securityContext?.capabilities?.add ?? []) as string[]).filter((k) => !CAPABILITIES.has(k));
    more.forEach((k) => extra.add(k));
    return more.length > 0;
  });
  return bad.length === 0 ? undefined : ['non-default capabilities', `${containerText(bad)} must not include ${quoted(sorted(extra))} in securityContext.capabilities.add`];
};

const hostNamespaces: Check = (_, spec) => {
  const used = ['hostNetwork', 'hostPID', 'hostIPC'].filter((k) => spec[k] === true).map((k) => k + '=true');
  return used.length === 0 ? undefined : ['host namespaces', used.join(', ')];
};

const hostPathVolumes: Check = (_, spec) => {
  const bad = ((spec.volumes ?? []) as Any[]).filter((v) => v.hostPath).map((v) => v.name as string);
  return bad.length === 0 ? undefined : ['hostPath volumes', `${plural('volume', 'volumes', bad.length)} ${quoted(bad)}`];
};

const hostPorts: Check = (_, spec) => {
  const ports = new Set<string>();
  const bad = named(spec, (c) => {
    const used = ((c.ports ?? []) as Any[]).filter((p) => p.hostPort);
    used.forEach((p) => ports.add(String(p.hostPort)));
    return used.length > 0;
  });
  return bad.length === 0 ? undefined : ['hostPort', `${containerText(bad)} ${plural('uses', 'use', bad.length)} ${plural('hostPort', 'hostPorts', ports.size)} ${sorted(ports).join(', ')}`];
};

const hostProbes: Check = (_, spec) => {
  const hosts = new Set<string>();
  const names = new Set(named(spec, (c) => {
    let any = false;
    for (const h of [c.livenessProbe, c.readinessProbe, c.startupProbe, c.lifecycle?.postStart, c.lifecycle?.preStop]) {
      for (const host of [h?.httpGet?.host, h?.tcpSocket?.host]) if (host) { hosts.add(host); any = true; }
    }
    return any;
  }));
  if (names.size === 0) return undefined;
  return ['probe or lifecycle host', `${containerText(sorted(names))} ${plural('uses', 'use', names.size)} ${plural('probe or lifecycle host', 'probe or lifecycle hosts', hosts.size)} ${quoted(sorted(hosts))}`];
};

const privileged: Check = (_, spec) => {
  const bad = named(spec, (c) => c.securityContext?.privileged === true);
  return bad.length === 0 ? undefined : ['privileged', `${containerText(bad)} must not set securityContext.privileged=true`];
};

const procMount = (relaxed: boolean): Check => (_, spec) => {
  if (relaxed && userNamespace(spec)) return undefined;
  const types = new Set<string>();
  const bad = named(spec, (c) => {
    const t = c.securityContext?.procMount as string | undefined;
    if (t === undefined || t === 'Default') return false;
    types.add(t);
    return true;
  });
  return bad.length === 0 ? undefined : ['procMount', `${containerText(bad)} must not set securityContext.procMount to ${quoted(sorted(types))}`];
};

const seLinux: Check = (_, spec) => {
  const types = new Set<string>();
  let user = false;
  let role = false;
  const bad = (s: Any): boolean => {
    const o = s?.seLinuxOptions;
    if (o === undefined) return false;
    const wrongType = !SELINUX.has(o.type ?? '');
    if (wrongType) types.add(o.type);
    if (o.user) user = true;
    if (o.role) role = true;
    return wrongType || !!o.user || !!o.role;
  };
  const setters = bad(spec.securityContext) ? ['pod'] : [];
  const containers = named(spec, (c) => bad(c.securityContext));
  if (containers.length > 0) setters.push(containerText(containers));
  if (setters.length === 0) return undefined;
  const data = [...(types.size > 0 ? [`${plural('type', 'types', types.size)} ${quoted(sorted(types))}`] : []), ...(user ? ['user may not be set'] : []), ...(role ? ['role may not be set'] : [])];
  return ['seLinuxOptions', `${setters.join(' and ')} set forbidden securityContext.seLinuxOptions: ${data.join('; ')}`];
};

function seccompSetters(spec: Any): { setters: string[]; values: Set<string> } {
  const values = new Set<string>();
  const bad = (s: Any): boolean => {
    if (s?.seccompProfile === undefined || goodProfile(s.seccompProfile.type)) return false;
    values.add(s.seccompProfile.type);
    return true;
  };
  const setters = bad(spec.securityContext) ? ['pod'] : [];
  const containers = named(spec, (c) => bad(c.securityContext));
  if (containers.length > 0) setters.push(containerText(containers));
  return { setters, values };
}

const seccompBaseline: Check = (_, spec) => {
  const { setters, values } = seccompSetters(spec);
  return setters.length === 0 ? undefined : ['seccompProfile', `${setters.join(' and ')} must not set securityContext.seccompProfile.type to ${quoted(sorted(values))}`];
};

const seccompRestricted: Check = (meta, spec) => {
  if (windows(spec)) return undefined;
  const explicit = seccompBaseline(meta, spec);
  if (explicit !== undefined) return explicit;
  if (spec.securityContext?.seccompProfile !== undefined) return undefined;
  const bad = named(spec, (c) => c.securityContext?.seccompProfile === undefined);
  return bad.length === 0 ? undefined : ['seccompProfile', `pod or ${containerText(bad)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`];
};

const sysctls: Check = (_, spec) => {
  const bad = ((spec.securityContext?.sysctls ?? []) as Any[]).map((s) => s.name as string).filter((n) => !SYSCTLS.has(n));
  return bad.length === 0 ? undefined : ['forbidden sysctls', bad.join(', ')];
};

const windowsHostProcess: Check = (_, spec) => {
  const setters = spec.securityContext?.windowsOptions?.hostProcess === true ? ['pod'] : [];
  const containers = named(spec, (c) => c.securityContext?.windowsOptions?.hostProcess === true);
  if (containers.length > 0) setters.push(containerText(containers));
  return setters.length === 0 ? undefined : ['hostProcess', `${setters.join(' and ')} must not set securityContext.windowsOptions.hostProcess=true`];
};

const allowPrivilegeEscalation: Check = (_, spec) => {
  if (windows(spec)) return undefined;
  const bad = named(spec, (c) => c.securityContext?.allowPrivilegeEscalation !== false);
  return bad.length === 0 ? undefined : ['allowPrivilegeEscalation != false', `${containerText(bad)} must set securityContext.allowPrivilegeEscalation=false`];
};

const capabilitiesRestricted: Check = (_, spec) => {
  if (windows(spec)) return undefined;
  const extra = new Set<string>();
  const missing = named(spec, (c) => !((c.securityContext?.capabilities?.drop ?? []) as string[]).includes('ALL'));
  const adding = named(spec, (c) => {
    const more = ((c.securityContext?.capabilities?.add ?? []) as string[]).filter((k) => k !== 'NET_BIND_SERVICE');
    more.forEach((k) => extra.add(k));
    return more.length > 0;
  });
  const details: string[] = [];
  if (missing.length > 0) details.push(`${containerText(missing)} must set securityContext.capabilities.drop=["ALL"]`);
  if (adding.length > 0) details.push(`${containerText(adding)} must not include ${quoted(sorted(extra))} in securityContext.capabilities.add`);
  return details.length === 0 ? undefined : ['unrestricted capabilities', details.join('; ')];
};

const restrictedVolumes: Check = (_, spec) => {
  const types = new Set<string>();
  const bad: string[] = [];
  for (const v of (spec.volumes ?? []) as Any[]) {
    if (FREE_VOLUMES.some((t) => v[t] !== undefined)) continue;
    bad.push(v.name);
    types.add(BOUND_VOLUMES.find((t) => v[t] !== undefined) ?? 'unknown');
  }
  if (bad.length === 0) return undefined;
  return ['restricted volume types', `${plural('volume', 'volumes', bad.length)} ${quoted(bad)} ${plural('uses', 'use', bad.length)} ${plural('restricted volume type', 'restricted volume types', types.size)} ${quoted(sorted(types))}`];
};

const runAsNonRoot: Check = (_, spec) => {
  if (userNamespace(spec)) return undefined;
  const pod = spec.securityContext?.runAsNonRoot as boolean | undefined;
  const setters = pod === false ? ['pod'] : [];
  const explicit = named(spec, (c) => c.securityContext?.runAsNonRoot === false);
  if (explicit.length > 0) setters.push(containerText(explicit));
  if (setters.length > 0) return ['runAsNonRoot != true', `${setters.join(' and ')} must not set securityContext.runAsNonRoot=false`];
  if (pod === true) return undefined;
  const implicit = named(spec, (c) => c.securityContext?.runAsNonRoot === undefined);
  return implicit.length === 0 ? undefined : ['runAsNonRoot != true', `pod or ${containerText(implicit)} must set securityContext.runAsNonRoot=true`];
};

const runAsUser: Check = (_, spec) => {
  if (userNamespace(spec)) return undefined;
  const setters = spec.securityContext?.runAsUser === 0 ? ['pod'] : [];
  const explicit = named(spec, (c) => c.securityContext?.runAsUser === 0);
  if (explicit.length > 0) setters.push(containerText(explicit));
  return setters.length === 0 ? undefined : ['runAsUser=0', `${setters.join(' and ')} must not set runAsUser=0`];
};

/** In the order of their ids, as upstream lists violations. */
const BASELINE: readonly Check[] = [appArmor, capabilitiesBaseline, hostNamespaces, hostPathVolumes, hostPorts, hostProbes, privileged, procMount(true), seLinux, seccompBaseline, sysctls, windowsHostProcess];
const RESTRICTED: readonly Check[] = [appArmor, hostNamespaces, hostPorts, hostProbes, privileged, procMount(true), seLinux, sysctls, windowsHostProcess,
  allowPrivilegeEscalation, capabilitiesRestricted, restrictedVolumes, runAsNonRoot, runAsUser, seccompRestricted];

/** What a pod does that `level` forbids, as one text; undefined: nothing. */
export function violations(level: Level, meta: Partial<ObjectMeta>, spec: Any): string | undefined {
  if (level === 'privileged') return undefined;
  const found = (level === 'baseline' ? BASELINE : RESTRICTED).map((c) => c(meta, spec)).filter((v) => v !== undefined);
  return found.length === 0 ? undefined : found.map(([reason, detail]) => `${reason} (${detail})`).join(', ');
}
