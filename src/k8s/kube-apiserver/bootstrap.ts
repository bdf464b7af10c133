/**
 * What a fresh server does before it serves: fills its cache from etcd, follows it, and writes the objects that must exist.
 * Upstream: pkg/controlplane/instance.go (post-start hooks), staging/src/k8s.io/apiserver/pkg/storage/cacher/cacher.go
 * Left out: repair of bootstrap objects that were changed.
 */
import { bootstrapObjects } from '../api/bootstrap.ts';
import type { KubeObject } from '../api/types.ts';
import { formatMicroTime, formatTime } from '../apimachinery/time.ts';
import { prefixEnd } from '../../base/sorted-keys.ts';
import type { RangeResponse, TxnResponse } from '../etcd/types.ts';
import { act, all, receive, sleep } from '../../sim/program.ts';
import type { Call, Program } from '../../sim/program.ts';
import type { Context } from '../../sim/types.ts';
import { createTxn, etcd, etcdFailure } from './etcd-client.ts';
import { kubeadmObjects } from './kubeadm.ts';
import { drawUid } from './identity.ts';
import { findResource, resourceOfKind, storageKey } from './resources.ts';
import type { State } from './state.ts';
import { cacheRevision, loadCache, waitForRevision, wakeWaiting } from './watch-cache.ts';

const REGISTRY = '/registry/';
export const ETCD_STREAM = 'registry';
const RETRY_US = 1_000_000;

export function* bootstrap(state: State): Program {
  for (;;) {
    const all_ = yield* etcd<RangeResponse>(state, { op: 'range', key: REGISTRY, rangeEnd: prefixEnd(REGISTRY) });
    if (etcdFailure(all_) !== undefined) {
      yield* sleep(RETRY_US);
      continue;
    }
    const range = all_ as RangeResponse;
    yield* act((ctx: Context) => loadCache(state, ctx, range.kvs, range.revision));
    const watching = yield* etcd<RangeResponse>(state, { op: 'watch', key: REGISTRY, rangeEnd: prefixEnd(REGISTRY), startRevision: range.revision + 1, stream: ETCD_STREAM, prevKv: false });
    if (etcdFailure(watching as RangeResponse) === undefined) break;
    yield* sleep(RETRY_US);
  }
  yield* writeBootstrapObjects(state);
  yield* act((ctx: Context) => {
    const progress = state.progress.get('cache')!;
    state.progress.set('cache', { ...progress, phase: 'ready' });
    ctx.record('state', 'ready', state.address, progress.revision);
    wakeWaiting(state, ctx, Number.MAX_SAFE_INTEGER);
  });
}

function* writeBootstrapObjects(state: State): Program {
  const missing = yield* act((ctx: Context): readonly Call[] => missingObjects(state, ctx));
  if (missing.length === 0) return;
  const answers = yield* all<TxnResponse>(missing);
  let revision = 0;
  for (const a of answers) if (etcdFailure(a as TxnResponse) === undefined && (a as TxnResponse).revision > revision) revision = (a as TxnResponse).revision;
  const box = yield* act((): string => (cacheRevision(state) >= revision ? '' : waitForRevision(state, revision)));
  if (box !== '') yield* receive(box, 10_000_000);
}

function missingObjects(state: State, ctx: Context): readonly Call[] {
  const out: Call[] = [];
  for (const template of [...bootstrapObjects(), ...kubeadmObjects(), ...(state.config.objects ?? []), identityLease(state, ctx)]) {
    const resource = resourceOfKind(template.apiVersion, template.kind);
    if (resource === undefined || resource.prefix === '') continue;
    const object = adapt(state, ctx, template);
    const key = storageKey(resource, object.metadata.namespace ?? '', object.metadata.name);
    if (state.objects.has(key)) continue;
    const { name, namespace, generation, uid: _u, creationTimestamp: _c, ...rest } = object.metadata;
    const stored = {
      ...object,
      metadata: { name, ...(namespace === undefined ? {} : { namespace }), uid: drawUid(state, ctx, key), ...(generation === undefined ? {} : { generation }), creationTimestamp: formatTime(ctx.now), ...rest },
    };
    out.push({ op: 'call', to: state.etcd, body: createTxn(key, stored), label: { verb: 'Txn', subject: key } });
  }
  return out;
}

/** The recording's own address and times become this server's. */
function adapt(state: State, ctx: Context, o: KubeObject): KubeObject {
  const address = state.config.advertiseAddress ?? '192.0.2.2';
  const port = state.config.securePort ?? 6443;
  const now = formatTime(ctx.now);
  const walk = (v: unknown, key: string): unknown => {
    if (typeof v === 'string') return v === '192.0.2.2' ? address : key === 'lastTransitionTime' ? now : v;
    if (v === 16443) return port;
    if (Array.isArray(v)) return v.map((x) => walk(x, key));
    if (typeof v === 'object' && v !== null) {
      const out: Record<string, unknown> = {};
      for (const k of Object.keys(v)) out[k] = walk((v as Record<string, unknown>)[k], k);
      return out;
    }
    return v;
  };
  return walk(o, '') as KubeObject;
}

/** The Lease by which this server says that it lives; renewed by renewIdentity. */
export const identityName = (state: State): string => 'apiserver-' + (state.config.hostname ?? 'kube-orrery').replaceAll(/[^a-z0-9-]/g, '-');

function identityLease(state: State, ctx: Context): KubeObject {
  const name = identityName(state);
  return {
    apiVersion: 'coordination.k8s.io/v1', kind: 'Lease',
    metadata: { name, namespace: 'kube-system', labels: { 'apiserver.kubernetes.io/identity': 'kube-apiserver', 'kubernetes.io/hostname': state.config.hostname ?? 'kube-orrery' } } as unknown as KubeObject['metadata'],
    spec: { holderIdentity: name + '_' + drawUid(state, ctx, 'identity'), leaseDurationSeconds: 3600, renewTime: formatMicroTime(ctx.now) },
  };
}

export const LEASES = findResource('coordination.k8s.io', 'v1', 'leases')!;
