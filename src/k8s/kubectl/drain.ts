/**
 * `kubectl cordon`, `uncordon`, `drain`.
 * Upstream: k8s.io/kubectl/pkg/cmd/drain/drain.go, pkg/drain
 * Left out: --disable-eviction deletes the pods one after the other. Where upstream has a goroutine for each pod, one loop takes them in turn.
 */
import type { KubeObject } from '../api/types.ts';
import { toJson } from '../apimachinery/json-emit.ts';
import { sleep } from '../../sim/program.ts';
import type { Program } from '../../sim/program.ts';
import { compareStrings } from '../apimachinery/utf8.ts';
import { AggregateError, KubectlError, StatusError, usageError } from './errors.ts';
import type { Flag, Flags } from './flags.ts';
import { dryRunOf, DRY_RUN_FLAG, PRINT_FLAGS, printResult, resultPrinter } from './result.ts';
import type { Command, Session } from './session.ts';
import { isNotFound } from './session.ts';
import { fetchTarget, resolveTargets } from './targets.ts';
import type { Info } from './targets.ts';
import { twoWayPatch } from './strategic-diff.ts';

const CORDON: readonly Flag[] = [...PRINT_FLAGS, DRY_RUN_FLAG, { name: 'selector', short: 'l', type: 'string' }];
const DRAIN: readonly Flag[] = [
  ...CORDON, { name: 'force', type: 'bool' }, { name: 'ignore-daemonsets', type: 'bool' }, { name: 'delete-emptydir-data', type: 'bool' }, { name: 'grace-period', type: 'int', default: -1 }, { name: 'timeout', type: 'duration', default: '0' },
  { name: 'pod-selector', type: 'string' }, { name: 'disable-eviction', type: 'bool' }, { name: 'skip-wait-for-delete-timeout', type: 'int', default: 0 }, { name: 'chunk-size', type: 'int', default: 500 },
];

const PODS = { group: '', version: 'v1', resource: 'pods' };
const NODES = { group: '', version: 'v1', resource: 'nodes' };

function* nodesOf(k: Session, flags: Flags): Program<readonly Info[]> {
  const verb = k.commandPath.split(' ')[1];
  if (flags.args.length === 0 && !flags.changed('selector')) throw usageError(k.commandPath, `USAGE: ${verb} NODE [flags]`);
  if (flags.args.length > 0 && flags.string('selector') !== '') throw usageError(k.commandPath, 'error: cannot specify both a node name and a --selector option');
  const words = flags.args.length > 0 ? flags.args.map((a) => (a.includes('/') ? a : `nodes/${a}`)) : ['nodes'];
  const { targets } = yield* resolveTargets(k, flags, words, { labelSelector: flags.string('selector') });
  const out: Info[] = [];
  for (const target of targets) {
    if (target.mapping.kind !== 'Node') throw new KubectlError(`error: expected resource of type node, got "${target.mapping.resource}"`);
    out.push(...(yield* fetchTarget(k, target)));
  }
  return out;
}

function* setUnschedulable(k: Session, flags: Flags, infos: readonly Info[], desired: boolean): Program {
  const dryRun = dryRunOf(flags);
  const printer = resultPrinter(flags);
  for (const info of infos) {
    if ((info.object.spec?.unschedulable === true) === desired) {
      yield* printResult(k, printer, info.object, desired ? 'already cordoned' : 'already uncordoned', dryRun);
      continue;
    }
    const { unschedulable: _, ...spec } = info.object.spec ?? {};
    const after: KubeObject = { ...info.object, spec: desired ? { ...spec, unschedulable: true } : spec };
    if (dryRun !== 'client') {
      try {
        yield* k.ask({ verb: 'patch', ...NODES, name: info.name, patchType: 'application/strategic-merge-patch+json', text: toJson(twoWayPatch(info.object as never, after as never)), accept: 'object', ...(dryRun === 'server' ? { options: { dryRun: true } } : {}) });
      } catch (error) {
        if (!(error instanceof KubectlError)) throw error;
        yield* k.err(`error: unable to ${desired ? 'cordon' : 'uncordon'} node "${info.name}": ${error.message}\n`);
        continue;
      }
    }
    yield* printResult(k, printer, after, desired ? 'cordoned' : 'uncordoned', dryRun);
  }
}

interface Verdict { readonly delete: boolean; readonly warning?: string; readonly error?: string }

