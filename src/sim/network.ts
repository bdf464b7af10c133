/** Latency of links: drawn per message from (seed, link, object, time), or once per stream, so that a stream never reorders. */
import { finish, mix, mixNumber, mixString } from '../base/hash.ts';
import type { Message, MessageType, Micros } from './types.ts';

/** One-way latency: base plus up to `jitter` microseconds. */
export interface LinkModel { readonly base: Micros; readonly jitter: Micros }
export type LatencyTable = (from: string, to: string, type: MessageType) => LinkModel;

export class Latency {
  private readonly addresses = new Map<string, number>();

  constructor(private readonly seed: number, private readonly table: LatencyTable) {}

  of(message: Message, now: Micros): Micros {
    const model = this.table(message.from, message.to, message.type);
    if (model.jitter === 0) return model.base;
    let h = mix(mix(this.seed, this.address(message.from)), this.address(message.to));
    h = message.stream !== undefined ? mixString(h, message.stream) : mixNumber(mixString(h, message.label.subject), now);
    return model.base + (finish(h) % (model.jitter + 1));
  }

  private address(name: string): number {
    let h = this.addresses.get(name);
    if (h === undefined) {
      h = finish(mixString(0x51ed270b, name));
      this.addresses.set(name, h);
    }
    return h;
  }
}

/** The key of a link: both ends, in order. */
export function linkKey(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
