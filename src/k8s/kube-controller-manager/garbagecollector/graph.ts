/**
 * Who owns whom. Nodes by uid, edges by owner and dependent, all in journalled cells; every watch event costs constant work.
 *
 * Upstream: pkg/controller/garbagecollector/{graph,graph_builder}.go
 * Left out: alternate identities of a virtual owner whose dependents disagree about its name.
 */
import type { KubeObject, OwnerReference } from '../../api/types.ts';
import type { EventSource, InformerEvent, ProcessContext } from '../../client-go/types.ts';
import { equal } from '../objects.ts';

export interface Node {
  readonly uid: string;
  readonly apiVersion: string;
  readonly kind: string;
  /** '' for what has none. */
  readonly namespace: string;
  readonly name: string;
  readonly owners: readonly OwnerReference[];
  /** Known from an owner reference only, not yet seen. */
  readonly virtual?: boolean;
  readonly beingDeleted?: boolean;
  /** Being deleted in the foreground: waits for its dependents. */
  readonly deletingDependents?: boolean;
}

export const nodesCell = 'garbage collector nodes';
export const dependentsCell = 'garbage collector dependents';
export const absentCell = 'garbage collector absent owners';
export const queueDelete = 'garbagecollector';
export const queueOrphan = 'garbagecollector/orphan';
const absentCacheSize = 500;

const none: readonly OwnerReference[] = [];

export function nodeOf(p: ProcessContext, uid: string): Node | undefined {
  return p.cell<Node>(nodesCell).get(uid);
}

export function dependentsOf(p: ProcessContext, uid: string): Node[] {
  const out: Node[] = [];
  for (const key of p.cell(dependentsCell).prefix(`${uid}/`)) {
    const node = nodeOf(p, key.slice(uid.length + 1));
    if (node !== undefined) out.push(node);
  }
  return out;
}

export function attemptToDelete(p: ProcessContext, uid: string): void {
  p.queue(queueDelete).add(uid);
}

/** As references are printed in events. */
function referenceText(n: { readonly apiVersion: string; readonly kind: string; readonly name: string; readonly uid: string }, namespace: string): string {
  return `[${n.apiVersion}/${n.kind}, namespace: ${namespace}, name: ${n.name}, uid: ${n.uid}]`;
}

function matches(ref: OwnerReference, n: Node): boolean {
  return ref.apiVersion === n.apiVersion && ref.kind === n.kind && ref.name === n.name && ref.uid === n.uid;
}

export function absentKey(ref: { readonly apiVersion: string; readonly kind: string; readonly name: string; readonly uid: string }, namespace: string): string {
  return `${ref.uid} ${ref.apiVersion} ${ref.kind} ${namespace}/${ref.name}`;
}

export function noteAbsent(p: ProcessContext, key: string): void {
  const cell = p.cell<number>(absentCell);
  if (cell.has(key)) return;
  if (cell.size >= absentCacheSize) cell.delete(cell.keys()[0]!);
  cell.set(key, 1);
}

function reportInvalid(p: ProcessContext, source: EventSource, n: Node, ref: OwnerReference): void {
  p.event(source, { reference: true, kind: n.kind, apiVersion: n.apiVersion, namespace: n.namespace, name: n.name, uid: n.uid }, 'Warning', 'OwnerRefInvalidNamespace',
    `ownerRef ${referenceText(ref, n.namespace)} does not exist in namespace "${n.namespace}"`);
}

function addToOwners(p: ProcessContext, source: EventSource, n: Node, owners: readonly OwnerReference[]): void {
  let doubtful = false;
  for (const ref of owners) {
    const owner = nodeOf(p, ref.uid);
    if (owner === undefined) p.cell<Node>(nodesCell).set(ref.uid, { uid: ref.uid, apiVersion: ref.apiVersion, kind: ref.kind, namespace: n.namespace, name: ref.name, owners: none, virtual: true });
    p.cell(dependentsCell).set(`${ref.uid}/${n.uid}`, 1);
    if (owner === undefined) attemptToDelete(p, ref.uid);
    else if (!doubtful) {
      if (owner.namespace !== '' && owner.namespace !== n.namespace) {
        if (owner.virtual !== true) reportInvalid(p, source, n, ref);
        doubtful = true;
      } else if (!matches(ref, owner)) doubtful = true;
    }
  }
  if (doubtful) attemptToDelete(p, n.uid);
}

function hasFinalizer(object: KubeObject, finalizer: string): boolean {
  return object.metadata.finalizers?.includes(finalizer) ?? false;
}

function startsWith(old: KubeObject | undefined, object: KubeObject, finalizer: string): boolean {
  const now = object.metadata.deletionTimestamp !== undefined && hasFinalizer(object, finalizer);
  return now && (old === undefined || old.metadata.deletionTimestamp === undefined || !hasFinalizer(old, finalizer));
}

