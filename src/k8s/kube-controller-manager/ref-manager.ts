/**
 * Claiming: a controller adopts what its selector matches and nobody controls, and releases what it controls but no longer matches.
 *
 * Upstream: pkg/controller/controller_ref_manager.go
 */
import type { Program } from '../../sim/program.ts';
import type { KubeObject, OwnerReference } from '../api/types.ts';
import type { Client, Gvr } from '../client-go/types.ts';
import { ApiError, errorText, isInvalid, isNotFound, succeeded } from './answers.ts';
import { controllerOf } from './objects.ts';

export interface Claim {
  readonly client: Client;
  readonly owner: KubeObject;
  readonly ownerGvr: Gvr;
  /** 'Deployment', 'ReplicaSet' … for messages. */
  readonly ownerKind: string;
  readonly reference: OwnerReference;
  readonly gvr: Gvr;
  readonly matches: (object: KubeObject) => boolean;
  readonly finalizers?: readonly string[];
}

/** The claimed ones of `objects`, in their order. Throws `ApiError` after trying all, if one could not be adopted or released. */
export function* claim(c: Claim, objects: readonly KubeObject[]): Program<KubeObject[]> {
  const claimed: KubeObject[] = [];
  const errors: ApiError[] = [];
  // Asked once per sync, and only when there is something to adopt.
  let mayAdopt: boolean | undefined;
  const { owner } = c;
  for (const object of objects) {
    const ref = controllerOf(object);
    if (ref !== undefined) {
      if (ref.uid !== owner.metadata.uid) continue;
      if (c.matches(object)) {
        claimed.push(object);
        continue;
      }
      if (owner.metadata.deletionTimestamp !== undefined) continue;
      const answer = yield* c.client.patch(c.gvr, object.metadata.namespace ?? '', object.metadata.name, 'application/strategic-merge-patch+json', {
        metadata: {
          uid: object.metadata.uid,
          ownerReferences: [{ $patch: 'delete', uid: owner.metadata.uid }],
          ...(c.finalizers === undefined ? {} : { '$deleteFromPrimitiveList/finalizers': c.finalizers }),
        },
      });
      if (!succeeded(answer) && !isNotFound(answer) && !isInvalid(answer)) errors.push(new ApiError(errorText(answer), answer));
      continue;
    }
    if (owner.metadata.deletionTimestamp !== undefined || !c.matches(object)) continue;
    if (object.metadata.deletionTimestamp !== undefined || object.metadata.namespace !== owner.metadata.namespace) continue;
    if (mayAdopt === undefined) {
      const answer = yield* c.client.get(c.ownerGvr, owner.metadata.namespace ?? '', owner.metadata.name);
      mayAdopt = succeeded(answer) && (answer.body as KubeObject).metadata.uid === owner.metadata.uid && (answer.body as KubeObject).metadata.deletionTimestamp === undefined;
    }
    if (!mayAdopt) {
      errors.push(new ApiError(`can't adopt ${object.kind} ${object.metadata.namespace}/${object.metadata.name} (${object.metadata.uid})`));
      continue;
    }
    const answer = yield* c.client.patch(c.gvr, object.metadata.namespace ?? '', object.metadata.name, 'application/strategic-merge-patch+json', {
      metadata: { uid: object.metadata.uid, ownerReferences: [c.reference], ...(c.finalizers === undefined ? {} : { finalizers: c.finalizers }) },
    });
    if (succeeded(answer)) claimed.push(object);
    else if (!isNotFound(answer)) errors.push(new ApiError(errorText(answer), answer));
  }
  if (errors.length > 0) throw errors[0];
  return claimed;
}

