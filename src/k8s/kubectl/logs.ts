/**
 * `kubectl logs`.
 * Upstream: k8s.io/kubectl/pkg/cmd/logs/logs.go, pkg/polymorphichelpers/logsforobject.go
 * Left out: --insecure-skip-tls-verify-backend; several logs are followed one after the other.
 */
import type { KubeObject } from '../api/types.ts';
import { selectorOf, selectorText } from '../apimachinery/labels.ts';
import { compareStrings } from '../apimachinery/utf8.ts';
import type { Program } from '../../sim/program.ts';
import { sleep } from '../../sim/program.ts';
import { KubectlError, usageError } from './errors.ts';
import type { Flag, Flags } from './flags.ts';
import type { Ask, Command, Session } from './session.ts';
import { isNotFound } from './session.ts';
import { resolveTargets } from './targets.ts';

const FLAGS: readonly Flag[] = [
  { name: 'follow', short: 'f', type: 'bool' }, { name: 'previous', short: 'p', type: 'bool' }, { name: 'container', short: 'c', type: 'string' }, { name: 'tail', type: 'int', default: -1 }, { name: 'timestamps', type: 'bool' },
  { name: 'since', type: 'duration', default: '0s' }, { name: 'since-time', type: 'string' }, { name: 'limit-bytes', type: 'int', default: 0 }, { name: 'selector', short: 'l', type: 'string' }, { name: 'all-containers', type: 'bool' }, { name: 'all-pods', type: 'bool' },
  { name: 'prefix', type: 'bool' }, { name: 'max-log-requests', type: 'int', default: 5 }, { name: 'ignore-errors', type: 'bool' }, { name: 'pod-running-timeout', type: 'duration', default: '20s' }, { name: 'insecure-skip-tls-verify-backend', type: 'bool' },
];

const PODS = { group: '', version: 'v1', resource: 'pods' };
const USAGE = "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command";

type Container = { readonly name: string };

function containersOf(pod: KubeObject): { name: string; path: string }[] {
  const of = (list: readonly Container[] | undefined, path: string): { name: string; path: string }[] => (list ?? []).map((c) => ({ name: c.name, path }));
  return [...of(pod.spec?.containers, 'spec.containers'), ...of(pod.spec?.initContainers, 'spec.initContainers'), ...of(pod.spec?.ephemeralContainers, 'spec.ephemeralContainers')];
}

/** Upstream: podcmd.AllContainerNames: `web, init (init)`. */
function allNames(pod: KubeObject): string {
  return containersOf(pod).map((c) => c.name + (c.path === 'spec.initContainers' ? ' (init)' : c.path === 'spec.ephemeralContainers' ? ' (ephem)' : '')).join(', ');
}

/** Better pods first. Upstream: podutils.ByLogging. */
function byLogging(a: KubeObject, b: KubeObject): number {
  const rank = (p: KubeObject): number => ({ Pending: 0, Unknown: 1, Running: 2 }[p.status?.phase as string] ?? 3);
  const ready = (p: KubeObject): boolean => (p.status?.conditions ?? []).some((c: { type: string; status: string }) => c.type === 'Ready' && c.status === 'True');
  const assigned = (p: KubeObject): number => (p.spec?.nodeName ? 1 : 0);
  if (assigned(a) !== assigned(b)) return assigned(b) - assigned(a);
  if (rank(a) !== rank(b)) return rank(b) - rank(a);
  if (ready(a) !== ready(b)) return ready(a) ? -1 : 1;
  return compareStrings(a.metadata.creationTimestamp, b.metadata.creationTimestamp);
}