const DAEMON_ERROR = 'DaemonSet-managed Pods (use --ignore-daemonsets to ignore)';
const LOCAL_ERROR = 'Pods with local storage (use --delete-emptydir-data to override)';
const BARE_ERROR = 'Pods that declare no controller (use --force to override)';

function* judge(k: Session, flags: Flags, pod: KubeObject): Program<Verdict> {
  const finished = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
  const controller = (pod.metadata.ownerReferences ?? []).find((r) => r.controller === true);
  let verdict: Verdict = { delete: true };
  if (!finished && controller?.kind === 'DaemonSet') {
    try {
      yield* k.get({ group: 'apps', version: 'v1', resource: 'daemonsets' }, pod.metadata.namespace, controller.name);
    } catch (error) {
      if (!(error instanceof KubectlError)) throw error;
      return isNotFound(error) && flags.bool('force') ? { delete: true, warning: error.message } : { delete: false, error: error.message };
    }
    return flags.bool('ignore-daemonsets') ? { delete: false, warning: 'ignoring DaemonSet-managed Pods' } : { delete: false, error: DAEMON_ERROR };
  }
  if (pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) return { delete: false };
  if (!finished && (pod.spec?.volumes ?? []).some((v: { emptyDir?: unknown }) => v.emptyDir !== undefined)) {
    if (!flags.bool('delete-emptydir-data')) return { delete: false, error: LOCAL_ERROR };
    verdict = { delete: true, warning: 'deleting Pods with local storage' };
  }
  if (!finished && controller === undefined) {
    if (!flags.bool('force')) return { delete: false, error: BARE_ERROR };
    return { delete: true, warning: 'deleting Pods that declare no controller' };
  }
  return verdict;
}

const nameOfPod = (pod: KubeObject): string => `${pod.metadata.namespace}/${pod.metadata.name}`;

function grouped(items: readonly { readonly pod: KubeObject; readonly text: string }[]): string[] {
  const keys: string[] = [];
  for (const item of items) if (!keys.includes(item.text)) keys.push(item.text);
  return keys.map((key) => `${key}: ${items.filter((i) => i.text === key).map((i) => nameOfPod(i.pod)).join(', ')}`);
}

function* drainNode(k: Session, flags: Flags, node: string): Program {
  const selector = flags.string('pod-selector');
  const pods = yield* k.list(PODS, undefined, { fieldSelector: `spec.nodeName=${node}`, ...(selector === '' ? {} : { labelSelector: selector }) });
  const doomed: KubeObject[] = [];
  const warnings: { pod: KubeObject; text: string }[] = [];
  const errors: { pod: KubeObject; text: string }[] = [];
  for (const pod of pods) {
    const verdict = yield* judge(k, flags, pod);
    if (verdict.delete) doomed.push(pod);
    if (verdict.warning !== undefined) warnings.push({ pod, text: verdict.warning });
    if (verdict.error !== undefined) errors.push({ pod, text: verdict.error });
  }
  if (errors.length > 0) throw new KubectlError(aggregate(grouped(errors).map((text) => `cannot delete ${text}`).sort(compareStrings)));
  if (warnings.length > 0) yield* k.err(`Warning: ${grouped(warnings).join('; ')}\n`);
  const dryRun = dryRunOf(flags);
  if (dryRun === 'client') {
    for (const pod of doomed) yield* k.out(`evicting pod ${nameOfPod(pod)} (dry run)\n`);
    return;
  }
  const timeout = flags.duration('timeout');
  const end = timeout > 0 ? (yield* k.now()) + timeout : undefined;
  // Each pod is evicted, tried again in five seconds if a budget forbids it, then looked for every second until it is gone.
  let waiting: Doomed[] = doomed.map((pod) => ({ pod, evicted: false, at: 0 }));
  while (waiting.length > 0) {
    const first = waiting.reduce((a, b) => (b.at < a.at ? b : a));
    const now = yield* k.now();
    if (first.at > now) yield* sleep(first.at - now);
    const next = first.evicted ? yield* lookFor(k, first.pod, end) : yield* evict(k, flags, first.pod, end, dryRun === 'server');
    waiting = next === undefined ? waiting.filter((one) => one !== first) : waiting.map((one) => (one === first ? next : one));
  }
}

interface Doomed { readonly pod: KubeObject; readonly evicted: boolean; readonly at: number }

