/**
 * Containers, as `kubectl describe` shows them in pods and pod templates.
 * Upstream: k8s.io/kubectl/pkg/describe/describe.go (describeContainers, DescribeProbe)
 * Left out: resource field references to node allocatable show their selector only.
 */
import type { KubeObject } from '../../api/types.ts';
import { compareStrings } from '../../apimachinery/utf8.ts';
import { lower } from '../mapper.ts';
import { bool, none, rfc1123, sortedKeys } from './writer.ts';
import type { Any, Writer } from './writer.ts';

const portsText = (ports: Any[] | undefined, field: 'containerPort' | 'hostPort'): string =>
  (ports ?? []).map((p) => `${p[field] ?? 0}/${p.protocol ?? ''}${p.name ? ` (${p.name})` : ''}`).join(', ');

/** `space` is '' for pods and two spaces for templates. `pod` resolves field references. */
export function describeContainers(w: Writer, label: string, containers: readonly Any[] | undefined, statuses: readonly Any[] | undefined, space: string, pod?: KubeObject): void {
  const list = containers ?? [];
  w.write(0, `${space}${label}:${list.length === 0 ? ' <none>' : ''}\n`);
  for (const c of list) {
    const status = (statuses ?? []).find((s) => s.name === c.name);
    basic(w, c, status, space);
    command(w, c);
    if (status !== undefined) {
      describeState(w, 'State', status.state ?? {});
      if (status.lastState?.terminated) describeState(w, 'Last State', status.lastState);
      w.field(2, 'Ready', bool(status.ready));
      w.field(2, 'Restart Count', status.restartCount ?? 0);
    }
    describeResources(w, c.resources, 2);
    for (const [title, probe] of [['Liveness', c.livenessProbe], ['Readiness', c.readinessProbe], ['Startup', c.startupProbe]] as const) if (probe) w.field(2, title, probeText(probe));
    if ((c.envFrom ?? []).length > 0) envFrom(w, c);
    env(w, c, pod);
    mounts(w, c);
  }
}

function basic(w: Writer, c: Any, status: Any, space: string): void {
  w.line(1, `${space === '' ? '' : ' '}${c.name}:`);
  if (status !== undefined) w.field(2, 'Container ID', status.containerID ?? '');
  w.field(2, 'Image', c.image ?? '');
  if (status !== undefined) w.field(2, 'Image ID', status.imageID ?? '');
  const ports = portsText(c.ports, 'containerPort');
  w.field(2, ports.includes(',') ? 'Ports' : 'Port', none(ports));
  const hostPorts = portsText(c.ports, 'hostPort');
  w.field(2, hostPorts.includes(',') ? 'Host Ports' : 'Host Port', none(hostPorts));
  const seccomp = c.securityContext?.seccompProfile;
  if (seccomp) {
    w.field(2, 'SeccompProfile', seccomp.type);
    if (seccomp.type === 'Localhost') w.field(3, 'LocalhostProfile', seccomp.localhostProfile);
  }
}

function command(w: Writer, c: Any): void {
  for (const [title, words] of [['Command', c.command], ['Args', c.args]] as const) {
    if ((words ?? []).length === 0) continue;
    w.line(2, `${title}:`);
    for (const word of words) for (const line of String(word).split('\n')) w.line(3, line);
  }
}

export function describeState(w: Writer, title: string, state: Any): void {
  if (state.running) {
    w.field(2, title, 'Running');
    w.field(3, 'Started', rfc1123(state.running.startedAt));
  } else if (state.terminated) {
    const t = state.terminated;
    w.field(2, title, 'Terminated');
    if (t.reason) w.field(3, 'Reason', t.reason);
    if (t.message) w.field(3, 'Message', t.message);
    w.field(3, 'Exit Code', t.exitCode ?? 0);
    if (t.signal > 0) w.field(3, 'Signal', t.signal);
    w.field(3, 'Started', rfc1123(t.startedAt));
    w.field(3, 'Finished', rfc1123(t.finishedAt));
  } else {
    w.field(2, title, 'Waiting');
    if (state.waiting?.reason) w.field(3, 'Reason', state.waiting.reason);
  }
}

export function describeResources(w: Writer, resources: Any, level: number): void {
  for (const [title, list] of [['Limits', resources?.limits], ['Requests', resources?.requests]] as const) {
    const names = sortedKeys(list);
    if (names.length > 0) w.line(level, `${title}:`);
    for (const name of names) w.field(level + 1, name, list[name]);
  }
}

const joinHostPort = (host: string, port: unknown): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);

