/**
 * ControllerRevisions: a template as it was, as a patch that brings it back.
 *
 * Upstream: pkg/controller/history/controller_history.go, pkg/controller/daemon/update.go
 * Left out: adoption of revisions that nobody controls.
 */
import type { KubeObject } from '../api/types.ts';
import type { ProcessContext } from '../client-go/types.ts';
import { newControllerRef } from './objects.ts';
import { canonical, computeHash, computeRevisionHash } from './template.ts';

export const controllerRevisions = 'apps/v1/controllerrevisions';

export function revisionsOf(p: ProcessContext, owner: KubeObject): KubeObject[] {
  return [...p.informer(controllerRevisions).byIndex('controller', owner.metadata.uid)].sort((a, b) => a.revision - b.revision);
}

export function templateOf(revision: KubeObject): Record<string, unknown> {
  const { $patch: _patch, ...template } = revision.data?.spec?.template ?? {};
  return template;
}

export function matchesTemplate(revision: KubeObject, template: unknown): boolean {
  return canonical(templateOf(revision)) === canonical(template);
}

/** The body of a new revision of `owner`'s template; its hash, a daemon set's of the template and a stateful set's of the patch, stands under `label`. */
export function newRevision(owner: KubeObject, apiVersion: string, kind: string, label: string, revision: number, collisionCount: number | undefined): KubeObject {
  const data = { spec: { template: { ...owner.spec.template, $patch: 'replace' } } };
  const hash = kind === 'DaemonSet' ? computeHash(owner.spec.template, collisionCount) : computeRevisionHash(data, collisionCount);
  const { name, namespace, annotations } = owner.metadata;
  return {
    apiVersion: 'apps/v1', kind: 'ControllerRevision',
    metadata: {
      name: `${name.slice(0, 223)}-${hash}`, namespace,
      labels: { ...owner.spec.template.metadata?.labels, [label]: hash },
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [newControllerRef(owner, apiVersion, kind)],
    },
    data,
    revision,
  } as unknown as KubeObject;
}
