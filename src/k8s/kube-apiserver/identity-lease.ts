/**
 * The Lease by which this server says that it lives.
 * Upstream: pkg/controlplane/apiserver/server.go IdentityLease*, component-helpers/apimachinery/lease/controller.go
 */
import type { KubeObject } from '../api/types.ts';
import { schemaOfObject } from '../api/schema.ts';
import { updateManagedFields } from '../apimachinery/managed-fields.ts';
import { formatMicroTime, formatTime } from '../apimachinery/time.ts';
import { act } from '../../sim/program.ts';
import type { Program } from '../../sim/program.ts';
import type { Context } from '../../sim/types.ts';
import { identityName } from './bootstrap.ts';
import { etcd, putTxn } from './etcd-client.ts';
import { withFields } from './registry/strategy.ts';
import type { State } from './state.ts';
import { encodeStored } from './watch-cache.ts';

export const RENEW_US = 10_000_000;

export function* renewIdentity(state: State): Program {
  const key = '/registry/leases/kube-system/' + identityName(state);
  const step = yield* act((ctx: Context): { object: KubeObject; revision: number } | null => {
    const old = state.objects.get(key);
    if (old === undefined) return null;
    const next = withFields(old, { spec: { ...old['spec'], renewTime: formatMicroTime(ctx.now) } });
    const type = schemaOfObject('coordination.k8s.io/v1', 'Lease');
    const tracked = type === undefined ? next : updateManagedFields({ type, apiVersion: 'coordination.k8s.io/v1', manager: 'kube-apiserver', time: formatTime(ctx.now) }, old, next);
    return { object: encodeStored(tracked), revision: Number(old.metadata.resourceVersion) };
  });
  if (step !== null) yield* etcd(state, putTxn(key, step.revision, step.object));
}