export function probeText(p: Any): string {
  const attrs = `delay=${p.initialDelaySeconds ?? 0}s timeout=${p.timeoutSeconds ?? 0}s period=${p.periodSeconds ?? 0}s #success=${p.successThreshold ?? 0} #failure=${p.failureThreshold ?? 0}`;
  if (p.exec) return `exec [${(p.exec.command ?? []).join(' ')}] ${attrs}`;
  if (p.httpGet) return `http-get ${lower(p.httpGet.scheme ?? '')}://${joinHostPort(p.httpGet.host ?? '', p.httpGet.port ?? '')}${p.httpGet.path === undefined || p.httpGet.path === '' ? '' : p.httpGet.path.startsWith('/') ? p.httpGet.path : '/' + p.httpGet.path} ${attrs}`;
  if (p.tcpSocket) return `tcp-socket ${p.tcpSocket.host ?? ''}:${p.tcpSocket.port} ${attrs}`;
  if (p.grpc) return `grpc <pod>:${p.grpc.port} ${p.grpc.service ?? ''} ${attrs}`;
  return `unknown ${attrs}`;
}

function envFrom(w: Writer, c: Any): void {
  w.line(2, 'Environment Variables from:');
  for (const e of c.envFrom) {
    const ref = e.configMapRef ?? e.secretRef ?? {};
    const from = e.configMapRef ? 'ConfigMap' : e.secretRef ? 'Secret' : '';
    w.line(3, `${ref.name ?? ''}\t${from}${e.prefix ? ` with prefix '${e.prefix}'` : ''}\tOptional: ${ref.optional === true}`);
  }
}

function env(w: Writer, c: Any, pod: KubeObject | undefined): void {
  const list: Any[] = c.env ?? [];
  w.line(2, `Environment:${list.length === 0 ? '\t<none>' : ''}`);
  for (const e of list) {
    const from = e.valueFrom;
    if (from === undefined) {
      String(e.value ?? '').split('\n').forEach((line, i) => w.line(3, `${i === 0 ? `${e.name}:` : ''}\t${line}`));
    } else if (from.fieldRef) {
      w.line(3, `${e.name}:\t${pod === undefined ? '' : fieldValue(pod, from.fieldRef.fieldPath)} (${from.fieldRef.apiVersion ?? ''}:${from.fieldRef.fieldPath})`);
    } else if (from.resourceFieldRef) {
      w.line(3, `${e.name}:\t${resourceValue(c, from.resourceFieldRef.resource)} (${from.resourceFieldRef.resource})`);
    } else if (from.secretKeyRef) {
      w.line(3, `${e.name}:\t<set to the key '${from.secretKeyRef.key}' in secret '${from.secretKeyRef.name ?? ''}'>\tOptional: ${from.secretKeyRef.optional === true}`);
    } else if (from.configMapKeyRef) {
      w.line(3, `${e.name}:\t<set to the key '${from.configMapKeyRef.key}' of config map '${from.configMapKeyRef.name ?? ''}'>\tOptional: ${from.configMapKeyRef.optional === true}`);
    }
  }
}

function resourceValue(c: Any, path: string): string {
  const [kind, name] = path.split('.');
  const value = c.resources?.[kind]?.[name];
  return value === undefined ? (kind === 'limits' && (name === 'cpu' || name === 'memory') ? 'node allocatable' : '0') : String(value);
}

function fieldValue(pod: KubeObject, path: string): string {
  const keyed = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (keyed !== null) return pod.metadata[keyed[1] as 'labels' | 'annotations']?.[keyed[2]] ?? '';
  switch (path) {
    case 'metadata.name': return pod.metadata.name;
    case 'metadata.namespace': return pod.metadata.namespace ?? '';
    case 'metadata.uid': return pod.metadata.uid;
    default: return '';
  }
}

function mounts(w: Writer, c: Any): void {
  const list: Any[] = [...(c.volumeMounts ?? [])].sort((a, b) => compareStrings(a.mountPath, b.mountPath));
  w.line(2, `Mounts:${list.length === 0 ? '\t<none>' : ''}`);
  for (const m of list) w.line(3, `${m.mountPath} from ${m.name} (${m.readOnly ? 'ro' : 'rw'}${m.subPath ? `,path="${m.subPath}"` : ''})`);
  const devices: Any[] = [...(c.volumeDevices ?? [])].sort((a, b) => compareStrings(a.devicePath, b.devicePath));
  if (devices.length > 0) w.line(2, `Devices:${list.length === 0 ? '\t<none>' : ''}`);
  for (const d of devices) w.line(3, `${d.devicePath} from ${d.name}`);
}
