// The one sentence of this instant, said from what is in flight: for the caption outside a lesson, and for the live region at every step.
import type { Key } from '../../i18n/index.ts';
import { during } from '../stage/flights.ts';
import type { Flight, Flights } from '../stage/flights.ts';
import { GATE_KEYS } from '../stage/useWords.ts';
import type { T } from '../words.tsx';

function actor(t: T, client: string): string {
  if (client === 'kcm') return t('actor.kcm');
  if (client === 'sch') return t('actor.sch');
  if (client === 'you') return t('actor.you');
  const node = client.slice(client.indexOf('/') + 1);
  if (client.startsWith('kubelet/')) return t('actor.kubelet', { node });
  if (client.startsWith('proxy/')) return t('actor.proxy', { node });
  return t('actor.client');
}
export function sentence(t: T, f: Flight, at: number): string {
  const label = f.label, way = f.way;
  if (way === 'gates') { const k = (f.gates ?? []).filter((g) => g <= at + 0.5).length, n = Math.max(1, Math.min(9, (f.gateNos[Math.max(0, k - 1)] ?? 0) + 1)); return t('say.gate', { label, n, gate: t(GATE_KEYS[n - 1]) }); }
  const say = (k: Key, who: string): string => t(k, { from: actor(t, who), to: actor(t, who), label });
  if (way.startsWith('in:')) return say('say.req', way.slice(3));
  if (way.startsWith('out:')) return say('say.res', way.slice(4));
  if (way.startsWith('cache:')) return say('say.watch', way.slice(8));
  if (way === 'in>etcd') return t(/^Range /.test(label) ? 'say.read' : 'say.put', { label });
  if (way === 'etcd>out') return t('say.ok', { label });
  if (way === 'etcd>cache') return t('say.event', { label });
  if (way.startsWith('irc:')) return t('say.irc', { to: actor(t, `kubelet/${way.slice(4)}`), label });
  return t('say.cri', { from: actor(t, `kubelet/${way.slice(4)}`), label });
}
/** The flight the caption speaks of: the followed one if it is on its way, else the most telling of those in flight or just arrived; its index, or -1. */
export function spoken(flights: Flights, t: number, followed: number): number {
  let best = -1, rank = -1;
  during(flights, t - 1, t, (f, i) => {
    const r = (f.seq === followed ? 10 : 0) + (f.way === 'gates' ? 4 : f.kind === 'req' ? 3 : f.kind === 'watch' ? 2 : 1) + (f.t1 > t ? 0 : 5);
    if (r > rank) { best = i; rank = r; }
  });
  return best;
}
/** Messages a second of virtual time, at so many times its speed: of those that left in the last 800 ms on the screen. */
export function rateAt(flights: Flights, t: number, speed: number): number { let n = 0; during(flights, t - 800, t, (f) => { if (f.way !== 'gates' && f.t0 > t - 800) n++; }); return Math.round(n / (0.8 * speed)); }
/** How many are in flight. */
export function inFlightAt(flights: Flights, t: number): number { let n = 0; during(flights, t, t, () => { n++; }); return n; }
