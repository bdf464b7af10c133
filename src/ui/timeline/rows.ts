// What stands on the timeline's lanes: spans of work, arrows between lanes, writes, heartbeats. Read from the window alone.
import { KINDS } from '../../protocol/stage.ts';
import type { Actor, Kind, TraceWindow } from '../../protocol/stage.ts';
import type { Busy } from './scale.ts';

export interface Lane { key: string; name: string }
export interface SpanRow { lane: number; from: number; to: number; label: string; waits: boolean }
export interface ArrowRow { from: number; to: number; sent: number; arrives: number; kind: Kind; seq: number }
export interface WriteRow { at: number; revision: number; mine: boolean }
export interface Rows { lanes: readonly Lane[]; spans: readonly SpanRow[]; arrows: readonly ArrowRow[]; writes: readonly WriteRow[]; beats: readonly { lane: number; at: number }[]; busy: readonly Busy[]; etcd: number }

/** What a cluster does whether or not anything happens: Leases, probes, the kubelet asking its runtime how it is. Drawn as a short mark, never as work. */
const DULL = /lease|^(Probe|ListPods|ListContainers|PodStatus|ContainerStatus|OK (Probe|ListPods)) ?/;
const laneKey = (a: Actor): string => (a.kind === 'kubelet' || a.kind === 'kube-proxy' || a.kind === 'container-runtime' ? `node/${a.node}` : a.kind === 'client' || a.kind === 'coredns' ? 'you' : a.kind);
const FIRST: readonly Lane[] = [{ key: 'you', name: 'kubectl' }, { key: 'kube-apiserver', name: 'kube-apiserver' }, { key: 'etcd', name: 'etcd' }, { key: 'kube-controller-manager', name: 'controller-manager' }, { key: 'kube-scheduler', name: 'kube-scheduler' }];

export function rowsOf(w: TraceWindow, nodes: readonly string[], laneCount: number): Rows {
  const room = Math.max(1, laneCount - FIRST.length), weight = new Map<string, number>();
  const { messages: m, spans: s, writes: wr } = w;
  for (let i = 0; i < m.count; i++) for (const a of [w.actors[m.from[i]], w.actors[m.to[i]]]) if (a.node !== '' && w.texts[m.resource[i]] !== 'leases') weight.set(a.node, (weight.get(a.node) ?? 0) + 1);
  // the nodes where most happens, shown in their own order
  const shown = nodes.length <= room ? nodes : [...nodes].sort((a, b) => (weight.get(b) ?? 0) - (weight.get(a) ?? 0)).slice(0, room).sort((a, b) => nodes.indexOf(a) - nodes.indexOf(b));
  const lanes = [...FIRST, ...shown.map((n) => ({ key: `node/${n}`, name: n }))], index = new Map(lanes.map((l, i) => [l.key, i])), of = (a: Actor): number => index.get(laneKey(a)) ?? -1;
  const arrows: ArrowRow[] = [], beats: { lane: number; at: number }[] = [], spans: SpanRow[] = [], writes: WriteRow[] = [], busy: Busy[] = [];
  const dull = new Set<number>(), dullText = w.texts.map((text) => DULL.test(text));
  for (let i = 0; i < m.count; i++) {
    const from = of(w.actors[m.from[i]]), to = of(w.actors[m.to[i]]), kind = KINDS[m.kind[i]], beat = dullText[m.resource[i]] || dullText[m.label[i]];
    if (beat) { dull.add(m.seq[i]); if ((kind === 'req' || kind === 'cri') && from > 2 && w.actors[m.from[i]].kind !== 'container-runtime') beats.push({ lane: from, at: m.sent[i] }); continue; }
    if (from >= 0 && to >= 0 && from !== to) arrows.push({ from, to, sent: m.sent[i], arrives: m.arrives[i], kind, seq: m.seq[i] });
    busy.push({ from: m.sent[i], to: m.arrives[i] });
  }
  // a component's own work: from what it heard to what it then asked
  const heard = new Map<number, number>(), seen = new Set<string>();
  for (let i = 0; i < m.count; i++) heard.set(m.seq[i], m.arrives[i]);
  for (let i = 0; i < m.count; i++) {
    const from = of(w.actors[m.from[i]]), at = heard.get(m.cause[i]);
    if (from < 0 || from === 1 || from === 2 || at === undefined || m.sent[i] - at > 2_000_000 || dull.has(m.seq[i]) || dull.has(m.cause[i])) continue;
    const k = `${from} ${m.cause[i]}`;
    if (!seen.has(k)) { seen.add(k); spans.push({ lane: from, from: at, to: Math.max(at, m.sent[i]), label: '', waits: false }); }
  }
  for (let i = 0; i < s.count; i++) {
    const lane = of(w.actors[s.actor[i]]), label = w.texts[s.label[i]] ?? '';
    if (lane < 0 || dullText[s.label[i]]) continue;
    spans.push({ lane, from: s.from[i], to: s.to[i], label, waits: s.waits[i] === 1 });
  }
  for (let i = 0; i < wr.count; i++) if (!/lease/.test(w.texts[wr.key[i]] ?? '')) { writes.push({ at: wr.at[i], revision: wr.revision[i], mine: wr.mine[i] === 1 }); busy.push({ from: wr.at[i], to: wr.at[i] }); }
  // in order of time, once: the scale and the marks are made anew while it plays
  spans.sort((a, b) => a.from - b.from); arrows.sort((a, b) => a.sent - b.sent); busy.sort((a, b) => a.from - b.from);
  return { lanes, spans, arrows, writes, beats, busy, etcd: 2 };
}
