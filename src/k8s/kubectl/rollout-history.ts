/**
 * `kubectl rollout history`.
 * Upstream: k8s.io/kubectl/pkg/polymorphichelpers/history.go
 * Left out: nothing.
 */
import type { KubeObject } from '../api/types.ts';
import { selectorOf, selectorText } from '../apimachinery/labels.ts';
import type { Program } from '../../sim/program.ts';
import { describePodTemplate } from './describe/pod-template.ts';
import { replicaSetsOf } from './describe/replica-sets.ts';
import { Writer } from './describe/writer.ts';
import type { Any } from './describe/writer.ts';
import { KubectlError } from './errors.ts';
import type { Session } from './session.ts';
import { alignTabs, DESCRIBE } from './tabwriter.ts';
import type { Info } from './targets.ts';

const CAUSE = 'kubernetes.io/change-cause';
const REVISION = 'deployment.kubernetes.io/revision';

export interface Revision { readonly revision: number; readonly cause: string; readonly template: Any; readonly source: KubeObject }

export const revisionOf = (o: KubeObject): number => Number(o.metadata.annotations?.[REVISION] ?? 0);

/** The ControllerRevisions of a DaemonSet or StatefulSet. */
export function* controllerRevisions(k: Session, o: KubeObject): Program<readonly KubeObject[]> {
  const all = yield* k.list({ group: 'apps', version: 'v1', resource: 'controllerrevisions' }, o.metadata.namespace, { labelSelector: selectorText(selectorOf(o.spec.selector).value ?? []) });
  return all.filter((r) => (r.metadata.ownerReferences ?? []).some((owner) => owner.controller === true && owner.uid === o.metadata.uid));
}

export function* revisionsOf(k: Session, info: Info): Program<readonly Revision[]> {
  const o = info.object;
  if (info.mapping.kind === 'Deployment') {
    const byRevision = new Map<number, Revision>();
    for (const rs of yield* replicaSetsOf(k, o)) {
      const cause = rs.metadata.annotations?.[CAUSE] ?? '';
      const template = cause === '' ? rs.spec.template : { ...rs.spec.template, metadata: { ...rs.spec.template.metadata, annotations: { ...rs.spec.template.metadata?.annotations, [CAUSE]: cause } } };
      byRevision.set(revisionOf(rs), { revision: revisionOf(rs), cause, template, source: rs });
    }
    return [...byRevision.values()].sort((a, b) => a.revision - b.revision);
  }
  if (info.mapping.kind === 'DaemonSet' || info.mapping.kind === 'StatefulSet') {
    const list = (yield* controllerRevisions(k, o)).map((r) => ({
      revision: r['revision'] as number, cause: r.metadata.annotations?.[CAUSE] ?? '', template: { ...r['data']?.spec?.template, $patch: undefined }, source: r,
    }));
    return list.sort((a, b) => a.revision - b.revision);
  }
  throw new KubectlError(`no history viewer has been implemented for "${info.mapping.kind}${info.mapping.group === '' ? '' : '.' + info.mapping.group}"`);
}

export function* historyText(k: Session, info: Info): Program<string> {
  const revisions = yield* revisionsOf(k, info);
  if (revisions.length === 0) return 'No rollout history found.';
  const lines = ['REVISION\tCHANGE-CAUSE', ...revisions.map((r) => `${r.revision}\t${r.cause === '' ? '<none>' : r.cause}`)];
  return alignTabs(lines.join('\n') + '\n', DESCRIBE);
}

export function* revisionText(k: Session, info: Info, revision: number): Program<string> {
  const revisions = yield* revisionsOf(k, info);
  if (revisions.length === 0) return 'No rollout history found.';
  const found = revisions.find((r) => r.revision === revision);
  if (found === undefined) throw new KubectlError('unable to find the specified revision');
  return templateText(found.template);
}

/** A pod template as upstream prints it here: tabs are not aligned. */
export function templateText(template: Any): string {
  const w = new Writer(0);
  describePodTemplate(w, template);
  return w.raw();
}
