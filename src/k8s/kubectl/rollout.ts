/**
 * `kubectl rollout` status, history, undo, pause, resume, restart.
 * Upstream: k8s.io/kubectl/pkg/cmd/rollout, pkg/polymorphichelpers/{history,rollback,objectpauser,objectresumer,objectrestarter}.go
 * Left out: nothing.
 */
import type { KubeList, KubeObject } from '../api/types.ts';
import { toJson } from '../apimachinery/json-emit.ts';
import { formatTime } from '../apimachinery/time.ts';
import type { Program } from '../../sim/program.ts';
import { KubectlError } from './errors.ts';
import type { Flag, Flags } from './flags.ts';
import { groupKindLower } from './mapper.ts';
import { dryRunOf, DRY_RUN_FLAG, PRINT_FLAGS, printResult, resultPrinter } from './result.ts';
import { historyText, revisionText } from './rollout-history.ts';
import { rolloutStatus } from './rollout-status.ts';
import { undo } from './rollout-undo.ts';
import type { Command, Session } from './session.ts';
import { each, ref } from './session.ts';
import { twoWayPatch } from './strategic-diff.ts';
import { fetchTarget, FILENAME_FLAGS, resolveTargets } from './targets.ts';
import type { Info, Target } from './targets.ts';

const SELECTOR: Flag = { name: 'selector', short: 'l', type: 'string' };

function* infosOf(k: Session, flags: Flags, body: (info: Info) => Program): Program {
  if (flags.args.length === 0 && flags.list('filename').length === 0) throw new KubectlError('required resource not specified');
  const { targets } = yield* resolveTargets(k, flags, flags.args, { labelSelector: flags.string('selector'), allowEmptySelector: true });
  let found = false;
  yield* each(targets, function* (target: Target) {
    const infos = yield* fetchTarget(k, target);
    found ||= infos.length > 0;
    yield* each(infos, body);
  });
  if (!found) yield* k.err(`No resources found in ${k.namespace} namespace.\n`);
}

function* status(k: Session, flags: Flags): Program {
  const timeout = flags.duration('timeout');
  const revision = flags.int('revision');
  if (revision < 0) throw new KubectlError(`revision must be a positive integer: ${revision}`);
  yield* infosOf(k, flags, function* (info) {
    rolloutStatusKind(info);
    const end = timeout > 0 ? (yield* k.now()) + timeout : undefined;
    yield* followRollout(k, info, revision, flags.bool('watch'), end);
  });
}

function rolloutStatusKind(info: Info): void {
  const known = ['Deployment', 'DaemonSet', 'StatefulSet'];
  if (!known.includes(info.mapping.kind)) throw new KubectlError(`no status viewer has been implemented for ${info.mapping.group === '' ? '' : `${info.mapping.kind}.${info.mapping.group}`}${info.mapping.group === '' ? `/v1, Kind=${info.mapping.kind}` : ''}`);
}

function* followRollout(k: Session, info: Info, revision: number, watch: boolean, end: number | undefined): Program {
  const fieldSelector = `metadata.name=${info.name}`;
  for (;;) {
    const list = (yield* k.ask({ verb: 'list', ...ref(info.mapping), namespace: info.namespace, accept: 'object', options: { fieldSelector, resourceVersion: '0', limit: 500 } })) as KubeList;
    for (const object of list.items) {
      const s = rolloutStatus({ ...object, kind: info.mapping.kind }, revision);
      yield* k.out(s.text);
      if (s.done || !watch) return;
    }
    const box = yield* k.watchFor({ verb: 'watch', ...ref(info.mapping), namespace: info.namespace, accept: 'object', options: { fieldSelector, resourceVersion: list.metadata.resourceVersion, allowWatchBookmarks: true } });
    for (;;) {
      const left = end === undefined ? undefined : Math.max(1, end - (yield* k.now()));
      const item = yield* k.next(box, left);
      if (item === undefined) {
        yield* k.io.unwatch(box);
        throw new KubectlError('timed out waiting for the condition');
      }
      if ('closed' in item) break;
      if (!('type' in item) || item.type === 'BOOKMARK') continue;
      if (item.type === 'DELETED') {
        yield* k.io.unwatch(box);
        throw new KubectlError('object has been deleted');
      }
      if (item.type === 'ERROR') break;
      let s;
      try {
        s = rolloutStatus(item.object, revision);
      } catch (error) {
        yield* k.io.unwatch(box);
        throw error;
      }
      yield* k.out(s.text);
      if (s.done || !watch) {
        yield* k.io.unwatch(box);
        return;
      }
    }
  }
}

function* history(k: Session, flags: Flags): Program {
  const revision = flags.int('revision');
  if (revision < 0) throw new KubectlError(`revision must be a positive integer: ${revision}`);
  yield* infosOf(k, flags, function* (info) {
    const text = revision > 0 ? yield* revisionText(k, info, revision) : yield* historyText(k, info);
    const with_ = revision > 0 ? `with revision #${revision}` : '';
    yield* k.out(`${groupKindLower(info.mapping)}/${info.name} ${with_}\n${text}\n`);
  });
}

