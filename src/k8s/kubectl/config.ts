/**
 * `kubectl config`, `version`, `cluster-info`, `top`, `options`.
 * Upstream: k8s.io/kubectl/pkg/cmd/{config,version,clusterinfo,top}
 * Left out: everything that would change a kubeconfig but its namespace: there is one cluster, one user, one context.
 */
import type { Program } from '../../sim/program.ts';
import { act } from '../../sim/program.ts';
import { emitYaml } from './decode.ts';
import { KubectlError } from './errors.ts';
import type { Flags } from './flags.ts';
import { toJson } from '../apimachinery/json-emit.ts';
import type { Command, Session } from './session.ts';
import { alignTabs, TABLE } from './tabwriter.ts';

const CONTEXT = 'kubernetes-admin@kubernetes';
const SERVER = 'https://127.0.0.1:6443';
const VERSION = { major: '1', minor: '36', gitVersion: 'v1.36.3' };

function* namespaceOf(k: Session): Program<string> {
  return (yield* act(() => k.io.contextNamespace())) || '';
}

function* view(k: Session, flags: Flags): Program {
  const namespace = yield* namespaceOf(k);
  const config = {
    apiVersion: 'v1', clusters: [{ cluster: { 'certificate-authority-data': 'DATA+OMITTED', server: SERVER }, name: 'kubernetes' }],
    contexts: [{ context: { cluster: 'kubernetes', ...(namespace === '' ? {} : { namespace }), user: 'kubernetes-admin' }, name: CONTEXT }],
    'current-context': CONTEXT, kind: 'Config', users: [{ name: 'kubernetes-admin', user: { 'client-certificate-data': 'DATA+OMITTED', 'client-key-data': 'DATA+OMITTED' } }],
  };
  yield* k.out(flags.string('output') === 'json' ? toJson(config, { indent: '    ' }) + '\n' : emitYaml(config));
}

function* getContexts(k: Session, flags: Flags): Program {
  const namespace = yield* namespaceOf(k);
  if (flags.args.length > 0 && flags.args[0] !== CONTEXT) throw new KubectlError(`context ${flags.args[0]} not found`);
  if (flags.string('output') === 'name') { yield* k.out(CONTEXT + '\n'); return; }
  const lines = [...(flags.bool('no-headers') ? [] : ['CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE']), `*\t${CONTEXT}\tkubernetes\tkubernetes-admin\t${namespace}`];
  yield* k.out(alignTabs(lines.join('\n'), TABLE) + '\n');
}

function* setContext(k: Session, flags: Flags): Program {
  if (!flags.bool('current') && flags.args[0] !== CONTEXT) throw new KubectlError(flags.args.length === 0 ? 'you must specify a non-empty context name or --current' : `no context of the name "${flags.args[0]}": there is one cluster here, and its context is "${CONTEXT}"`);
  const namespace = flags.string('namespace');
  yield* act(() => { k.io.setContextNamespace(namespace); });
  yield* k.out(`Context "${CONTEXT}" modified.\n`);
}

function* useContext(k: Session, flags: Flags): Program {
  if (flags.args[0] !== CONTEXT) throw new KubectlError(`no context exists with the name: "${flags.args[0] ?? ''}"`);
  yield* k.out(`Switched to context "${CONTEXT}".\n`);
}

function* version(k: Session, flags: Flags): Program {
  const output = flags.string('output');
  const client = { ...VERSION, compiler: 'gc', platform: 'linux/amd64' };
  if (output === 'json' || output === 'yaml') {
    const body = { clientVersion: client, kustomizeVersion: 'v5.8.1', ...(flags.bool('client') ? {} : { serverVersion: client }) };
    yield* k.out(output === 'json' ? toJson(body, { indent: '  ' }) + '\n' : emitYaml(body));
    return;
  }
  if (output !== '') throw new KubectlError("--output must be 'yaml' or 'json'");
  yield* k.out('Client Version: v1.36.3\nKustomize Version: v5.8.1\n');
  if (flags.bool('client')) return;
  const body = yield* k.ask({ verb: 'get', group: '', version: '', resource: '', path: '/version' });
  const server = (typeof body === 'object' ? (body as unknown as { gitVersion?: string }).gitVersion : undefined) ?? 'v1.36.3';
  yield* k.out(`Server Version: ${server}\n`);
}

function* clusterInfo(k: Session): Program {
  yield* k.out(`Kubernetes control plane is running at ${SERVER}\n`);
  const services = yield* k.list({ group: '', version: 'v1', resource: 'services' }, 'kube-system', { labelSelector: 'kubernetes.io/cluster-service=true' });
  for (const s of services) {
    const title = s.metadata.labels?.['kubernetes.io/name'] ?? s.metadata.name;
    const port = s.spec?.ports?.[0];
    yield* k.out(`${title} is running at ${SERVER}/api/v1/namespaces/kube-system/services/${s.metadata.name}${port?.name ? `:${port.name}` : ''}/proxy\n`);
  }
  yield* k.out("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n");
}

function* top(): Program {
  throw new KubectlError('Metrics API not available');
}

const OUTPUT = { name: 'output', short: 'o', type: 'string' as const };

export const CONFIG: Command = {
  name: 'config', short: 'Modify kubeconfig files', usage: 'config SUBCOMMAND',
  commands: [
    { name: 'current-context', short: 'Display the current-context', flags: [], *run(k) { yield* k.out(CONTEXT + '\n'); } },
    { name: 'get-clusters', short: 'Display clusters defined in the kubeconfig', flags: [], *run(k) { yield* k.out('NAME\nkubernetes\n'); } },
    { name: 'get-contexts', short: 'Describe one or many contexts', flags: [OUTPUT, { name: 'no-headers', type: 'bool' }], run: getContexts },
    { name: 'get-users', short: 'Display users defined in the kubeconfig', flags: [], *run(k) { yield* k.out('NAME\nkubernetes-admin\n'); } },
    { name: 'set-context', short: 'Set a context entry in kubeconfig', usage: 'set-context [NAME | --current] [--namespace=namespace]', flags: [{ name: 'current', type: 'bool' }], run: setContext },
    { name: 'use-context', aliases: ['use'], short: 'Set the current-context in a kubeconfig file', usage: 'use-context CONTEXT_NAME', flags: [], run: useContext },
    { name: 'view', short: 'Display merged kubeconfig settings or a specified kubeconfig file', flags: [OUTPUT, { name: 'minify', type: 'bool' }, { name: 'raw', type: 'bool' }, { name: 'flatten', type: 'bool' }], run: view },
  ],
};
export const VERSION_COMMAND: Command = { name: 'version', short: 'Print the client and server version information', usage: 'version', flags: [OUTPUT, { name: 'client', type: 'bool' }], run: version };
export const CLUSTER_INFO: Command = { name: 'cluster-info', short: 'Display cluster information', usage: 'cluster-info', flags: [], run: clusterInfo };
const TOP_FLAGS = [{ name: 'selector', short: 'l', type: 'string' as const }, { name: 'all-namespaces', short: 'A', type: 'bool' as const }, { name: 'containers', type: 'bool' as const }, { name: 'sort-by', type: 'string' as const }, { name: 'no-headers', type: 'bool' as const }];
export const TOP: Command = {
  name: 'top', short: 'Display resource (CPU/memory) usage', usage: 'top',
  commands: [{ name: 'node', aliases: ['nodes', 'no'], short: 'Display resource (CPU/memory) usage of nodes', flags: TOP_FLAGS, run: top }, { name: 'pod', aliases: ['pods', 'po'], short: 'Display resource (CPU/memory) usage of pods', flags: TOP_FLAGS, run: top }],
};
