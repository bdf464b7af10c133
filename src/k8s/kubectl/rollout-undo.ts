/**
 * `kubectl rollout undo`.
 * Upstream: k8s.io/kubectl/pkg/polymorphichelpers/rollback.go
 * Left out: nothing.
 */
import type { KubeObject } from '../api/types.ts';
import { semanticEqual } from '../apimachinery/change.ts';
import { toJson } from '../apimachinery/json-emit.ts';
import type { Program } from '../../sim/program.ts';
import { replicaSetsOf, withoutHash } from './describe/replica-sets.ts';
import { KubectlError } from './errors.ts';
import { LAST_APPLIED } from './last-applied.ts';
import type { DryRun } from './result.ts';
import { controllerRevisions, revisionOf, templateText } from './rollout-history.ts';
import type { Session } from './session.ts';
import { ref } from './session.ts';
import type { Info } from './targets.ts';

const KEPT = [
  LAST_APPLIED, 'deployment.kubernetes.io/revision', 'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas', 'deployment.kubernetes.io/max-replicas', 'deprecated.deployment.rollback.to',
];

const notFound = (revision: number): KubectlError => new KubectlError(`unable to find specified revision ${revision} in history`);

/** Rolls back; answers what to print. */
export function* undo(k: Session, info: Info, toRevision: number, dryRun: DryRun): Program<string> {
  if (toRevision < 0) throw notFound(toRevision);
  const kind = info.mapping.kind;
  if (kind !== 'Deployment' && kind !== 'DaemonSet' && kind !== 'StatefulSet') {
    throw new KubectlError(`no rollbacker has been implemented for "${kind}${info.mapping.group === '' ? '' : '.' + info.mapping.group}"`);
  }
  if (info.object.metadata.annotations?.[LAST_APPLIED] !== undefined) {
    yield* k.err(`Warning: resource ${info.mapping.resource}/${info.name} was previously managed with 'kubectl apply'. Rolling back will not update the ${LAST_APPLIED} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.\n`);
  }
  return kind === 'Deployment' ? yield* undoDeployment(k, info, toRevision, dryRun) : yield* undoByRevision(k, info, toRevision, dryRun);
}

const skipped = (revision: number): string => `skipped rollback (current template already matches revision ${revision})`;

function* undoDeployment(k: Session, info: Info, toRevision: number, dryRun: DryRun): Program<string> {
  const deployment = info.object;
  const sets = yield* replicaSetsOf(k, deployment);
  const target = pick(deployment, sets, toRevision);
  if (dryRun === 'client') return templateText(target.spec.template);
  if (deployment.spec.paused === true) throw new KubectlError("you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again");
  const template = withoutHash(target.spec.template);
  if (semanticEqual(template, withoutHash(deployment.spec.template))) return skipped(toRevision);
  const annotations: Record<string, string> = {};
  for (const key of KEPT) {
    const value = deployment.metadata.annotations?.[key];
    if (value !== undefined) annotations[key] = value;
  }
  for (const [key, value] of Object.entries(target.metadata.annotations ?? {})) if (!KEPT.includes(key)) annotations[key] = value;
  yield* k.ask({
    verb: 'patch', ...ref(info.mapping), namespace: info.namespace, name: info.name, patchType: 'application/json-patch+json', accept: 'object',
    text: toJson([{ op: 'replace', path: '/spec/template', value: template }, { op: 'replace', path: '/metadata/annotations', value: annotations }], { sort: false }),
    ...(dryRun === 'server' ? { options: { dryRun: true } } : {}),
  });
  return 'rolled back';
}

/** The set of the revision, or of the one before the newest. */
function pick(deployment: KubeObject, sets: readonly KubeObject[], toRevision: number): KubeObject {
  if (toRevision > 0) {
    const found = sets.find((rs) => revisionOf(rs) === toRevision);
    if (found === undefined) throw notFound(toRevision);
    return found;
  }
  const sorted = [...sets].sort((a, b) => revisionOf(b) - revisionOf(a));
  if (sorted.length < 2) throw new KubectlError(`no rollout history found for deployment "${deployment.metadata.name}"`);
  return sorted[1];
}

function* undoByRevision(k: Session, info: Info, toRevision: number, dryRun: DryRun): Program<string> {
  const revisions = [...(yield* controllerRevisions(k, info.object))].sort((a, b) => b['revision'] - a['revision']);
  if (toRevision === 0 && revisions.length <= 1) throw new KubectlError('no last revision to roll back to');
  const target = toRevision === 0 ? revisions[1] : revisions.find((r) => r['revision'] === toRevision);
  if (target === undefined) throw notFound(toRevision);
  const template = { ...target['data']?.spec?.template };
  delete template.$patch;
  if (dryRun === 'client') return templateText(template);
  if (semanticEqual(template, info.object.spec.template)) return skipped(toRevision);
  yield* k.ask({
    verb: 'patch', ...ref(info.mapping), namespace: info.namespace, name: info.name, patchType: 'application/strategic-merge-patch+json', accept: 'object', text: toJson(target['data']),
    ...(dryRun === 'server' ? { options: { dryRun: true } } : {}),
  });
  return 'rolled back';
}
