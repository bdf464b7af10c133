/**
 * Waits until an object is gone (or another with its name took its place).
 * Upstream: k8s.io/kubectl/pkg/cmd/wait/delete.go
 * Left out: watch lists: the first state comes by list, as with servers before 1.36's default.
 */
import type { KubeList } from '../api/types.ts';
import type { Program } from '../../sim/program.ts';
import { KubectlError, StatusError } from './errors.ts';
import type { Mapping } from './mapper.ts';
import type { Session } from './session.ts';
import { isNotFound, ref } from './session.ts';

interface Gone { readonly mapping: Mapping; readonly namespace: string | undefined; readonly name: string; readonly uid: string | undefined }

export function* waitForDeletion(k: Session, d: Gone, timeout: number): Program {
  const end = (yield* k.now()) + timeout;
  try {
    const object = yield* k.get(d.mapping, d.namespace, d.name);
    if (d.uid !== undefined && object.metadata.uid !== d.uid) return;
  } catch (error) {
    if (isNotFound(error)) return;
    if (error instanceof StatusError && (error.status.reason === 'Forbidden' || error.status.reason === 'MethodNotAllowed')) return;
    throw error;
  }
  const fieldSelector = `metadata.name=${d.name}`;
  for (;;) {
    const list = (yield* k.ask({ verb: 'list', ...ref(d.mapping), namespace: d.namespace, accept: 'object', options: { fieldSelector } })) as KubeList;
    if (list.items.length === 0 || (d.uid !== undefined && list.items[0].metadata.uid !== d.uid)) return;
    const box = yield* k.watchFor({ verb: 'watch', ...ref(d.mapping), namespace: d.namespace, accept: 'object', options: { fieldSelector, resourceVersion: list.metadata.resourceVersion, allowWatchBookmarks: true } });
    for (;;) {
      const left = end - (yield* k.now());
      const item = left <= 0 ? undefined : yield* k.next(box, left);
      if (item === undefined) {
        yield* k.io.unwatch(box);
        throw new KubectlError(`timed out waiting for the condition on ${d.mapping.resource}/${d.name}`);
      }
      if ('closed' in item) break;
      if ('type' in item && item.type === 'DELETED') {
        yield* k.io.unwatch(box);
        return;
      }
    }
  }
}
