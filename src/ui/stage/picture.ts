// What is in flight at story time t, ready to be painted. Pure: (ways, flights, t) in, a list of marks out; the same forwards and backwards.
// "Many" is read from the last 800 ms of the trace, never remembered.
import { lengthNear, placeAt } from './curve.ts';
import type { Curve } from './curve.ts';
import { during, firstFrom } from './flights.ts';
import type { Flight, Flights } from './flights.ts';
import type { HubBox } from './layout.ts';
import type { Kind } from '../../protocol/stage.ts';
import { shortLabel, textWidth } from './text.ts';
import type { LabelSpot, Ways } from './ways.ts';

export interface Glyph { kind: Kind; x: number; y: number; angle: number; scale: number; count: number; halo: boolean; error: boolean; seq: number; alpha: number; tail: { curve: Curve; at: number; length: number } | null }
export interface Line { curve: Curve; kind: Kind; to: number; width: number; alpha: number }
export interface Ribbon { curve: Curve; kind: Kind; rate: number; offset: number }
/** `text` is cut to the room of its place, `full` is all of it; `x`, `w`: the label's box. */
export interface Label { spot: LabelSpot; text: string; full: string; rank: number; x: number; w: number }
export type GateState = 'shut' | 'open' | 'now' | 'refused';
export interface Picture {
  lines: readonly Line[];
  ribbons: readonly Ribbon[];
  glyphs: readonly Glyph[];
  labels: readonly Label[];
  gates: readonly GateState[];
  /** Clients whose string carries something, with its kind: their pill's outline is lit. */
  lit: ReadonlyMap<string, Kind>;
  /** Pill of the watch cache that has just changed, or -1. */
  cache: number;
  inFlight: number;
}
export interface Options { reduced: boolean; /** A message is stepped or the run is paused: gates turn brass and stay open behind the request. */ stepping: boolean; /** The request being followed. */ followed: number; /** The one message a lesson's step is about: while it is on its way all others step back. */ spot?: number; hub: HubBox }

const WINDOW = 800, MANY = 12, MERGE = 34, GATE = 110;

/** How far along the gates' way a passage is: it stands at gate i at the moment that gate was recorded. */
export function passageAt(f: Flight, t: number, hub: HubBox, length: number): number {
  const times = f.gates ?? [], x0 = hub.x + 12.7;
  if (times.length === 0) return ((t - f.t0) / (f.t1 - f.t0)) * length;
  let from = f.t0, pos = (f.gateNos[0] ?? 0) > 0 ? hub.gate0 + (f.gateNos[0] - 0.5) * hub.gateStep - x0 : 0;
  for (let i = 0; i < times.length; i++) {
    const end = hub.gate0 + (f.gateNos[i] ?? i) * hub.gateStep - x0;
    if (t < times[i]) return pos + (end - pos) * ((t - from) / Math.max(0.001, times[i] - from));
    from = times[i]; pos = end;
  }
  if (f.refused >= 0 || (f.gateNos[times.length - 1] ?? 8) < 7) return pos + (f.refused >= 0 ? 0 : hub.gateStep * 0.5 * Math.min(1, (t - from) / Math.max(1, f.t1 - from)));
  return Math.min(length, pos + (length - pos) * Math.min(1, (t - from) / Math.max(1, f.t1 - from)));
}

