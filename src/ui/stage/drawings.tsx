// The components as drawings: hub, etcd, controllers, scheduler, nodes. Pure functions of their box and their part of the projection.
import type { JSX } from 'react';
import { GateGlyph, Meter, PodGlyph, podWidth, Slots } from './glyphs.tsx';
import { cacheWidth } from './layout.ts';
import type { HubBox, Layout, NodeBox, Rect } from './layout.ts';
import type { ControllerView, EtcdRow, Kind, NodeView, PodView, SchedulerView } from '../../protocol/stage.ts';
import type { GateState } from './picture.ts';
import { cutMiddle, ledgerKey, shortPod, textWidth } from './text.ts';
import { CACHES } from './ways.ts';

export interface Words {
  ready: string; notReady: string; unknown: string; cordoned: string; cpu: (n: number) => string; rules: (mode: string, n: number) => string; lease: (us: number) => string; watchCache: string; others: string; stopped: string;
  everyOther: string; empty: string; allEmpty: string; keys: (n: number) => string; revision: (n: number) => string; gates: readonly string[]; pods: (n: number) => string; unbound: (n: number) => string;
}
const LABELS_TALL: readonly (readonly string[])[] = [[], [], [], [], ['decode', '+ default'], ['mutating', 'admission'], ['validation'], ['validating', 'admission'], ['storage']];

