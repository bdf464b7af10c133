/**
 * Subsets of Endpoints in canonical form: addresses that offer the same ports together.
 *
 * Upstream: pkg/api/v1/endpoints/util.go (RepackSubsets)
 * Left out: ports and subsets are sorted by their JSON instead of by a hash of Go structs.
 */
import { compareText } from '../objects.ts';
import { canonical } from '../template.ts';

export interface Address { readonly ip: string; readonly hostname?: string; readonly nodeName?: string; readonly targetRef?: { readonly kind?: string; readonly namespace?: string; readonly name?: string; readonly uid?: string; readonly resourceVersion?: string } }
export interface Port { readonly name?: string; readonly port: number; readonly protocol: string; readonly appProtocol?: string }
export interface Subset { readonly addresses?: readonly Address[]; readonly notReadyAddresses?: readonly Address[]; readonly ports?: readonly Port[] }

interface Entry { readonly address: Address; ready: boolean }

const order = (a: Address, b: Address): number => compareText(a.ip, b.ip) || compareText(a.targetRef?.uid ?? '', b.targetRef?.uid ?? '');

/** Not ready wins where an address is both. */
export function repackSubsets(subsets: readonly Subset[]): Subset[] {
  const byPort = new Map<string, { readonly port: Port | undefined; readonly entries: Map<string, Entry> }>();
  const add = (port: Port | undefined, address: Address, ready: boolean): void => {
    const portKey = port === undefined ? '' : canonical(port);
    let slot = byPort.get(portKey);
    if (slot === undefined) byPort.set(portKey, slot = { port, entries: new Map() });
    const key = `${address.ip} ${address.targetRef?.uid ?? ''}`;
    const known = slot.entries.get(key);
    if (known === undefined) slot.entries.set(key, { address, ready });
    else if (!ready) known.ready = false;
  };
  for (const subset of subsets) {
    for (const port of subset.ports === undefined || subset.ports.length === 0 ? [undefined] : subset.ports) {
      for (const a of subset.addresses ?? []) add(port, a, true);
      for (const a of subset.notReadyAddresses ?? []) add(port, a, false);
    }
  }
  const groups: Record<string, { readonly entries: Entry[]; readonly ports: Port[] }> = {};
  for (const portKey of [...byPort.keys()].sort()) {
    const { port, entries } = byPort.get(portKey)!;
    const list = [...entries.keys()].sort().map((k) => entries.get(k)!).sort((a, b) => order(a.address, b.address));
    const key = list.map((e) => `${e.address.ip} ${e.address.targetRef?.uid ?? ''} ${e.ready}`).join(',');
    const group = (groups[key] ??= { entries: list, ports: [] });
    if (port !== undefined) group.ports.push(port);
  }
  return Object.keys(groups).sort().map((key) => {
    const { entries, ports } = groups[key]!;
    const ready = entries.filter((e) => e.ready).map((e) => e.address);
    const not = entries.filter((e) => !e.ready).map((e) => e.address);
    return { ...(ready.length === 0 ? {} : { addresses: ready }), ...(not.length === 0 ? {} : { notReadyAddresses: not }), ...(ports.length === 0 ? {} : { ports }) };
  });
}

/** Equality that does not see the resourceVersion of the pods referred to. */
export function subsetsEqual(a: readonly Subset[], b: readonly Subset[]): boolean {
  return a === b || comparable(a) === comparable(b);
}

function comparable(subsets: readonly Subset[]): string {
  const bare = (address: Address): Address => {
    if (address.targetRef?.resourceVersion === undefined) return address;
    const { resourceVersion: _rv, ...targetRef } = address.targetRef;
    return { ...address, targetRef };
  };
  return canonical(subsets.map((s) => ({ ...s, addresses: s.addresses?.map(bare), notReadyAddresses: s.notReadyAddresses?.map(bare) })));
}

const maxCapacity = 1000;

export function countOf(subsets: readonly Subset[]): number {
  return subsets.reduce((n, s) => n + (s.addresses?.length ?? 0) + (s.notReadyAddresses?.length ?? 0), 0);
}

export function overCapacity(subsets: readonly Subset[]): boolean {
  return countOf(subsets) > maxCapacity;
}

/** At most 1000 addresses, ready ones first, shared out over the subsets. */
export function truncate(subsets: readonly Subset[]): readonly Subset[] {
  const ready = subsets.reduce((n, s) => n + (s.addresses?.length ?? 0), 0);
  const notReady = countOf(subsets) - ready;
  if (ready + notReady <= maxCapacity) return subsets;
  const cutReady = ready > maxCapacity;
  const max = cutReady ? maxCapacity : maxCapacity - ready;
  const total = cutReady ? ready : notReady;
  let room = max;
  return subsets.map((s) => {
    const list = (cutReady ? s.addresses : s.notReadyAddresses) ?? [];
    const kept = list.slice(0, Math.min(room, Math.ceil((list.length / total) * max)));
    room -= kept.length;
    const { notReadyAddresses: _old, ...rest } = s;
    if (cutReady) return { ...rest, addresses: kept };
    return kept.length === 0 ? rest : { ...rest, notReadyAddresses: kept };
  });
}