function selectorOfObject(o: KubeObject, kind: string): string {
  const spec = o.spec?.selector;
  if (['ReplicaSet', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job'].includes(kind)) return selectorText(selectorOf(spec).value ?? []);
  if ((kind === 'Service' || kind === 'ReplicationController') && spec !== undefined) return Object.keys(spec).sort(compareStrings).map((key) => `${key}=${spec[key]}`).join(',');
  if (kind === 'Service') throw new KubectlError(`cannot get the logs from *v1.Service: invalid service '${o.metadata.name}': Service is defined without a selector`);
  throw new KubectlError(`cannot get the logs from *v1.${kind}: selector for *v1.${kind} not implemented`);
}

function* podsOf(k: Session, flags: Flags): Program<{ pods: readonly KubeObject[]; many: boolean }> {
  const selector = flags.string('selector');
  if (selector !== '') {
    const pods = yield* k.list(PODS, k.namespace, { labelSelector: selector });
    if (pods.length === 0) yield* k.err(`No resources found in ${k.namespace} namespace.\n`);
    return { pods, many: true };
  }
  const { targets } = yield* resolveTargets(k, flags, [flags.args[0]], { defaultType: 'pods' });
  const target = targets[0];
  let object: KubeObject;
  try {
    object = yield* k.get(target.mapping, target.namespace, target.name!);
  } catch (error) {
    if (isNotFound(error)) throw new KubectlError(`error from server (NotFound): ${(error as KubectlError).message} in namespace "${k.namespace}"`);
    throw error;
  }
  if (target.mapping.kind === 'Pod') return { pods: [object], many: false };
  const text = selectorOfObject(object, target.mapping.kind);
  const end = (yield* k.now()) + flags.duration('pod-running-timeout');
  for (;;) {
    const found = [...(yield* k.list(PODS, target.namespace, { labelSelector: text }))].sort(byLogging);
    if (found.length > 1 && !flags.bool('all-pods')) yield* k.err(`Found ${found.length} pods, using pod/${found[0].metadata.name}\n`);
    if (found.length > 0) return { pods: flags.bool('all-pods') ? found : [found[0]], many: flags.bool('all-pods') };
    if ((yield* k.now()) >= end) throw new KubectlError('timed out waiting for the condition');
    yield* sleep(1_000_000);
  }
}

function* containersFor(k: Session, flags: Flags, pod: KubeObject, wanted: string, many: boolean): Program<readonly string[]> {
  const all = containersOf(pod);
  if (flags.bool('all-containers')) return [...all.filter((c) => c.path === 'spec.initContainers'), ...all.filter((c) => c.path !== 'spec.initContainers')].map((c) => c.name);
  let name = wanted;
  const preset = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container'];
  if (name === '' && preset) {
    if (all.some((c) => c.name === preset)) name = preset;
    else yield* k.err(`Default container name "${preset}" not found in pod ${pod.metadata.name}\n`);
  }
  if (name === '') {
    name = all[0].name;
    if (all.length > 1 && !(many && flags.bool('all-pods'))) yield* k.err(`Defaulted container "${name}" out of: ${allNames(pod)}\n`);
  }
  if (!all.some((c) => c.name === name)) throw new KubectlError(`container ${name} is not valid for pod ${pod.metadata.name} out of: ${allNames(pod)}`);
  return [name];
}

function* run(k: Session, flags: Flags): Program {
  const selector = flags.string('selector');
  if (flags.args.length === 0 && selector === '') throw usageError('kubectl logs', USAGE);
  if (flags.args.length === 1 && selector !== '') throw usageError('kubectl logs', 'only a selector (-l) or a POD name is allowed');
  if (flags.args.length > 2) throw usageError('kubectl logs', USAGE);
  let wanted = flags.string('container');
  if (flags.args.length === 2) {
    if (flags.changed('container')) throw new KubectlError('only one of -c or an inline [CONTAINER] arg is allowed');
    wanted = flags.args[1];
  }
  if (flags.string('since-time') !== '' && flags.duration('since') !== 0) throw new KubectlError('at most one of `sinceTime` or `sinceSeconds` may be specified');
  if (flags.bool('all-containers') && wanted !== '') throw new KubectlError(`--all-containers=true should not be specified with container name ${wanted}`);
  const tail = flags.int('tail');
  if (tail < -1) throw new KubectlError('--tail must be greater than or equal to -1');
  const { pods, many } = yield* podsOf(k, flags);
  const streams: { pod: KubeObject; container: string }[] = [];
  for (const pod of pods) for (const container of yield* containersFor(k, flags, pod, wanted, many)) streams.push({ pod, container });
  if (flags.bool('follow') && streams.length > flags.int('max-log-requests')) {
    throw new KubectlError(`you are attempting to follow ${streams.length} log streams, but maximum allowed concurrency is ${flags.int('max-log-requests')}, use --max-log-requests to increase the limit`);
  }
  const lines = selector !== '' && !flags.changed('tail') ? 10 : tail;
  for (const stream of streams) {
    const query: Record<string, string> = {
      container: stream.container, ...(flags.bool('follow') ? { follow: 'true' } : {}), ...(flags.bool('previous') ? { previous: 'true' } : {}), ...(flags.bool('timestamps') ? { timestamps: 'true' } : {}),
      ...(lines === -1 ? {} : { tailLines: String(lines) }), ...(flags.duration('since') === 0 ? {} : { sinceSeconds: String(Math.round(flags.duration('since') / 1e6)) }),
      ...(flags.string('since-time') === '' ? {} : { sinceTime: flags.string('since-time') }), ...(flags.int('limit-bytes') === 0 ? {} : { limitBytes: String(flags.int('limit-bytes')) }),
    };
    const prefix = flags.bool('prefix') || flags.bool('all-pods') ? `[pod/${stream.pod.metadata.name}/${stream.container}] ` : '';
    const ask = { verb: 'get' as const, ...PODS, subresource: 'log', namespace: stream.pod.metadata.namespace, name: stream.pod.metadata.name, options: { query } };
    try {
      if (flags.bool('follow')) yield* follow(k, ask, prefix, lines);
      else yield* k.out(prefixed(String(yield* k.ask(ask)), prefix));
    } catch (error) {
      if (!(error instanceof KubectlError) || !flags.bool('ignore-errors')) throw error;
      yield* k.out(`error: ${error.message}\n`);
    }
  }
}

const prefixed = (text: string, prefix: string): string => (prefix === '' ? text : text.replace(/^(?=[\s\S])/gm, prefix));

/** The server answers with what there is; a log that is followed is asked for again each second until its container ended. */
function* follow(k: Session, ask: Ask, prefix: string, lines: number): Program {
  const { follow: _, tailLines: __, ...query } = ask.options!.query!;
  let printed = 0;
  for (let first = true; ; first = false) {
    const over = yield* ended(k, ask.namespace, ask.name!, query['container']);
    const text = String(yield* k.ask({ ...ask, options: { query } }));
    if (text.length < printed) printed = 0;
    let fresh = text.slice(printed);
    if (first && lines >= 0) fresh = lines === 0 ? '' : fresh.split(/(?<=\n)/).slice(-lines).join('');
    printed = text.length;
    yield* k.out(prefixed(fresh, prefix));
    if (over) return;
    yield* sleep(1_000_000);
  }
}

function* ended(k: Session, namespace: string | undefined, name: string, container: string): Program<boolean> {
  try {
    const pod = yield* k.get(PODS, namespace, name);
    const all = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.ephemeralContainerStatuses ?? [])];
    return all.find((c: { name: string }) => c.name === container)?.state?.terminated !== undefined;
  } catch (error) {
    if (isNotFound(error)) return true;
    throw error;
  }
}

export const LOGS: Command = { name: 'logs', short: 'Print the logs for a container in a pod', usage: 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]', flags: FLAGS, run };
