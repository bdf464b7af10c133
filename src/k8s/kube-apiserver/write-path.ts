/**
 * What a write to an object passes between decode and storage: pure functions of the request, the object as it is, and the cache.
 * Upstream: staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go, pkg/registry/rest/{create,update}.go
 */
import type { KubeObject, Status } from '../api/types.ts';
import { semanticEqual } from '../apimachinery/change.ts';
import { badRequest, conflict, invalid as invalidStatus, OPTIMISTIC_LOCK, unknownError } from '../apimachinery/status-errors.ts';
import { invalid, path } from '../apimachinery/field-error.ts';
import { goQuote } from '../apimachinery/goquote.ts';
import { formatTime } from '../apimachinery/time.ts';
import { admit, validateAdmission } from './admission/chain.ts';
import type { Attributes, Operation } from './admission/plugin.ts';
import type { Exchange } from './exchange.ts';
import { isRefusal, pass, refuse, snapshot } from './exchange.ts';
import { drawName, drawUid } from './identity.ts';
import { allocateService } from './registry/service-allocation.ts';
import type { Allocation } from './registry/service-allocation.ts';
import { withMeta } from './registry/strategy.ts';
import { storageKey } from './resources.ts';
import { track, trackOwn } from './ownership.ts';
import { chargeOf } from './quota-charge.ts';
import { validateCreate, validateUpdate } from './validation-gate.ts';

export function attributesOf(x: Exchange, operation: Operation, object: KubeObject | undefined, old: KubeObject | undefined): Attributes {
  const { request, ctx } = x;
  return {
    operation, resource: x.resource, subresource: request.subresource ?? '', namespace: request.namespace ?? '', name: request.name ?? object?.metadata.name ?? '', object, old,
    user: request.user, dryRun: request.options?.dryRun === true, request, state: x.state, now: ctx.now,
    draw: (purpose, key, n) => ctx.draw(purpose, key, n), warn: (text) => { x.warnings.push(text); }, charge: (quota, next) => { x.charges.push(chargeOf(quota, trackOwn(quota, next, 'status', formatTime(ctx.now)))); },
  };
}

/** Upstream: rest.EnsureObjectNamespaceMatchesRequestNamespace. */
export function matchNamespace(x: Exchange, object: KubeObject): KubeObject | Status {
  const wanted = x.resource.namespaced ? x.request.namespace ?? '' : '';
  const given = object.metadata.namespace ?? '';
  if (given === wanted) return object;
  if (given === '') return withMeta(object, { namespace: wanted });
  if (wanted === '') return withMeta(object, { namespace: undefined });
  return refuse(x, 'decode', badRequest('the namespace of the provided object does not match the namespace sent on the request'));
}

function mutatingGate(x: Exchange, operation: Operation, object: KubeObject, old: KubeObject | undefined): KubeObject | Status {
  const admitted = admit(attributesOf(x, operation, object, old));
  if (admitted.refusal !== undefined) return refuse(x, 'mutating admission', admitted.refusal, admitted.refusedBy);
  pass(x, 'mutating admission', admitted.changedBy);
  snapshot(x, 'mutating admission', admitted.object!);
  return admitted.object!;
}

function validatingGate(x: Exchange, operation: Operation, object: KubeObject | undefined, old: KubeObject | undefined): Status | undefined {
  const refused = validateAdmission(attributesOf(x, operation, object, old));
  if (refused !== undefined) return refuse(x, 'validating admission', refused.refusal, refused.refusedBy);
  pass(x, 'validating admission');
  return undefined;
}

/** The metadata that every new object gets, in the order of the wire. */
function systemMetadata(x: Exchange, object: KubeObject, name: string, uid: string): KubeObject {
  const { name: _n, uid: _u, creationTimestamp: _c, deletionTimestamp: _d, deletionGracePeriodSeconds: _g, resourceVersion: _r, generateName, namespace, generation, managedFields, ...others } = object.metadata;
  const { selfLink: _s, ...rest } = others as Record<string, unknown>;
  const metadata: Record<string, unknown> = { name };
  if (generateName !== undefined && generateName !== '') metadata['generateName'] = generateName;
  if (namespace !== undefined && namespace !== '') metadata['namespace'] = namespace;
  metadata['uid'] = uid;
  if (generation !== undefined) metadata['generation'] = generation;
  metadata['creationTimestamp'] = formatTime(x.ctx.now);
  Object.assign(metadata, rest);
  if (managedFields !== undefined) metadata['managedFields'] = managedFields;
  return { ...object, metadata: metadata as unknown as KubeObject['metadata'] };
}

