/** Read-only access to the containers of a simulator by owner and name, for everything that looks but does not touch. */
import type { Container } from '../sim/container.ts';
import type { Simulator } from '../sim/simulator.ts';
import type { KeyValue } from '../k8s/etcd/types.ts';
import type { KubeObject } from '../k8s/api/types.ts';
import { prefixEnd } from '../base/sorted-keys.ts';

export class Peek {
  private readonly byName = new Map<string, Container<unknown>>();

  constructor(readonly sim: Simulator) {
    for (const container of sim.allContainers()) this.byName.set(`${container.owner}\n${container.name}`, container);
  }

  container<V>(owner: string, name: string): Container<V> | undefined {
    return this.byName.get(`${owner}\n${name}`) as Container<V> | undefined;
  }

  owned(owner: string): Container<unknown>[] {
    return this.sim.allContainers().filter((container) => container.owner === owner);
  }

  size(owner: string, name: string): number {
    return this.container(owner, name)?.size ?? 0;
  }

  /** Current values under an etcd prefix, by key order. */
  stored(prefix: string): KeyValue[] {
    const kvs = this.container<KeyValue>('etcd', 'kvs');
    if (!kvs) return [];
    return kvs.range(prefix, prefixEnd(prefix)).map((key) => kvs.get(key)!);
  }

  /** Stored API objects under an etcd prefix. */
  objects(prefix: string): KubeObject[] {
    return this.stored(prefix).map(objectOf).filter((object): object is KubeObject => object !== null);
  }
}

/** The API object in a stored value, with the resourceVersion the API shows. */
export function objectOf(kv: KeyValue): KubeObject | null {
  const value = kv.value as KubeObject | null;
  if (typeof value !== 'object' || value === null || !('metadata' in value)) return null;
  return { ...value, metadata: { ...value.metadata, resourceVersion: String(kv.modRevision) } };
}
