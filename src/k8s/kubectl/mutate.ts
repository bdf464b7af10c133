/**
 * What the verbs that patch existing objects share: for each object named, an edit, its patch, the result's line.
 * Upstream: k8s.io/kubectl/pkg/cmd/set/helper.go
 */
import type { KubeObject } from '../api/types.ts';
import { toJson } from '../apimachinery/json-emit.ts';
import type { Program } from '../../sim/program.ts';
import { KubectlError } from './errors.ts';
import type { Flag, Flags } from './flags.ts';
import { dryRunOf, DRY_RUN_FLAG, PRINT_FLAGS, printResult, resultPrinter } from './result.ts';
import type { Session } from './session.ts';
import { ref } from './session.ts';
import { twoWayPatch } from './strategic-diff.ts';
import { fetchTarget } from './targets.ts';
import type { Info, Target } from './targets.ts';

export const SET_FLAGS: readonly Flag[] = [
  ...PRINT_FLAGS, DRY_RUN_FLAG, { name: 'field-manager', type: 'string', default: 'kubectl-set' },
  { name: 'filename', short: 'f', type: 'slice' }, { name: 'recursive', short: 'R', type: 'bool' }, { name: 'kustomize', short: 'k', type: 'string' },
  { name: 'all', type: 'bool' }, { name: 'selector', short: 'l', type: 'string' }, { name: 'local', type: 'bool' },
];

/** All objects first, as upstream's Infos() does: one missing object stops the verb. */
export function* allInfos(k: Session, targets: readonly Target[]): Program<readonly Info[]> {
  const out: Info[] = [];
  const errors: KubectlError[] = [];
  for (const target of targets) {
    try {
      out.push(...(yield* fetchTarget(k, target)));
    } catch (error) {
      if (!(error instanceof KubectlError)) throw error;
      errors.push(error);
    }
  }
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new KubectlError(errors.map((e) => e.message).join('\n'));
  return out;
}

/** Sends the difference that `edit` makes. Prints nothing when there is none. `failure` stands before a refusal. */
export function* patchInfo(k: Session, flags: Flags, info: Info, after: KubeObject, done: string, failure: string): Program {
  const patch = twoWayPatch(info.object as unknown as Record<string, unknown>, after as unknown as Record<string, unknown>);
  if (Object.keys(patch).length === 0) return;
  const dryRun = flags.bool('local') ? 'client' : dryRunOf(flags);
  if (dryRun === 'client') {
    yield* printResult(k, resultPrinter(flags), after, done, dryRun);
    return;
  }
  let object: KubeObject;
  try {
    object = (yield* k.ask({
      verb: 'patch', ...ref(info.mapping), namespace: info.namespace, name: info.name, patchType: 'application/strategic-merge-patch+json', text: toJson(patch), accept: 'object',
      options: { fieldManager: flags.string('field-manager'), ...(dryRun === 'server' ? { dryRun: true } : {}) },
    })) as KubeObject;
  } catch (error) {
    if (error instanceof KubectlError && failure !== '') throw new KubectlError(failure + error.message);
    throw error;
  }
  yield* printResult(k, resultPrinter(flags), object, done, dryRun);
}

/** The pod spec in an object and how to put another in its place; undefined for kinds without one. */
export function podSpecOf(o: KubeObject): { spec: Record<string, unknown>; withSpec(spec: unknown): KubeObject } | undefined {
  if (o.kind === 'Pod') return { spec: o.spec, withSpec: (spec) => ({ ...o, spec }) };
  if (o.kind === 'CronJob') {
    const job = o.spec.jobTemplate;
    return { spec: job.spec.template.spec, withSpec: (spec) => ({ ...o, spec: { ...o.spec, jobTemplate: { ...job, spec: { ...job.spec, template: { ...job.spec.template, spec } } } } }) };
  }
  if (o.spec?.template?.spec === undefined) return undefined;
  return { spec: o.spec.template.spec, withSpec: (spec) => ({ ...o, spec: { ...o.spec, template: { ...o.spec.template, spec } } }) };
}