/** kube-apiserver: a race with a graduated rim, nine gates on its track, the watch cache below. Drawn with the box's origin at 0,0. */
export function Hub({ box: b, gates, cache, words, compact }: { box: HubBox; gates: readonly GateState[]; cache: number; words: Words; compact: boolean }): JSX.Element {
  const y = b.track - b.y, cw = cacheWidth(b), cx = (b.w - cw) / 2, pill = cw / CACHES.length, cy = b.cacheY - b.y;
  return (
    <g>
      <rect x={-5} y={-5} width={b.w + 10} height={b.h + 10} rx={b.r + 5} className="nf" style={{ stroke: 'var(--orbit)' }} />
      <rect x={0} y={0} width={b.w} height={b.h} rx={b.r} className="box ln" />
      <rect x={5.5} y={5.5} width={b.w - 11} height={b.h - 11} rx={b.r - 5.5} className="nf" style={{ stroke: 'var(--grad)' }} strokeWidth={5} strokeDasharray="1 6" />
      <rect x={11} y={11} width={b.w - 22} height={b.h - 22} rx={b.r - 11} className="box" style={{ fill: 'var(--bg)', stroke: 'var(--grad)' }} />
      <text x={b.titleX - b.x} y={b.titleY - b.y} className="s14 m b t1" textAnchor={b.level === 0 ? 'middle' : 'start'}>kube-apiserver</text>
      <path d={`M0 ${y}H${b.w}`} className="lk" strokeDasharray="1.5 4" />
      {gates.map((g, i) => {
        const x = b.gate0 - b.x + i * b.gateStep, labels = b.tall && LABELS_TALL[i].length > 0 ? LABELS_TALL[i] : [words.gates[i]];
        return (
          <g key={i}>
            <GateGlyph x={x} y={y} state={g} h={b.gateHeight} label={b.labels === 'none' ? '' : labels[0]} labelY={b.labels === 'split' ? (i % 2 ? 36 : -20) : b.gateHeight / 2 + 17} size={b.tall && b.gateStep >= 72 ? 's12' : 's11'} />
            {b.tall && labels.length > 1 && <text x={x} y={y + b.gateHeight / 2 + 31} className={`${b.gateStep >= 72 ? 's12' : 's11'} ${g === 'now' ? 'tb_ b' : g === 'shut' ? 't3' : 't2'}`} textAnchor="middle">{labels[1]}</text>}
          </g>
        );
      })}
      <circle cx={0} cy={y} r={4.5} className="port" /><circle cx={b.w} cy={y} r={4.5} className="port" />
      {b.level === 0 && !compact && (
        <g>
          {b.tall ? <text x={cx - 5} y={cy + 15} className="s11 t3" textAnchor="end">{words.watchCache}</text> : <text x={b.w / 2} y={cy - 7} className="s11 t3" textAnchor="middle">{words.watchCache}</text>}
          {CACHES.map((n, i) => (
            <g key={n}>
              <rect x={cx + i * pill + 3} y={cy} width={pill - 6} height={22} rx={11} className="box" style={{ stroke: i === cache ? 'var(--watch)' : 'var(--grad)', strokeDasharray: '1.5 3', strokeLinecap: 'round', strokeWidth: i === cache ? 1.6 : 1 }} />
              <text x={cx + (i + 0.5) * pill} y={cy + 15} className={`s11 m ${i === cache ? 't1' : 't2'}`} textAnchor="middle">{n === 'others' ? words.others : n}</text>
            </g>
          ))}
        </g>
      )}
    </g>
  );
}
/** etcd: a ledger of revisions, the newest line on top. `hot` is how many of its lines are of this instant. */
export function Etcd({ box: b, compact, revision, rows, hot, words, track }: { box: Layout['etcd']; compact: boolean; revision: number; rows: readonly EtcdRow[]; hot: number; words: Words; track: number }): JSX.Element {
  if (compact) return <g><rect x={0.5} y={0.5} width={b.w - 1} height={b.h - 1} rx={9} className="box" /><text x={11} y={21} className="s12 m b t1">etcd</text><text x={11} y={39} className={`s11 ${hot > 0 ? 'tb_' : 't3'}`}>{words.revision(revision)}</text></g>;
  const small = b.level === 1, n = Math.max(1, Math.floor((b.h - (small ? 30 : 50)) / (small ? 17 : 21))), chars = Math.floor((b.w - (small ? 28 : 74)) / 6.75);
  return (
    <g>
      <rect x={0.5} y={0.5} width={b.w - 1} height={b.h - 1} rx={10} className="box" />
      <text x={small ? 14 : 16} y={small ? 21 : 26} className={`${small ? 's12' : 's14'} m b t1`}>etcd</text>
      <text x={b.w - (small ? 14 : 16)} y={small ? 21 : 26} className="s11 m t2" textAnchor="end">{b.w < 200 && !small ? String(revision) : words.revision(revision)}</text>
      {!small && <path d={`M16 38H${b.w - 16}`} className="hr" />}
      {rows.slice(0, n).map((row, i) => {
        const y = small ? 39 + i * 17 : 58 + i * 21, on = i < hot;
        return (
          <g key={row.revision}>
            {on && <rect x={8} y={y - 14} width={b.w - 16} height={20} rx={3} style={{ fill: 'var(--brass-soft)' }} />}
            {small ? <text x={14} y={y} className={`s11 m ${i === 0 ? 't1' : 't3'}`}>{ledgerKey(row.key, chars)}</text>
              : <><text x={16} y={y} className={`s11 m ${on ? 'tb_ b' : 't3'}`}>{row.revision}</text><text x={58} y={y} className={`s11 m ${i === 0 ? 't1' : i < 3 ? 't2' : 't3'}`}>{ledgerKey(row.key, chars)}</text></>}
          </g>
        );
      })}
      <circle cx={0} cy={track - b.y} r={4.5} className="port" /><circle cx={0} cy={track - b.y + 18} r={3} className="port" />
    </g>
  );
}
export function Controllers({ box: b, list, up, words, compact }: { box: Layout['controllers']; list: readonly ControllerView[]; up: boolean; words: Words; compact: boolean }): JSX.Element {
  const dead = up ? undefined : { stroke: 'var(--bad)', strokeDasharray: '6 4' }, queued = list.reduce((n, c) => n + c.queued, 0), busy = list.find((c) => c.working) ?? list.find((c) => c.queued > 0);
  if (b.level > 0) {
    const shown = compact ? [] : [...list].sort((p, q) => Number(q.working || q.queued > 0) - Number(p.working || p.queued > 0)).filter((c) => c.queued > 0 || c.working).slice(0, 2);
    return (
      <g>
        <rect x={0.5} y={0.5} width={b.w - 1} height={b.h - 1} rx={10} className="box" style={dead} />
        <text x={compact ? 11 : 16} y={21} className="s12 m b t1">{compact ? 'controllers' : 'kube-controller-manager'}</text>
        {!up ? <text x={compact ? 11 : 16} y={39} className="s11 tbad">{words.stopped}</text>
          : shown.length === 0 ? <text x={compact ? 11 : 16} y={39} className="s11 t3">{busy ? `${busy.name} ${Math.max(1, busy.queued)}` : compact ? words.keys(queued) : words.allEmpty}</text>
            : shown.map((c, i) => <g key={c.name}><text x={16 + i * (b.w / 2 - 8)} y={39} className="s11 t1 md">{cutMiddle(c.name, 14)}</text><Slots x={16 + i * (b.w / 2 - 8) + Math.min(92, textWidth(cutMiddle(c.name, 14), 5.8) + 10)} y={30} items={Math.min(4, c.queued)} slots={4} w={8} h={10} step={11} /></g>)}
      </g>
    );
  }
  const rows = Math.max(1, Math.floor((b.h - 44) / 23)), gap = 16, cols = b.cols, cw = (b.w - 32 - gap * (cols - 1)) / cols, room = rows * cols;
  const main = list.slice(0, room - 1), rest = list.slice(room - 1), restQueued = rest.reduce((n, c) => n + c.queued, 0);
  return (
    <g>
      <rect x={0.5} y={0.5} width={b.w - 1} height={b.h - 1} rx={10} className="box" style={dead} />
      <text x={16} y={26} className="s13 m b t1">kube-controller-manager</text>
      {!up && <text x={b.w - 16} y={26} className="s11 tbad b" textAnchor="end">{words.stopped}</text>}
      {main.map((c, i) => {
        const x = 16 + (i % cols) * (cw + gap), y = 41 + Math.floor(i / cols) * 23, on = c.queued > 0 || c.working;
        return (
          <g key={c.name}>
            <text x={x} y={y + 12} className={`s12 ${on ? 't1 md' : 't2'}`}>{c.name.length * 6.6 > cw - 46 && c.name === 'garbagecollector' ? 'gc' : cutMiddle(c.name, Math.max(8, Math.floor((cw - 44) / 6.4)))}</text>
            {c.queued > 4 && <text x={x + cw - 48} y={y + 12} className="s11 m t1" textAnchor="end">{c.queued}</text>}
            <Slots x={x + cw - 42} y={y + 2.5} items={Math.min(4, c.queued)} slots={4} w={8} h={10} step={11} />
          </g>
        );
      })}
      {(() => { const i = Math.min(main.length, room - 1), x = 16 + (i % cols) * (cw + gap), y = 41 + Math.floor(i / cols) * 23; return <><text x={x} y={y + 12} className={`s12 ${restQueued > 0 ? 't1 md' : 't2'}`}>{words.everyOther}</text>{restQueued > 0 && <Slots x={x + cw - 42} y={y + 2.5} items={Math.min(4, restQueued)} slots={4} w={8} h={10} step={11} />}</>; })()}
    </g>
  );
}
export function Scheduler({ box: b, view: s, words, compact, unbound }: { box: Layout['scheduler']; view: SchedulerView; words: Words; compact: boolean; unbound: number }): JSX.Element {
  const dead = s.up ? undefined : { stroke: 'var(--bad)', strokeDasharray: '6 4' }, now = s.pod === '' ? '' : `…-${shortPod(s.pod)}${s.node === '' ? '' : ` → ${s.node}`}`;
  if (b.level > 0) return (
    <g>
      <rect x={0.5} y={0.5} width={b.w - 1} height={b.h - 1} rx={10} className="box" style={dead} />
      <text x={compact ? 11 : 16} y={21} className="s12 m b t1">{compact ? 'scheduler' : 'kube-scheduler'}</text>
      <text x={compact ? 11 : 16} y={39} className={`s11 ${s.up ? (now === '' ? 't3' : 't1') : 'tbad'}`}>{!s.up ? words.stopped : now !== '' ? now : s.active + s.backoff + s.unschedulable === 0 ? `activeQ ${words.empty}` : `activeQ ${s.active} · unschedulable ${s.unschedulable}`}</text>
    </g>
  );
  const w = b.open ? 190 : b.w, queues: [string, number][] = [['activeQ', s.active], ['backoffQ', s.backoff], ['unschedulable', s.unschedulable]];
  return (
    <g>
      <rect x={0.5} y={0.5} width={b.w - 1} height={b.h - 1} rx={b.open ? 12 : 10} className={`box ${b.open ? 'ln' : ''}`} style={dead} />
      <text x={16} y={26} className="s13 m b t1">kube-scheduler</text>
      {!s.up && <text x={b.w - 16} y={26} className="s11 tbad b" textAnchor="end">{words.stopped}</text>}
      {queues.map(([n, k], i) => (i === 2 && now !== '' && !b.open && k === 0 ? <text key={n} x={16} y={97} className="s11 m t1">{now}</text> :
        <g key={n}>
          <text x={16} y={51 + i * 23} className={`s11 ${k > 0 ? 't1' : 't3'}`}>{n}</text>
          {k > 5 && <text x={w - 16 - 65 - 6} y={51 + i * 23} className="s11 m b t1" textAnchor="end">{k}</text>}
          <Slots x={w - 16 - 65} y={41 + i * 23} items={Math.min(5, k)} />
        </g>
      ))}
      {unbound > 0 && 131 + textWidth(words.unbound(unbound), 6.4) + 24 < b.w && !b.open && s.up && <text x={w - 16} y={26} className="s11 t3" textAnchor="end">{words.unbound(unbound)}</text>}
    </g>
  );
}