/** Addresses and ports of a Service; other kinds pass. */
function allocate(x: Exchange, object: KubeObject, old: KubeObject | undefined, attempt: number): KubeObject | Status {
  if (x.resource.prefix !== '/registry/services/specs/' || (x.request.subresource ?? '') !== '') return object;
  const a = allocateService({ state: x.state, dryRun: x.request.options?.dryRun === true, attempt, draw: (purpose, key, n) => x.ctx.draw(purpose, key, n) }, object, old);
  if (isRefusal(a)) return a;
  x.claims.push(...(a as Allocation).claim);
  x.claimant = object.metadata.name;
  x.releases.push(...(a as Allocation).release);
  return (a as Allocation).object;
}

export interface Creation { readonly object: KubeObject; readonly key: string }

/** From a decoded, defaulted object to the one that is stored. `asName`: the name of create-on-update. */
export function prepareCreation(x: Exchange, decoded: KubeObject, apply = false, attempt = 0): Creation | Status {
  const { resource, request, state, ctx } = x;
  let object: KubeObject | Status = matchNamespace(x, decoded);
  if (isRefusal(object)) return object;
  // What only the server sets is wiped before anyone looks.
  if (object.metadata.uid !== undefined || object.metadata.creationTimestamp !== undefined || object.metadata.deletionTimestamp !== undefined || object.metadata.deletionGracePeriodSeconds !== undefined) {
    object = withMeta(object, { uid: undefined, creationTimestamp: undefined, deletionTimestamp: undefined, deletionGracePeriodSeconds: undefined });
  }
  if (!apply) object = track(x, undefined, object);
  object = mutatingGate(x, 'CREATE', object, undefined);
  if (isRefusal(object)) return object;
  const namespace = object.metadata.namespace ?? '';
  let name = object.metadata.name ?? '';
  if (name === '' && object.metadata.generateName) name = drawName(state, ctx, resource.prefix + namespace + '/', object.metadata.generateName);
  const resourceVersion = object.metadata.resourceVersion;
  object = systemMetadata(x, object, name, drawUid(state, ctx, storageKey(resource, namespace, name)));
  const allocated = allocate(x, object, undefined, attempt);
  if (isRefusal(allocated)) return refuse(x, 'validation', allocated);
  object = allocated;
  if (resource.strategy.prepareForCreate !== undefined) object = resource.strategy.prepareForCreate(object);
  const key = storageKey(resource, namespace, object.metadata.name);
  const wrong = validateCreate(x, object);
  if (wrong !== undefined) return refuse(x, 'validation', wrong);
  pass(x, 'validation');
  snapshot(x, 'validation', object);
  const denied = validatingGate(x, 'CREATE', object, undefined);
  if (denied !== undefined) return denied;
  if (resourceVersion !== undefined && resourceVersion !== '' && resourceVersion !== '0' && request.options?.dryRun !== true && request.verb === 'create') {
    return refuse(x, 'storage', { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'resourceVersion should not be set on objects to be created', code: 500 });
  }
  // A dry run answers with the revision that was sent, for nothing was written that would give it another.
  if (request.options?.dryRun === true && resourceVersion !== undefined && resourceVersion !== '') object = withMeta(object, { resourceVersion });
  return { object, key };
}