/** Changes the object and sends the difference. */
function* change(k: Session, flags: Flags, verb: string, done: string, edit: (info: Info, now: string) => KubeObject): Program {
  const dryRun = dryRunOf(flags);
  const printer = resultPrinter(flags);
  yield* infosOf(k, flags, function* (info) {
    const now = formatTime(yield* k.now());
    let after: KubeObject;
    try {
      after = edit(info, now);
    } catch (error) {
      if (error instanceof KubectlError) throw new KubectlError(`error: ${info.mapping.resource}${info.mapping.group === '' ? '' : '.' + info.mapping.group} "${info.name}" ${error.message}`);
      throw error;
    }
    const patch = twoWayPatch(info.object as unknown as Record<string, unknown>, after as unknown as Record<string, unknown>);
    if (Object.keys(patch).length === 0) {
      if (verb === 'restart') throw new KubectlError(`failed to create patch for ${info.name}: if restart has already been triggered within the past second, please wait before attempting to trigger another`);
      yield* printResult(k, printer, info.object, `already ${done}`, 'none');
      return;
    }
    const object = dryRun === 'client' ? after : (yield* k.ask({
      verb: 'patch', ...ref(info.mapping), namespace: info.namespace, name: info.name, patchType: 'application/strategic-merge-patch+json', text: toJson(patch), accept: 'object',
      options: { fieldManager: flags.string('field-manager'), ...(dryRun === 'server' ? { dryRun: true } : {}) },
    })) as KubeObject;
    yield* printResult(k, printer, object, done, dryRun);
  });
}

function needDeployment(info: Info, what: string): void {
  if (info.mapping.kind !== 'Deployment') throw new KubectlError(`${what} is not supported`);
}

const pause = (info: Info): KubeObject => {
  needDeployment(info, 'pausing');
  if (info.object.spec.paused === true) throw new KubectlError('is already paused');
  return { ...info.object, spec: { ...info.object.spec, paused: true } };
};

const resume = (info: Info): KubeObject => {
  needDeployment(info, 'resuming');
  if (info.object.spec.paused !== true) throw new KubectlError('is not paused');
  const { paused: _, ...spec } = info.object.spec;
  return { ...info.object, spec };
};

const restart = (info: Info, now: string): KubeObject => {
  if (!['Deployment', 'DaemonSet', 'StatefulSet'].includes(info.mapping.kind)) throw new KubectlError('restarting is not supported');
  if (info.object.spec.paused === true) throw new KubectlError("can't restart paused deployment (run rollout resume first)");
  const template = info.object.spec.template;
  return { ...info.object, spec: { ...info.object.spec, template: { ...template, metadata: { ...template.metadata, annotations: { ...template.metadata?.annotations, 'kubectl.kubernetes.io/restartedAt': now } } } } };
};

function* runUndo(k: Session, flags: Flags): Program {
  const to = flags.int('to-revision');
  const dryRun = dryRunOf(flags);
  const printer = resultPrinter(flags);
  yield* infosOf(k, flags, function* (info) {
    const result = yield* undo(k, info, to, dryRun);
    yield* printResult(k, printer, info.object, result, dryRun === 'client' ? 'none' : dryRun);
  });
}

const COMMON: readonly Flag[] = [...FILENAME_FLAGS, SELECTOR];
const CHANGE: readonly Flag[] = [...COMMON, ...PRINT_FLAGS, { name: 'field-manager', type: 'string', default: 'kubectl-rollout' }, DRY_RUN_FLAG];

export const ROLLOUT: Command = {
  name: 'rollout', short: 'Manage the rollout of a resource', usage: 'rollout SUBCOMMAND',
  commands: [
    { name: 'history', short: 'View rollout history', flags: [...COMMON, ...PRINT_FLAGS, { name: 'revision', type: 'int', default: 0 }], run: history },
    { name: 'pause', short: 'Mark the provided resource as paused', flags: CHANGE, run: (k, f) => change(k, f, 'pause', 'paused', pause) },
    { name: 'restart', short: 'Restart a resource', flags: CHANGE, run: (k, f) => change(k, f, 'restart', 'restarted', restart) },
    { name: 'resume', short: 'Resume a paused resource', flags: CHANGE, run: (k, f) => change(k, f, 'resume', 'resumed', resume) },
    { name: 'status', short: 'Show the status of the rollout', flags: [...COMMON, { name: 'watch', short: 'w', type: 'bool', default: true }, { name: 'revision', type: 'int', default: 0 }, { name: 'timeout', type: 'duration', default: '0' }], run: status },
    { name: 'undo', short: 'Undo a previous rollout', flags: [...CHANGE, { name: 'to-revision', type: 'int', default: 0 }], run: runUndo },
  ],
};
