/**
 * `kubectl create service` and `kubectl create ingress`.
 * Upstream: k8s.io/kubectl/pkg/cmd/create/create_{service,ingress}.go
 */
import { KubectlError } from './errors.ts';
import type { Flag, Flags } from './flags.ts';
import { generatorCommand } from './generator.ts';
import type { Generator } from './generator.ts';
import type { Command } from './session.ts';

const TCP: Flag = { name: 'tcp', type: 'slice' };

interface Port { readonly name: string; readonly port: number; readonly targetPort: number | string; readonly protocol: 'TCP'; readonly nodePort?: number }

/** `80:8080` and `80`. Upstream: parsePorts. */
function parsePort(text: string): Port {
  const colon = text.indexOf(':');
  const first = colon < 0 ? text : text.slice(0, colon);
  if (!/^[+-]?\d+$/.test(first)) throw new KubectlError(`strconv.Atoi: parsing "${first}": invalid syntax`);
  const port = Number(first);
  if (port < 0 || port > 65535) throw new KubectlError(`must be between 0 and 65535, inclusive`);
  const rest = colon < 0 ? '' : text.slice(colon + 1);
  const target = colon < 0 ? port : /^\d+$/.test(rest) ? Number(rest) : rest;
  if (typeof target === 'number' && (target < 1 || target > 65535)) throw new KubectlError('must be between 1 and 65535, inclusive');
  return { name: text.replace(/:/g, '-'), port, protocol: 'TCP', targetPort: target };
}

function ports(flags: Flags, nodePort = 0): Port[] {
  return flags.list('tcp').map((text) => ({ ...parsePort(text), ...(nodePort === 0 ? {} : { nodePort }) }));
}

function service(name: string, type: string, spec: Record<string, unknown>): Record<string, unknown> {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, labels: { app: name } }, spec: { type, selector: { app: name }, ...spec } };
}

const needTcp = (flags: Flags): void => {
  if (flags.list('tcp').length === 0) throw new KubectlError('at least one tcp port specifier must be provided');
};

const clusterip: Generator = {
  name: 'clusterip', short: 'Create a ClusterIP service', usage: 'clusterip NAME [--tcp=<port>:<targetPort>] [--dry-run=server|client|none]', flags: [TCP, { name: 'clusterip', type: 'string' }], failure: 'failed to create ClusterIP service: ',
  *build(name, flags) {
    const ip = flags.string('clusterip');
    if (ip === 'None' && flags.list('tcp').length === 0) return service(name, 'ClusterIP', { clusterIP: 'None' });
    if (ip !== 'None') needTcp(flags);
    return service(name, 'ClusterIP', { ports: ports(flags), ...(ip === '' ? {} : { clusterIP: ip }) });
  },
};

const nodeport: Generator = {
  name: 'nodeport', short: 'Create a NodePort service', usage: 'nodeport NAME [--tcp=port:targetPort] [--dry-run=server|client|none]', flags: [TCP, { name: 'node-port', type: 'int', default: 0 }], failure: 'failed to create NodePort service: ',
  *build(name, flags) {
    needTcp(flags);
    return service(name, 'NodePort', { ports: ports(flags, flags.int('node-port')) });
  },
};

const loadbalancer: Generator = {
  name: 'loadbalancer', short: 'Create a LoadBalancer service', usage: 'loadbalancer NAME [--tcp=port:targetPort] [--dry-run=server|client|none]', flags: [TCP], failure: 'failed to create LoadBalancer service: ',
  *build(name, flags) {
    needTcp(flags);
    return service(name, 'LoadBalancer', { ports: ports(flags) });
  },
};

const externalname: Generator = {
  name: 'externalname', short: 'Create an ExternalName service', usage: 'externalname NAME --external-name external.name [--dry-run=server|client|none]', flags: [TCP, { name: 'external-name', type: 'string' }], required: ['external-name'], failure: 'failed to create ExternalName service: ',
  *build(name, flags) {
    const list = ports(flags);
    return service(name, 'ExternalName', { externalName: flags.string('external-name'), ...(list.length === 0 ? {} : { ports: list }) });
  },
};

/** `host/path=service:port[,tls[=secret]]`. */
function ingressRule(rule: string): { host: string; path: string; pathType: string; service: string; port: string; tls: string | undefined } {
  const m = /^([^/=]*)(\/[^=]*)?=([^:,]+):([^,]+)((?:,tls(?:=[^,]*)?)?)$/.exec(rule);
  if (m === null) throw new KubectlError(`rule ${rule} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`);
  const path = m[2] ?? '';
  return { host: m[1], path: path.replace(/\*$/, '') || '/', pathType: path.endsWith('*') ? 'Prefix' : 'Exact', service: m[3], port: m[4], tls: m[5] === '' ? undefined : m[5].slice(5) };
}

const backend = (name: string, port: string): unknown => ({ service: { name, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } } });

const ingress: Generator = {
  name: 'ingress', aliases: ['ing'], short: 'Create an ingress with the specified name', usage: 'ingress NAME --rule=host/path=service:port[,tls[=secret]] ',
  flags: [{ name: 'rule', type: 'array' }, { name: 'class', type: 'string' }, { name: 'default-backend', type: 'string' }, { name: 'annotation', type: 'array' }], failure: 'failed to create ingress: ',
  *build(name, flags) {
    const rules = flags.list('rule').map(ingressRule);
    const fallback = flags.string('default-backend');
    if (rules.length === 0 && fallback === '') throw new KubectlError('not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)');
    const hosts: string[] = [];
    for (const r of rules) if (!hosts.includes(r.host)) hosts.push(r.host);
    const tls: { hosts?: string[]; secretName?: string }[] = [];
    for (const r of rules) {
      if (r.tls === undefined) continue;
      const same = tls.find((t) => (t.secretName ?? '') === r.tls);
      if (same === undefined) tls.push({ ...(r.host === '' ? {} : { hosts: [r.host] }), ...(r.tls === '' ? {} : { secretName: r.tls }) });
      else if (r.host !== '' && !(same.hosts ?? []).includes(r.host)) same.hosts = [...(same.hosts ?? []), r.host];
    }
    const annotations: Record<string, string> = {};
    for (const a of flags.list('annotation')) {
      const eq = a.indexOf('=');
      if (eq < 0) throw new KubectlError(`annotation ${a} is invalid and should be in format key=[value]`);
      annotations[a.slice(0, eq)] = a.slice(eq + 1);
    }
    const [service, port] = fallback.split(':');
    return {
      apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
      spec: {
        ...(flags.string('class') === '' ? {} : { ingressClassName: flags.string('class') }), ...(fallback === '' ? {} : { defaultBackend: backend(service, port ?? '') }),
        ...(tls.length === 0 ? {} : { tls }),
        ...(rules.length === 0 ? {} : { rules: hosts.map((host) => ({ ...(host === '' ? {} : { host }), http: { paths: rules.filter((r) => r.host === host).map((r) => ({ path: r.path, pathType: r.pathType, backend: backend(r.service, r.port) })) } })) }),
      },
    };
  },
};

export const CREATE_SERVICE: readonly Command[] = [
  { name: 'service', aliases: ['svc'], short: 'Create a service using a specified subcommand', usage: 'service', commands: [clusterip, externalname, loadbalancer, nodeport].map(generatorCommand) },
  generatorCommand(ingress),
];
