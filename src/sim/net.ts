/** What a run of journal entries changes in the end: each (container, key) once, with its value before and after. */
export interface Net {
  readonly containers: Int32Array;
  readonly keys: readonly (string | number)[];
  readonly olds: readonly unknown[];
  readonly news: readonly unknown[];
}

export type Apply = (container: number, key: string | number, value: unknown) => void;

/** Takes entries in their order, of one journal or of nets that follow each other, and folds them into one net. */
export class NetCollector {
  private readonly slots = new Map<number, Map<string | number, number>>();
  private readonly containers: number[] = [];
  private readonly keys: (string | number)[] = [];
  private readonly olds: unknown[] = [];
  private readonly news: unknown[] = [];

  add(container: number, key: string | number, old: unknown, value: unknown): void {
    let known = this.slots.get(container);
    if (known === undefined) this.slots.set(container, (known = new Map()));
    const slot = known.get(key);
    if (slot !== undefined) {
      this.news[slot] = value;
      return;
    }
    known.set(key, this.keys.length);
    this.containers.push(container);
    this.keys.push(key);
    this.olds.push(old);
    this.news.push(value);
  }

  addNet(net: Net): void {
    for (let i = 0; i < net.keys.length; i++) this.add(net.containers[i], net.keys[i], net.olds[i], net.news[i]);
  }

  /** What is as it was before is left out. */
  net(): Net {
    let size = 0;
    for (let i = 0; i < this.keys.length; i++) if (this.olds[i] !== this.news[i]) size++;
    // Nets are kept for as long as the run: their arrays are made to measure.
    const containers = new Int32Array(size);
    const keys = new Array<string | number>(size);
    const olds = new Array<unknown>(size);
    const news = new Array<unknown>(size);
    for (let i = 0, at = 0; i < this.keys.length; i++) {
      if (this.olds[i] === this.news[i]) continue;
      containers[at] = this.containers[i];
      keys[at] = this.keys[i];
      olds[at] = this.olds[i];
      news[at] = this.news[i];
      at++;
    }
    return { containers, keys, olds, news };
  }
}

export function applyNet(net: Net, backwards: boolean, apply: Apply): void {
  const values = backwards ? net.olds : net.news;
  for (let i = 0; i < values.length; i++) apply(net.containers[i], net.keys[i], values[i]);
}