const aggregate = (messages: readonly string[]): string => (messages.length === 1 ? messages[0] : `[${messages.join(', ')}]`);

/** One attempt. What comes next for the pod; undefined: nothing. */
function* evict(k: Session, flags: Flags, pod: KubeObject, end: number | undefined, dryRun: boolean): Program<Doomed | undefined> {
  const grace = flags.int('grace-period');
  const deleteOptions = grace >= 0 ? { gracePeriodSeconds: grace } : {};
  const where = { ...PODS, namespace: pod.metadata.namespace, name: pod.metadata.name };
  yield* k.out(`evicting pod ${nameOfPod(pod)}${dryRun ? ' (server dry run)' : ''}\n`);
  try {
    if (flags.bool('disable-eviction')) yield* k.ask({ verb: 'delete', ...where, text: toJson(deleteOptions), contentType: 'application/json' });
    else {
      yield* k.ask({
        verb: 'create', ...where, subresource: 'eviction', contentType: 'application/json', accept: 'object', ...(dryRun ? { options: { dryRun: true } } : {}),
        text: toJson({ apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod.metadata.name, namespace: pod.metadata.namespace }, deleteOptions }),
      });
    }
    return dryRun ? undefined : { pod, evicted: true, at: 0 };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    if (!(error instanceof StatusError) || error.status.reason !== 'TooManyRequests') {
      if (error instanceof KubectlError) throw new KubectlError(`error when evicting pods/"${pod.metadata.name}" -n "${pod.metadata.namespace}": ${error.message}`);
      throw error;
    }
    if (end !== undefined && (yield* k.now()) >= end) throw new KubectlError(`error when evicting pods/"${pod.metadata.name}" -n "${pod.metadata.namespace}": global timeout reached: ${flags.string('timeout')}`);
    yield* k.err(`error when evicting pods/"${pod.metadata.name}" -n "${pod.metadata.namespace}" (will retry after 5s): ${error.message}\n`);
    return { pod, evicted: false, at: (yield* k.now()) + 5_000_000 };
  }
}

/** Is the pod gone? Then it is said, and nothing is left to do. */
function* lookFor(k: Session, pod: KubeObject, end: number | undefined): Program<Doomed | undefined> {
  try {
    const now = yield* k.get(PODS, pod.metadata.namespace, pod.metadata.name);
    if (now.metadata.uid === pod.metadata.uid) {
      if (end !== undefined && (yield* k.now()) >= end) throw new KubectlError(`error when waiting for pod "${pod.metadata.name}" in namespace "${pod.metadata.namespace}" to terminate: global timeout reached`);
      return { pod, evicted: true, at: (yield* k.now()) + 1_000_000 };
    }
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  yield* k.out(`pod/${pod.metadata.name} evicted\n`);
  return undefined;
}

function* drain(k: Session, flags: Flags): Program {
  const infos = yield* nodesOf(k, flags);
  yield* setUnschedulable(k, flags, infos, true);
  const errors: KubectlError[] = [];
  const remaining: string[] = [];
  for (const info of infos) {
    try {
      yield* drainNode(k, flags, info.name);
      yield* printResult(k, resultPrinter(flags), info.object, 'drained', dryRunOf(flags));
    } catch (error) {
      if (!(error instanceof KubectlError)) throw error;
      yield* k.err(`error: unable to drain node "${info.name}" due to error: ${error.message}, continuing command...\n`);
      errors.push(error);
      remaining.push(info.name);
    }
  }
  if (remaining.length > 0) yield* k.err(`There are pending nodes to be drained:\n${remaining.map((name) => ` ${name}\n`).join('')}`);
  if (errors.length > 0) throw new AggregateError(errors);
}

export const CORDON_COMMANDS: readonly Command[] = [
  { name: 'cordon', short: 'Mark node as unschedulable', usage: 'cordon NODE', flags: CORDON, *run(k, flags) { yield* setUnschedulable(k, flags, yield* nodesOf(k, flags), true); } },
  { name: 'uncordon', short: 'Mark node as schedulable', usage: 'uncordon NODE', flags: CORDON, *run(k, flags) { yield* setUnschedulable(k, flags, yield* nodesOf(k, flags), false); } },
  { name: 'drain', short: 'Drain node in preparation for maintenance', usage: 'drain NODE', flags: DRAIN, run: drain },
];