export interface NodeWordsProps { box: NodeBox; view: NodeView; words: Words; lit: { kubelet?: Kind; proxy?: Kind; runtime?: boolean }; selectedPod: string; selected: boolean; compact: boolean; /** Virtual time, microseconds. */ now?: number; /** Whether the reader is asked if the next Pod comes here: '' not, else what is drawn in its place. */ ask?: string }
/** Where each pod of a node stands; also used for the buttons over them. Null when there are too many for shapes. */
export interface PodSpot { pod: PodView; x: number; y: number; w: number; h: number; name: boolean }
export function podSpots(b: NodeBox, v: NodeView, compact: boolean): { spots: PodSpot[]; more: number } {
  const pods = v.pods, tray = trayOf(b, compact), out: PodSpot[] = [];
  const big = compact ? 22 : b.level === 0 ? 26 : 24;
  let x = tray.x, y = tray.y, fits = true;
  if (b.level <= 1 && tray.h >= big + 16) {
    for (const p of pods) {
      const w = podWidth(Math.min(6, p.containers), big), step = Math.max(w + 8, textWidth(shortPod(p.name)) + 6, compact ? 52 : 62);
      if (x > tray.x && x + w > tray.x + tray.w) { x = tray.x; y += big + 20; }
      if (y + big + 16 > tray.y + tray.h + (compact ? 4 : 2)) { fits = false; break; }
      out.push({ pod: p, x, y, w, h: big, name: true }); x += step;
    }
    if (fits) return { spots: out, more: 0 };
  }
  const h = 17, sw = podWidth(1, h) - 0.5, rows = Math.max(1, Math.floor((tray.h + 5) / 22)), spots: PodSpot[] = [];
  x = tray.x; y = tray.y;
  let row = 0;
  for (const p of pods) {
    const w = podWidth(Math.min(6, p.containers), h);
    if (x + w > tray.x + tray.w) { x = tray.x; row++; y += 22; }
    if (row >= rows) break;
    spots.push({ pod: p, x, y, w, h, name: false }); x += w + (sw > 0 ? 4 : 4);
  }
  return { spots, more: pods.length - spots.length };
}
function trayOf(b: NodeBox, compact: boolean): Rect {
  if (compact) return { x: 10, y: 40, w: b.w - 16, h: b.h - 44 };
  if (b.level === 0) return { x: 24, y: 62, w: b.w - 48, h: b.h - 50 - 32 - 16 };
  return { x: 12, y: b.w >= 270 ? 38 : 32, w: b.w - 24, h: b.h - (b.w >= 270 ? 44 : 36) };
}
export function NodeDrawing({ box: b, view: v, words, lit, selectedPod, selected, compact, ask = '', now = 0 }: NodeWordsProps): JSX.Element {
  const ok = v.ready === 'True', state = ok ? (v.cordoned ? words.cordoned : words.ready) : v.ready === 'False' ? words.notReady : words.unknown, silent = v.ready === 'Unknown' || !v.kubelet;
  const edge = selected ? { stroke: 'var(--brass)' } : silent ? { fill: 'var(--bg)', stroke: 'var(--bad)', strokeDasharray: '6 4' } : { stroke: 'var(--grad)' };
  const mark = (x: number, y: number): JSX.Element => ok ? <circle cx={x + 4} cy={y - 4.5} r={3.4} className={v.cordoned ? 'nf k-warn' : 'f-ok'} strokeWidth={1.4} /> : <path d={`M${x} ${y - 8.5}l8 8m0-8-8 8`} className="k-bad" strokeWidth={1.8} />;
  const { spots, more } = podSpots(b, v, compact);
  const last = spots[spots.length - 1], free = ask === '' || more > 0 ? null : last ? { x: last.x + Math.max(last.w + 8, last.name ? (compact ? 52 : 62) : 0), y: last.y, w: podWidth(1, last.h), h: last.h } : { x: trayOf(b, compact).x, y: trayOf(b, compact).y, w: podWidth(1), h: 26 }, tray = trayOf(b, compact);
  // no room behind the last one: the next row
  if (free && free.x + free.w > tray.x + tray.w + 4) { free.x = tray.x; free.y += free.h + (last?.name ? 20 : 5); }
  const asked = free && free.y + free.h <= tray.y + tray.h + 6 && free.x + free.w <= tray.x + tray.w + 4 ? <g><rect x={free.x + 0.5} y={free.y + 0.5} width={free.w - 1} height={free.h - 1} rx={free.h / 2} className="nf k-br" strokeWidth={1.3} strokeDasharray="3.5 3" /><text x={free.x + free.w / 2} y={free.y + free.h / 2 + 4} className="s11 m b tb_" textAnchor="middle">{ask}</text></g> : null;
  const podsDrawn = <>{asked}{spots.map((s) => <PodGlyph key={`${s.pod.namespace}/${s.pod.name}`} x={s.x} y={s.y} h={s.h} state={s.pod.state} containers={s.pod.containers} name={s.name ? cutMiddle(shortPod(s.pod.name), 9) : ''} selected={selectedPod === `${s.pod.namespace}/${s.pod.name}`} simplified={s.pod.simplified} />)}{more > 0 && <text x={b.w - (compact ? 8 : 24)} y={b.level === 0 && !compact ? b.h - 41 : b.h - 6} className="s11 m t1" textAnchor="end">{`+${more}`}</text>}</>;
  const pill = (x: number, y: number, w: number, h: number, n: string, kind: Kind | undefined, alive: boolean): JSX.Element => (
    <g><rect x={x} y={y} width={w} height={h} rx={h / 2} className="box rs" style={{ stroke: kind ? `var(--${kind})` : 'var(--line)', strokeDasharray: alive ? undefined : '3 3' }} /><text x={x + w / 2} y={y + h / 2 + 4} className={`${b.level === 0 && !compact ? 's12' : 's11'} m ${alive ? 't1' : 't3'}`} textAnchor="middle">{n}</text></g>
  );
  if (b.level === 2) return <g><rect x={0.5} y={0.5} width={b.w - 1} height={b.h - 1} rx={4} className="box" style={edge} /><text x={8} y={16} className="s11 m t1">{cutMiddle(v.name, Math.floor((b.w - 56) / 6.7))}</text>{mark(b.w - 46, 16.5)}<text x={b.w - 8} y={16} className="s11 m t2" textAnchor="end">{v.pods.length}</text></g>;
  if (compact) return (
    <g>
      <rect x={0.5} y={0.5} width={b.w - 1} height={b.h - 1} rx={10} className="box" style={edge} />
      {silent && <rect x={1} y={1} width={b.w - 2} height={b.h - 2} rx={9} fill="url(#hatchb)" />}
      {pill(8, b.pillY - b.y, 66, 21, 'kubelet', lit.kubelet, v.kubelet)}{pill(8, b.pillY - b.y + 25, b.w - 16, 21, 'kube-proxy', lit.proxy, v.proxy)}
      <text x={12} y={31} className="s12 m b t1">{cutMiddle(v.name, 11)}</text>{mark(12 + Math.min(11, v.name.length) * 7.3 + 7, 31.5)}
      {podsDrawn}
    </g>
  );
  if (b.level === 1) return (
    <g>
      <rect x={0.5} y={0.5} width={b.w - 1} height={b.h - 1} rx={10} className="box" style={edge} />
      {silent && <rect x={1} y={1} width={b.w - 2} height={b.h - 2} rx={9} fill="url(#hatchb)" />}
      {b.w >= 270 && <>{pill(84, -11, 92, 22, 'kubelet', lit.kubelet, v.kubelet)}{pill(184, -11, 92, 22, 'kube-proxy', lit.proxy, v.proxy)}</>}
      <text x={12} y={22} className="s12 m b t1">{cutMiddle(v.name, b.w >= 270 ? 9 : Math.floor((b.w - 40) / 7.3))}</text>{mark(12 + Math.min(b.w >= 270 ? 9 : Math.floor((b.w - 40) / 7.3), v.name.length) * 7.3 + 7, 22.5)}
      {podsDrawn}
    </g>
  );
  const cw = Math.max(0, (b.w - 44) / 2), ty = 50, th = Math.max(0, b.h - 82), lease = silent && v.silent && v.silent.renewed >= 0 && now - v.silent.renewed > 11_000_000 ? words.lease(now - v.silent.renewed) : '', rules = lease || words.rules(v.rules, v.services), rw = textWidth(rules), nx = 18 + Math.min(18, v.name.length) * 7.9 + 9;
  return (
    <g>
      <rect x={0.5} y={0.5} width={b.w - 1} height={b.h - 1} rx={12} className="box" style={edge} />
      {silent && <rect x={1} y={1} width={b.w - 2} height={b.h - 2} rx={11} fill="url(#hatchb)" />}
      <text x={18} y={38} className="s13 m b t1">{cutMiddle(v.name, 18)}</text>{mark(nx, 38)}
      <text x={nx + 14} y={38} className={`s12 ${ok ? 't3' : 'tbad b'}`}>{state}</text>
      <text x={b.w - 18} y={38} className="s11 m t3" textAnchor="end">{silent ? '' : words.cpu(v.cpu)}</text>{!silent && b.w >= 280 && <Meter x={b.w - 18 - 46 - 56} y={32.5} w={46} value={v.cpu / 100} />}
      <rect x={12} y={ty} width={b.w - 24} height={th} rx={8} className="box sk" opacity={silent ? 0.45 : undefined} />
      <text x={b.w - 24} y={ty + th - 9} className={`s11 m ${lit.runtime ? 'tcri' : 't3'}`} textAnchor="end">{more > 0 || spots.some((s) => s.x + Math.max(s.w, 56) > b.w - 32 - textWidth(v.runtime) && s.y + s.h + 18 > ty + th - 18) ? '' : v.runtime}</text>
      {pill(16, -12, cw, 24, 'kubelet', lit.kubelet, v.kubelet)}{pill(28 + cw, -12, cw, 24, 'kube-proxy', lit.proxy, v.proxy)}
      {silent && v.silent && v.silent.taints.length > 0 && th >= 78 && <text x={24} y={ty + th - 9} className="s11 m tbad">taint {cutMiddle(v.silent.taints[0].replace('node.kubernetes.io/', '…/'), Math.floor((b.w - 140) / 6.7))}</text>}
      <text x={24} y={b.h - 12} className={`s11 m ${lease ? 'tbad' : 't3'}`}>{rules}</text>
      {rw + 60 < b.w && <path d={`M${32 + rw} ${b.h - 16}H${b.w - 24}`} className="lk q" strokeDasharray="5 3" />}
      {podsDrawn}
    </g>
  );
}
