/**
 * A rate-limited work queue in journalled cells: keys merge while they wait, a key added while it is processed waits again.
 * Upstream: util/workqueue/queue.go, delaying_queue.go, default_rate_limiters.go
 */
import type { Cell, Context, Host, Micros } from '../../sim/types.ts';
import type { WorkQueue } from './types.ts';

export interface QueueConfig {
  readonly name: string;
  readonly workers: number;
  readonly backoff: { readonly base: Micros; readonly max: Micros };
}

/** Upstream's DefaultTypedControllerRateLimiter: 10 a second, burst 100, over all keys. */
const BUCKET = { qps: 10, burst: 100 };

export class Queue {
  /** Order -> key. */
  private readonly waiting: Cell<string>;
  private readonly dirty: Cell<1>;
  private readonly processing: Cell<1>;
  private readonly failures: Cell<number>;
  /** key -> when it is added. */
  private readonly later: Cell<Micros>;
  private readonly bucket: Cell<{ readonly tokens: number; readonly at: Micros }>;

  constructor(host: Host, owner: string, readonly config: QueueConfig) {
    const name = `queue ${config.name}`;
    this.waiting = host.container(owner, `${name} waiting`, { ordered: true });
    this.dirty = host.container(owner, `${name} dirty`);
    this.processing = host.container(owner, `${name} processing`, { ordered: true });
    this.failures = host.container(owner, `${name} failures`);
    this.later = host.container(owner, `${name} later`);
    this.bucket = host.container(owner, `${name} bucket`);
  }

  /** Keys that wait, in order, and keys that are being processed. */
  get depth(): number {
    return this.waiting.size;
  }

  add(ctx: Context, key: string): void {
    if (this.dirty.has(key)) return;
    this.dirty.set(key, 1);
    ctx.record('enqueue', this.config.name, key);
    if (!this.processing.has(key)) this.enqueue(ctx, key);
  }

  addAfter(ctx: Context, key: string, us: Micros): void {
    if (us <= 0) {
      this.add(ctx, key);
      return;
    }
    const at = ctx.now + us;
    const known = this.later.get(key);
    if (known !== undefined && known <= at) return;
    this.later.set(key, at);
    ctx.setTimer(`later ${this.config.name} ${key}`, us);
  }

  addRateLimited(ctx: Context, key: string): void {
    const failures = this.failures.get(key) ?? 0;
    this.failures.set(key, failures + 1);
    const { base, max } = this.config.backoff;
    const backoff = failures >= 40 ? max : Math.min(max, base * 2 ** failures);
    const bucket = this.bucket.get('') ?? { tokens: BUCKET.burst * 1_000_000, at: ctx.now };
    const tokens = Math.min(BUCKET.burst * 1_000_000, bucket.tokens + (ctx.now - bucket.at) * BUCKET.qps) - 1_000_000;
    this.bucket.set('', { tokens, at: ctx.now });
    this.addAfter(ctx, key, Math.max(backoff, tokens >= 0 ? 0 : Math.ceil(-tokens / BUCKET.qps)));
  }

  forget(key: string): void {
    this.failures.delete(key);
  }

  numRequeues(key: string): number {
    return this.failures.get(key) ?? 0;
  }

  /** The timer of `addAfter` fired. */
  due(ctx: Context, key: string): void {
    this.later.delete(key);
    this.add(ctx, key);
  }

  /** Takes the next key if a worker is free. */
  take(ctx: Context): string | undefined {
    if (this.waiting.size === 0 || this.processing.size >= this.config.workers) return undefined;
    const [order] = this.waiting.range('', undefined, 1);
    const key = this.waiting.get(order)!;
    this.waiting.delete(order);
    this.dirty.delete(key);
    this.processing.set(key, 1);
    ctx.record('dequeue', this.config.name, key);
    return key;
  }

  done(ctx: Context, key: string): void {
    this.processing.delete(key);
    if (this.dirty.has(key)) this.enqueue(ctx, key);
  }

  /** The contract's view of it, bound to a context. */
  bind(ctx: Context): WorkQueue {
    return {
      add: (key) => this.add(ctx, key),
      addAfter: (key, us) => this.addAfter(ctx, key, us),
      addRateLimited: (key) => this.addRateLimited(ctx, key),
      forget: (key) => this.forget(key),
      numRequeues: (key) => this.numRequeues(key),
    };
  }

  /** First come, first served: ordered by the record that caused it, then by how many that record had caused before. */
  private enqueue(ctx: Context, key: string): void {
    const at = String(ctx.cause).padStart(10, '0');
    let n = this.waiting.prefix(at).length;
    while (this.waiting.has(`${at} ${String(n).padStart(5, '0')}`)) n++;
    this.waiting.set(`${at} ${String(n).padStart(5, '0')}`, key);
  }
}