/** From the object a client wants to the one that is stored; `old` is what it replaces. Equal to `old` means: nothing to write. */
export function prepareUpdate(x: Exchange, wanted: KubeObject, old: KubeObject, tracked: boolean, attempt = 0): KubeObject | Status {
  const { resource, request } = x;
  const subresource = request.subresource ?? '';
  let next: KubeObject | Status = wanted;
  if (!tracked) next = track(x, old, next);
  next = mutatingGate(x, 'UPDATE', next, old);
  if (isRefusal(next)) return next;
  // The storage's own rules on resourceVersion.
  const given = next.metadata.resourceVersion;
  if (given === undefined || given === '' || given === '0') {
    if (resource.strategy.allowUnconditionalUpdate === false && request.verb === 'update') {
      return refuse(x, 'storage', invalidStatus({ group: resource.group, kind: resource.resource }, request.name ?? '', [invalid(path('metadata', 'resourceVersion'), 0, 'must be specified for an update')]));
    }
  } else if (!/^\d+$/.test(given)) {
    return refuse(x, 'storage', unknownError(`strconv.ParseUint: parsing ${goQuote(given)}: invalid syntax`));
  } else if (given !== old.metadata.resourceVersion) {
    return refuse(x, 'storage', conflict(resource.gr, request.name ?? '', OPTIMISTIC_LOCK));
  }
  next = allocate(x, next, old, attempt);
  if (isRefusal(next)) return refuse(x, 'validation', next);
  next = matchNamespace(x, next);
  if (isRefusal(next)) return next;
  next = withMeta(next, { generation: old.metadata.generation, resourceVersion: old.metadata.resourceVersion });
  // A scale is an update of the object itself: its strategy, its generation.
  const prepare = subresource === '' || subresource === 'scale' ? resource.strategy.prepareForUpdate : resource.strategy.subresources?.[subresource];
  if (prepare !== undefined) next = prepare(next, old);
  next = keepSystemMetadata(next, old);
  const wrong = validateUpdate(x, next, old, subresource);
  if (wrong !== undefined) return refuse(x, 'validation', wrong);
  pass(x, 'validation');
  next = ignoreManagedTimes(next, old);
  const denied = validatingGate(x, 'UPDATE', next, old);
  return denied ?? next;
}

function keepSystemMetadata(next: KubeObject, old: KubeObject): KubeObject {
  const a = next.metadata;
  const b = old.metadata;
  const changes: Record<string, unknown> = {};
  if (!a.uid) changes['uid'] = b.uid;
  if (a.creationTimestamp !== b.creationTimestamp) changes['creationTimestamp'] = b.creationTimestamp;
  if (b.deletionTimestamp !== undefined) changes['deletionTimestamp'] = b.deletionTimestamp;
  if (b.deletionGracePeriodSeconds !== undefined && a.deletionGracePeriodSeconds === undefined) changes['deletionGracePeriodSeconds'] = b.deletionGracePeriodSeconds;
  for (const _ in changes) return { ...next, metadata: orderMetadata({ ...a, ...changes } as KubeObject['metadata']) };
  return next;
}

const ORDER = ['name', 'generateName', 'namespace', 'uid', 'resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'labels', 'annotations', 'ownerReferences', 'finalizers', 'managedFields'];

function orderMetadata(m: KubeObject['metadata']): KubeObject['metadata'] {
  const out: Record<string, unknown> = {};
  const from = m as unknown as Record<string, unknown>;
  for (const k of ORDER) if (from[k] !== undefined) out[k] = from[k];
  return out as unknown as KubeObject['metadata'];
}

/** Upstream: fieldmanager.IgnoreManagedFieldsTimestampsTransformer: new times alone are no change. */
function ignoreManagedTimes(next: KubeObject, old: KubeObject): KubeObject {
  const a = next.metadata.managedFields;
  const b = old.metadata.managedFields;
  if (a === b || a === undefined || b === undefined || a.length !== b.length) return next;
  for (let i = 0; i < a.length; i++) {
    if (a[i] === b[i]) continue;
    const { time: _a, ...x } = a[i];
    const { time: _b, ...y } = b[i];
    if (!semanticEqual(x, y)) return next;
  }
  const same = withMeta(next, { managedFields: b });
  return semanticEqual(same, old) ? old : next;
}

/** Admission of a deletion. */
export function validateDelete(x: Exchange, old: KubeObject): Status | undefined {
  const a = attributesOf(x, 'DELETE', undefined, old);
  const admitted = admit(a);
  if (admitted.refusal !== undefined) return refuse(x, 'mutating admission', admitted.refusal, admitted.refusedBy);
  return validatingGate(x, 'DELETE', undefined, old);
}

/** Admission of a POST to a sub-resource (binding, eviction, token). */
export function admitSubresource(x: Exchange, object: KubeObject): KubeObject | Status {
  const admitted = mutatingGate(x, 'CREATE', object, undefined);
  if (isRefusal(admitted)) return admitted;
  return validatingGate(x, 'CREATE', admitted, undefined) ?? admitted;
}
