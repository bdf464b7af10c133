/**
 * What a run of journal entries changes in the end: each (container, key) once, with its value before and after. Entries of a
 * container lie together: part p are those of `containers[p]`, from `starts[p]` to before `starts[p + 1]`.
 */
export interface Net {
  readonly containers: Int32Array;
  readonly starts: Int32Array;
  readonly keys: readonly (string | number)[];
  readonly olds: readonly unknown[];
  readonly news: readonly unknown[];
}

/** Receives a part of a net that a journey passes. */
export type ApplyPart = (container: number, net: Net, part: number, backwards: boolean) => void;

/** Takes entries in their order, of one journal or of nets that follow each other, and folds them into one net. */
export class NetCollector {
  private readonly slots = new Map<number, Map<string | number, number>>();
  private readonly keys: (string | number)[] = [];
  private readonly olds: unknown[] = [];
  private readonly news: unknown[] = [];

  add(container: number, key: string | number, old: unknown, value: unknown): void {
    this.enter(this.of(container), key, old, value);
  }

  addNet(net: Net): void {
    for (let part = 0; part < net.containers.length; part++) {
      const known = this.of(net.containers[part]);
      for (let i = net.starts[part]; i < net.starts[part + 1]; i++) this.enter(known, net.keys[i], net.olds[i], net.news[i]);
    }
  }

  /** What is as it was before is left out. */
  net(): Net {
    let size = 0;
    let parts = 0;
    for (const known of this.slots.values()) {
      const before = size;
      for (const slot of known.values()) if (this.olds[slot] !== this.news[slot]) size++;
      if (size !== before) parts++;
    }
    // Nets are kept for as long as the run: their arrays are made to measure.
    const containers = new Int32Array(parts);
    const starts = new Int32Array(parts + 1);
    const keys = new Array<string | number>(size);
    const olds = new Array<unknown>(size);
    const news = new Array<unknown>(size);
    let part = 0;
    let at = 0;
    for (const [container, known] of this.slots) {
      const before = at;
      for (const slot of known.values()) {
        if (this.olds[slot] === this.news[slot]) continue;
        keys[at] = this.keys[slot];
        olds[at] = this.olds[slot];
        news[at] = this.news[slot];
        at++;
      }
      if (at === before) continue;
      containers[part] = container;
      starts[++part] = at;
    }
    return { containers, starts, keys, olds, news };
  }

  private of(container: number): Map<string | number, number> {
    let known = this.slots.get(container);
    if (known === undefined) this.slots.set(container, (known = new Map()));
    return known;
  }

  private enter(known: Map<string | number, number>, key: string | number, old: unknown, value: unknown): void {
    const slot = known.get(key);
    if (slot !== undefined) {
      this.news[slot] = value;
      return;
    }
    known.set(key, this.keys.length);
    this.keys.push(key);
    this.olds.push(old);
    this.news.push(value);
  }
}

/** Hands the parts of `net` on, each to its container. */
export function passNet(net: Net, backwards: boolean, apply: ApplyPart): void {
  for (let part = 0; part < net.containers.length; part++) apply(net.containers[part], net, part, backwards);
}