/** Takes in a watch event of `gvr`'s kind. */
export function observe(p: ProcessContext, source: EventSource, apiVersion: string, kind: string, event: InformerEvent): void {
  const { object } = event;
  const { uid, name } = object.metadata;
  const cell = p.cell<Node>(nodesCell);
  if (event.type === 'delete') {
    const node = cell.get(uid);
    if (node !== undefined) removeNode(p, node);
    return;
  }
  const old = event.type === 'update' && event.old.metadata.uid === uid ? event.old : undefined;
  if (event.type === 'update' && old === undefined) {
    // Deleted and made again while nobody watched.
    const gone = cell.get(event.old.metadata.uid);
    if (gone !== undefined) removeNode(p, gone);
  }
  const owners = object.metadata.ownerReferences ?? none;
  const beingDeleted = object.metadata.deletionTimestamp !== undefined;
  let node = cell.get(uid);
  if (node === undefined || node.virtual === true) {
    if (node !== undefined) reobserve(p, source, node, { apiVersion, kind, namespace: object.metadata.namespace ?? '', name });
    node = {
      uid, apiVersion, kind, namespace: object.metadata.namespace ?? '', name, owners,
      ...(beingDeleted ? { beingDeleted } : {}), ...(beingDeleted && hasFinalizer(object, 'foregroundDeletion') ? { deletingDependents: true } : {}),
    };
    cell.set(uid, node);
    if (owners.length > 0) addToOwners(p, source, node, owners);
  } else {
    let next = node;
    if (node.owners !== owners && !equal(node.owners, owners)) {
      next = { ...next, owners };
      changeOwners(p, source, node, next);
    }
    if (beingDeleted && node.beingDeleted !== true) next = { ...next, beingDeleted };
    if (next !== node) cell.set(uid, next);
    node = next;
  }
  if (startsWith(old, object, 'orphan')) {
    p.queue(queueOrphan).add(uid);
    return;
  }
  if (startsWith(old, object, 'foregroundDeletion')) {
    if (node.deletingDependents !== true) cell.set(uid, { ...node, deletingDependents: true });
    for (const dependent of dependentsOf(p, uid)) attemptToDelete(p, dependent.uid);
    attemptToDelete(p, uid);
  }
}

/** A virtual owner is seen at last: dependents that named it wrongly are looked at. */
function reobserve(p: ProcessContext, source: EventSource, virtual: Node, seen: Pick<Node, 'apiVersion' | 'kind' | 'namespace' | 'name'>): void {
  if (virtual.apiVersion === seen.apiVersion && virtual.kind === seen.kind && virtual.namespace === seen.namespace && virtual.name === seen.name) return;
  for (const dependent of dependentsOf(p, virtual.uid)) {
    const ref = dependent.owners.find((o) => o.uid === virtual.uid);
    if (ref === undefined) continue;
    const elsewhere = seen.namespace !== '' && dependent.namespace !== seen.namespace;
    if (!elsewhere && ref.apiVersion === seen.apiVersion && ref.kind === seen.kind && ref.name === seen.name) continue;
    if (elsewhere) reportInvalid(p, source, dependent, ref);
    attemptToDelete(p, dependent.uid);
  }
}

function changeOwners(p: ProcessContext, source: EventSource, old: Node, next: Node): void {
  const added = next.owners.filter((r) => !old.owners.some((o) => o.uid === r.uid));
  for (const was of old.owners) {
    const is = next.owners.find((r) => r.uid === was.uid);
    const unblocked = was.blockOwnerDeletion === true && (is === undefined || is.blockOwnerDeletion !== true);
    if (unblocked && nodeOf(p, was.uid) !== undefined) attemptToDelete(p, was.uid);
    if (is === undefined) p.cell(dependentsCell).delete(`${was.uid}/${old.uid}`);
  }
  if (added.length > 0) addToOwners(p, source, next, added);
}

/** Takes a node out; its dependents and owners that wait for it are looked at. */
export function removeNode(p: ProcessContext, node: Node): void {
  p.cell<Node>(nodesCell).delete(node.uid);
  for (const ref of node.owners) if (p.cell(dependentsCell).has(`${ref.uid}/${node.uid}`)) p.cell(dependentsCell).delete(`${ref.uid}/${node.uid}`);
  const dependents = dependentsOf(p, node.uid);
  if (dependents.length > 0) noteAbsent(p, absentKey(node, node.namespace));
  for (const dependent of dependents) {
    p.cell(dependentsCell).delete(`${node.uid}/${dependent.uid}`);
    attemptToDelete(p, dependent.uid);
  }
  for (const ref of node.owners) if (nodeOf(p, ref.uid)?.deletingDependents === true) attemptToDelete(p, ref.uid);
}

/** The server says that there is no such object: the graph forgets it as if it had seen the deletion. */
export function virtualDelete(p: ProcessContext, node: Node): void {
  const existing = nodeOf(p, node.uid);
  if (existing !== undefined) removeNode(p, existing);
}

