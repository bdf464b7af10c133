// Pace is per pixel, not per hop: a stepped hop lasts 220 ms and 1.15 ms a pixel of its way, a gate 110 ms.
import type { Flight } from './flights.ts';

export const GATE_MS = 110;
/** Length of a way on the widest stage, in px: pace must not depend on this window's size, or a link would play differently elsewhere. */
export function nominalLength(way: string): number {
  if (way === 'gates') return 615;
  if (way === 'in>etcd' || way === 'etcd>out') return 96;
  if (way === 'etcd>cache') return 190;
  if (way.startsWith('cri:') || way.startsWith('irc:')) return 90;
  if (way === 'in:you') return 90;
  if (way.startsWith('in:')) return way.startsWith('in:kubelet') ? 420 : 380;
  if (way.startsWith('cache:')) return 520;
  return 480;
}
export const hopMs = (way: string): number => (way === 'gates' ? GATE_MS * 9 : Math.max(320, Math.min(1600, 220 + 1.15 * nominalLength(way))));
/** Milliseconds on the wall in which a step over `story` ms of story time is shown. */
export const pace = (f: Flight | null, story: number): number => (f === null ? Math.min(800, story) : f.way === 'gates' ? Math.max(90, (hopMs('gates') * story) / Math.max(1, f.t1 - f.t0)) : hopMs(f.way));

/** Story milliseconds a message asks for while playing: never faster than 1,050 px a second; heartbeats pass at that limit. */
export function storyMs(way: string, heartbeat: boolean): number {
  if (way === 'gates') return heartbeat ? 320 : 770;
  return heartbeat ? Math.max(110, nominalLength(way) / 1.05) : Math.max(260, nominalLength(way) / 0.8);
}