interface Strand { way: string; curve: Curve; kind: Kind; seen: number; now: Flight[]; label: string }
export function picture(w: Ways, flights: Flights, t: number, o: Options): Picture {
  const strands = new Map<string, Strand>();
  let inFlight = 0, cache = -1;
  const lit = new Map<string, Kind>();
  during(flights, t - WINDOW, t, (f) => {
    if (f.way === 'etcd>cache' && f.t1 <= t && t < f.t1 + 460) cache = Math.max(cache, 99);
    if (f.way.startsWith('cache:') && f.t0 - 160 <= t && t < f.t0 + 300) cache = Number(f.way[6]);
    const curve = w.curve(f.way);
    if (!curve) return;
    const key = f.way.startsWith('cache:') ? `${f.way}` : f.way + f.kind;
    let s = strands.get(key);
    if (!s) { s = { way: f.way, curve, kind: f.kind, seen: 0, now: [], label: f.label }; strands.set(key, s); }
    if (f.t0 > t - WINDOW) s.seen++;
    if (f.t1 > t) {
      s.now.push(f); s.label = f.label; inFlight++;
      const client = f.way.startsWith('in:') ? f.way.slice(3) : f.way.startsWith('out:') ? f.way.slice(4) : f.way.startsWith('cache:') ? f.way.slice(8) : f.way.startsWith('cri:') || f.way.startsWith('irc:') ? `cri/${f.way.slice(4)}` : '';
      if (client !== '') lit.set(client, f.kind);
    }
  });
  if (cache === 99) cache = -1;
  const spot = o.spot ?? -1, spotted = spot >= 0 && [...strands.values()].some((s) => s.now.some((f) => f.seq === spot)), dim = (fs: readonly Flight[]): number => (spotted && !fs.some((f) => f.seq === spot) ? 0.4 : 1);
  const lines: Line[] = [], ribbons: Ribbon[] = [], glyphs: Glyph[] = [], labels: Label[] = [];
  for (const s of strands.values()) {
    const L = s.curve.length;
    if (s.seen > MANY) {
      const rate = Math.max(1, ratesAt(flights, Math.floor(t / 500) * 500).get(s.way + s.kind) ?? 0);
      ribbons.push({ curve: s.curve, kind: s.kind, rate, offset: o.reduced ? 10.5 : (t * 0.03) % 21 });
      put(labels, w.spot(s.way), s.label, 9, `${rate} /s  `);
      continue;
    }
    if (s.now.length === 0) continue;
    if (o.reduced) {
      const f = s.now[0], p = placeAt(s.curve, L / 2);
      lines.push({ curve: s.curve, kind: s.kind, to: L, width: 2.6, alpha: 0.8 });
      glyphs.push({ kind: s.kind, x: p.x, y: p.y, angle: p.angle, scale: 1.15, count: 1, halo: false, error: f.code >= 400, seq: f.seq, alpha: dim(s.now), tail: null });
      put(labels, w.spot(s.way), s.label, s.now.some((x) => x.seq === spot) ? 10 : 5, s.now.length > 1 ? `${s.now.length} × ` : '');
      continue;
    }
    const places = s.now.map((f) => ({ f, at: f.gates ? passageAt(f, t, o.hub, L) : ((t - f.t0) / (f.t1 - f.t0)) * L })).sort((a, b) => b.at - a.at || a.f.seq - b.f.seq);
    if (inFlight <= 5) {
      if (s.way !== 'gates') lines.push({ curve: s.curve, kind: s.kind, to: L, width: s.kind === 'watch' ? 1.6 : 1, alpha: 0.4 * dim(s.now) });
      lines.push({ curve: s.curve, kind: s.kind, to: places[0].at - 10, width: s.kind === 'watch' ? 2.2 : 1.8, alpha: 0.75 * dim(s.now) });
    } else if (inFlight <= MANY) lines.push({ curve: s.curve, kind: s.kind, to: L, width: s.kind === 'watch' ? 1.6 : 1.1, alpha: 0.4 });
    for (let i = 0; i < places.length;) {
      let j = i + 1;
      while (j < places.length && places[j - 1].at - places[j].at < MERGE) j++;
      const { f, at } = places[i], p = placeAt(s.curve, at), mine = spotted && places.slice(i, j).some((x) => x.f.seq === spot);
      glyphs.push({ kind: s.kind, x: p.x, y: p.y, angle: p.angle, scale: inFlight <= 5 ? 1.1 : 1, count: j - i, halo: o.stepping && (spotted ? mine : s.way === 'gates' && (f.seq === o.followed || o.followed < 0)), error: f.code >= 400, seq: f.seq, alpha: spotted && !mine ? 0.4 : 1, tail: { curve: s.curve, at, length: inFlight <= 5 ? 26 : 14 } });
      i = j;
    }
    if ((inFlight <= 5 || (spotted && dim(s.now) === 1)) && s.label !== '') put(labels, w.spot(s.way), s.label, spotted && dim(s.now) === 1 ? 10 : s.kind === 'req' ? 3 : s.kind === 'watch' ? 2 : 1);
  }
  return { lines, ribbons, glyphs, labels: choose(spotted ? labels.filter((l) => l.rank === 10) : labels), gates: gatesAt(flights, t, o), lit, cache, inFlight };
}
let rates: { flights: Flights | null; at: number; of: ReadonlyMap<string, number> } = { flights: null, at: 0, of: new Map() };
/** Flights of each way and kind in the second before `at`; counted once for all ways, and kept for the next frame. */
function ratesAt(flights: Flights, at: number): ReadonlyMap<string, number> {
  if (rates.flights === flights && rates.at === at) return rates.of;
  const of = new Map<string, number>();
  for (let i = firstFrom(flights, at - 1000); i < flights.list.length && flights.list[i].t0 <= at; i++) { const f = flights.list[i], k = f.way + f.kind; of.set(k, (of.get(k) ?? 0) + 1); }
  rates = { flights, at, of };
  return of;
}
/** Room for a label's text: 11 px mono and 6 px on either side. */
const PER = 6.65, PAD = 12;
function put(to: Label[], spot: LabelSpot | null, label: string, rank: number, before = ''): void {
  if (!spot || label === '') return;
  const text = before + shortLabel(label, Math.max(3, Math.floor((spot.room - PAD) / PER) - before.length)), w = textWidth(text, PER) + PAD;
  to.push({ spot, text, full: before + label, rank, w, x: spot.anchor === 'end' ? spot.x - w : spot.anchor === 'middle' ? spot.x - w / 2 : spot.x });
}
/** Two labels at most, three when one event fans out; the most telling first, none over another. */
function choose(all: Label[]): Label[] {
  const out: Label[] = [], fan = all.filter((l) => l.rank === 2).length >= 3;
  for (const l of [...all].sort((a, b) => b.rank - a.rank)) {
    if (out.some((o) => l.x < o.x + o.w + 4 && o.x < l.x + l.w + 4 && Math.abs(l.spot.y - o.spot.y) < 22)) continue;
    out.push(l);
    if (out.length === (fan || l.rank === 9 ? 3 : 2)) break;
  }
  return out;
}
/** Gates: brass while a stepped request passes and open behind it; while playing each splits as a message passes and stays open under a stream. */
export function gatesAt(flights: Flights, t: number, o: Pick<Options, 'stepping' | 'followed' | 'spot'>): GateState[] {
  const out: GateState[] = Array(9).fill('shut') as GateState[];
  let recent = 0;
  const { list, passages } = flights;
  let lo = 0, hi = passages.length;
  while (lo < hi) { const m = (lo + hi) >> 1; if (list[passages[m]].t0 <= t) lo = m + 1; else hi = m; }
  for (let k = lo - 1; k >= 0; k--) {
    const f = list[passages[k]];
    // under a stream all gates are open: no need to look further
    if (recent > MANY) break;
    if (f.t0 < t - flights.longest - 2400) break;
    if (f.t0 > t - WINDOW) recent++;
    const times = f.gates ?? [], spread = times.length > 0 && times[times.length - 1] - f.t0 >= 2, step = (f.t1 - f.t0) / (times.length + 1);
    for (let k2 = 0; k2 < times.length; k2++) {
      const i = f.gateNos[k2] ?? k2, at = spread ? times[k2] : f.t0 + step * (k2 + 1);
      if (f.refused === i && t >= at && t < f.t1 + 1600) { out[i] = 'refused'; continue; }
      if (out[i] === 'refused' || t < at - GATE / 2) continue;
      if (o.stepping && (o.spot ?? -1) >= 0 && f.seq !== o.spot) { if (t < at + 130 && out[i] === 'shut') out[i] = 'open'; }
      else if (o.stepping) { if (t < f.t1 + 900) out[i] = t < at + GATE / 2 ? 'now' : out[i] === 'now' ? 'now' : 'open'; }
      else if (t < at + 130) out[i] = 'open';
    }
  }
  // one gate is passed at an instant: the others it has come through stand open
  const now = out.lastIndexOf('now');
  for (let i = 0; i < now; i++) if (out[i] === 'now') out[i] = 'open';
  return recent > MANY ? (Array(9).fill('open') as GateState[]) : out;
}
/** The glyph nearest to a point, for a click; -1 if none is within 18 px. */
export function hit(p: Picture, x: number, y: number): number {
  let best = 18, seq = -1;
  for (const g of p.glyphs) { const d = Math.hypot(g.x - x, g.y - y); if (d < best) { best = d; seq = g.seq; } }
  return seq;
}
/** The label or message under a point, in full: for the title. */
export function textAt(p: Picture, x: number, y: number): string {
  return p.labels.find((l) => x >= l.x && x <= l.x + l.w && Math.abs(y - l.spot.y) < 11)?.full ?? '';
}
export { lengthNear };
