/**
 * The generations of the slices that a controller itself wrote, so that it does not reconcile against a cache that is behind.
 *
 * Upstream: staging/src/k8s.io/endpointslice/util/endpointslice_tracker.go
 */
import type { Cell } from '../../../sim/types.ts';
import type { KubeObject } from '../../api/types.ts';
import type { ProcessContext } from '../../client-go/types.ts';
import { keyOf } from '../objects.ts';

type Generations = Readonly<Record<string, number>>;
const deletionExpected = -1;

/** `cell`: Service key -> uid of a slice -> generation. */
export class SliceTracker {
  readonly cell: string;
  private readonly label: string;
  constructor(cell: string, serviceLabel: string) {
    this.cell = cell;
    this.label = serviceLabel;
  }

  private in(p: ProcessContext): Cell<Generations> {
    return p.cell<Generations>(this.cell);
  }

  serviceKey(slice: KubeObject): string {
    return `${slice.metadata.namespace}/${slice.metadata.labels?.[this.label] ?? ''}`;
  }

  has(p: ProcessContext, slice: KubeObject): boolean {
    return this.in(p).get(this.serviceKey(slice))?.[slice.metadata.uid] !== undefined;
  }

  shouldSync(p: ProcessContext, slice: KubeObject): boolean {
    const g = this.in(p).get(this.serviceKey(slice))?.[slice.metadata.uid];
    return g === undefined || (slice.metadata.generation ?? 0) > g;
  }

  stale(p: ProcessContext, service: KubeObject, slices: readonly KubeObject[]): boolean {
    const known = this.in(p).get(keyOf(service));
    if (known === undefined) return false;
    const seen: string[] = [];
    for (const slice of slices) {
      const { uid } = slice.metadata;
      seen.push(uid);
      const g = known[uid];
      if (g !== undefined && (g === deletionExpected || g > (slice.metadata.generation ?? 0))) return true;
    }
    return Object.keys(known).some((uid) => known[uid] !== deletionExpected && !seen.includes(uid));
  }

  update(p: ProcessContext, slice: KubeObject): void {
    this.put(p, slice, slice.metadata.generation ?? 0);
  }

  expectDeletion(p: ProcessContext, slice: KubeObject): void {
    this.put(p, slice, deletionExpected);
  }

  private put(p: ProcessContext, slice: KubeObject, generation: number): void {
    const key = this.serviceKey(slice);
    this.in(p).set(key, { ...this.in(p).get(key), [slice.metadata.uid]: generation });
  }

  /** False if the deletion was not this controller's. */
  handleDeletion(p: ProcessContext, slice: KubeObject): boolean {
    const key = this.serviceKey(slice);
    const known = this.in(p).get(key);
    const g = known?.[slice.metadata.uid];
    if (known === undefined || g === undefined) return true;
    const { [slice.metadata.uid]: _gone, ...rest } = known;
    this.in(p).set(key, rest);
    return g === deletionExpected;
  }

  deleteService(p: ProcessContext, key: string): void {
    if (this.in(p).has(key)) this.in(p).delete(key);
  }
}
