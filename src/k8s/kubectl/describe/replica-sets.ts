/**
 * The ReplicaSets of a Deployment: which one is new, which are old.
 * Upstream: k8s.io/kubectl/pkg/util/deployment/deployment.go
 */
import type { KubeObject } from '../../api/types.ts';
import { semanticEqual } from '../../apimachinery/change.ts';
import { selectorOf, selectorText } from '../../apimachinery/labels.ts';
import { compareStrings } from '../../apimachinery/utf8.ts';
import type { Program } from '../../../sim/program.ts';
import type { Session } from '../session.ts';
import type { Any } from './writer.ts';

const HASH = 'pod-template-hash';

export function* replicaSetsOf(k: Session, deployment: KubeObject): Program<readonly KubeObject[]> {
  const selector = selectorText(selectorOf(deployment.spec.selector).value ?? []);
  const all = yield* k.list({ group: 'apps', version: 'v1', resource: 'replicasets' }, deployment.metadata.namespace, { labelSelector: selector });
  return all.filter((rs) => (rs.metadata.ownerReferences ?? []).some((r) => r.controller === true && r.uid === deployment.metadata.uid));
}

export function withoutHash(template: Any): Any {
  const { [HASH]: _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

/** The oldest set with the Deployment's template is the new one. */
export function splitReplicaSets(deployment: KubeObject, all: readonly KubeObject[]): { old: readonly KubeObject[]; current: KubeObject | undefined } {
  const byAge = [...all].sort((a, b) => compareStrings(a.metadata.creationTimestamp, b.metadata.creationTimestamp) || compareStrings(a.metadata.name, b.metadata.name));
  const wanted = withoutHash(deployment.spec.template);
  const current = byAge.find((rs) => semanticEqual(withoutHash(rs.spec.template), wanted));
  return { current, old: all.filter((rs) => rs !== current) };
}
