// The timeline: a lane a component, spans, arrows, triangles for writes, folds for quiet stretches, flags for the lesson, the playhead.
import { memo, useEffect, useMemo, useRef, useState } from 'react';
import type { JSX } from 'react';
import { clockText } from '../chrome/Caption.tsx';
import { Divider } from '../chrome/Divider.tsx';
import { seekVirtual, stepBack, stepForward, useClock } from '../stores/clock.ts';
import { useSession } from '../stores/session.ts';
import type { LessonMark } from '../stores/session.ts';
import { select, setView, useView } from '../stores/view.ts';
import { useT } from '../words.tsx';
import { rowsOf } from './rows.ts';
import type { Rows } from './rows.ts';
import { findFolds, makeScale, stamp } from './scale.ts';
import type { Scale } from './scale.ts';

const HEAD = 42, LANE = 21;
export default function Timeline(): JSX.Element {
  const t = useT(), host = useRef<HTMLDivElement>(null), [w, setW] = useState(1440), height = useView((s) => s.timelineHeight), width = useView((s) => s.width), phone = width === 'phone';
  const trace = useSession((s) => s.window), from = useSession((s) => s.from), to = useSession((s) => s.to), nodes = useSession((s) => s.projection?.nodes), marks = useSession((s) => s.marks), step = useSession((s) => s.step), branches = useSession((s) => s.branches), branch = useSession((s) => s.cursor.branch);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  useEffect(() => { const el = host.current; if (!el) return; const o = new ResizeObserver(() => setW(el.clientWidth)); o.observe(el); return () => o.disconnect(); }, []);
  const key = (nodes ?? []).map((n) => n.name).join(' '), lanes = Math.max(3, Math.floor((height - HEAD - 8) / LANE));
  const rows = useMemo(() => (trace ? rowsOf(trace, key === '' ? [] : key.split(' '), lanes) : null), [trace, key, lanes]);
  // the scale follows the playhead in coarse steps, so that it does not slide while one looks
  const now = useClock((s) => Math.floor(s.virtual / 50_000) * 50_000);
  const gutter = phone ? 96 : 178, fork = branches.length > 1 ? branches.find((b) => b.id === branch && b.parent >= 0 && branches.find((p) => p.id === b.parent)?.label !== '') : undefined, extra = fork ? 40 : 0;
  const scale = useMemo(() => { if (!rows) return null; const folds = findFolds(rows.busy, rows.beats.map((b) => b.at), from, to, open); return makeScale(from, to, folds, now, rows.busy, gutter, w - 24); }, [rows, from, to, open, now, w, gutter]);
  if (!rows || !scale) return <section className="tl" ref={host} style={{ height }} aria-label={t('tl.name')} />;
  const inner = HEAD + rows.lanes.length * LANE + extra;
  return (
    <section className="tl" ref={host} style={{ height }} aria-label={t('tl.name')}>
      <Divider name={t('tl.resize')} vertical={false} from="end" value={height} min={60} max={400} set={(v) => setView({ timelineHeight: v })} />
      <svg width={w} height={Math.max(inner + 8, height)} aria-hidden="true" onClick={(e) => arrowAt(e, rows, scale, extra)}>
        {fork && <ForkLines scale={scale} at={fork.forkAt} w={w} gutter={gutter} number={branches.findIndex((b) => b.id === branch) + 1} text={t('tl.fork', { time: clockText(fork.forkAt) })} kept={t('tl.kept')} run={(n) => t('tl.run', { n })} />}
        <g transform={`translate(0 ${extra})`}>
          <Lanes rows={rows} scale={scale} now={now} w={w} gutter={gutter} quiet={(us) => t('tl.quiet', { time: stamp(us, 1_000_000) })} leases={(n) => t('tl.leases', { n })} />
          <Flags marks={marks} step={step} scale={scale} />
        </g>
        <Playhead scale={scale} bottom={inner + 8} top={extra} right={w - 24} lanes={rows.lanes.length} future={t('tl.future')} />
      </svg>
      <Scrubber scale={scale} left={gutter} width={w - 24 - gutter} />
      {scale.folds.map((f) => <button key={f.from} type="button" className="tl-fold" style={{ left: f.x - 11, top: extra + 26, height: inner - extra - 26 }} aria-label={t('tl.unfold', { time: stamp(f.to - f.from, 1_000_000) })} onClick={() => setOpen(new Set([...open, Math.round(f.from)]))} />)}
      <button type="button" className="tl-close" aria-label={t('tl.close')} onClick={() => setView({ timeline: false })}><svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true"><path d="M2 4l4 4 4-4" className="nf" stroke="currentColor" strokeWidth={1.5} /></svg></button>
    </section>
  );
}
function arrowAt(e: React.MouseEvent<SVGSVGElement>, rows: Rows, scale: Scale, extra: number): void {
  const r = e.currentTarget.getBoundingClientRect(), x = e.clientX - r.left, y = e.clientY - r.top - extra - HEAD, lane = Math.floor(y / LANE);
  if (lane < 0) return;
  let best = 8, seq = -1;
  for (const a of rows.arrows) { if (lane !== a.from && lane !== a.to) continue; const d = Math.abs(scale.x(lane === a.from ? a.sent : a.arrives) - x); if (d < best) { best = d; seq = a.seq; } }
  if (seq >= 0) select({ kind: 'message', seq });
}
const Lanes = memo(function Lanes({ rows, scale, now, w, gutter, quiet, leases }: { rows: Rows; scale: Scale; now: number; w: number; gutter: number; quiet: (us: number) => string; leases: (n: number) => string }): JSX.Element {
  const y = (l: number): number => HEAD + l * LANE + LANE / 2, bottom = HEAD + rows.lanes.length * LANE, folded = (v: number): boolean => scale.folds.some((f) => v > f.from && v < f.to);
  const ends: number[] = rows.lanes.map(() => -1), labels: JSX.Element[] = [];
  const spans = [...rows.spans].sort((a, b) => a.from - b.from), shownArrows = nearest(rows, now).filter((a) => scale.x(a.sent + 1000) - scale.x(a.sent) > 0.4);
  const next = rows.lanes.map(() => [] as number[]);
  spans.forEach((s) => next[s.lane].push(scale.x(s.from)));
  spans.forEach((s, i) => {
    const x = scale.x(s.from), end = Math.max(x + 2, scale.x(s.to)), text = s.label, tw = text.length * 6.2 + 8, after = next[s.lane].find((n) => n > x + 0.5) ?? Infinity;
    if (text !== '' && s.lane !== rows.etcd && end + tw < after && end + tw < w - 24 && x > ends[s.lane]) { labels.push(<text key={i} x={end + 6} y={y(s.lane) + 4} className="s11 t2">{text}</text>); ends[s.lane] = end + tw; }
  });
  return (
    <g>
      {rows.lanes.map((l, i) => <g key={l.key}><path d={`M${gutter} ${HEAD + (i + 1) * LANE - 0.5}H${w - 24}`} className="hr" opacity={0.6} /><text x={gutter - 14} y={y(i) + 4} className="s11 m t2" textAnchor="end">{l.name.length * 6.7 > gutter - 18 ? l.name.replace('kube-', '').replace('controller-manager', 'controllers').slice(0, 12) : l.name}</text></g>)}
      {scale.ticks.map((k) => <g key={k.x}><path d={`M${k.x} ${HEAD - 14}v14`} className="k-line" strokeWidth={1} /><text x={k.x + 4} y={HEAD - 5} className="s11 m t3">{k.text}</text></g>)}
      <path d={`M${gutter} ${HEAD}H${w - 24}`} className="lk q" />
      {rows.beats.filter((b) => !folded(b.at)).map((b, i) => <rect key={i} x={scale.x(b.at)} y={y(b.lane) - 3} width={2} height={6} className="f-line" />)}
      {spans.map((s, i) => { const x = scale.x(s.from); return <rect key={i} x={x} y={y(s.lane) - 6} width={Math.max(2, scale.x(s.to) - x)} height={12} rx={2} style={{ fill: 'var(--raised)', stroke: 'var(--line)' }} strokeDasharray={s.waits ? '2 3' : undefined} fillOpacity={s.waits ? 0 : undefined} />; })}
      {shownArrows.map((a, i) => { const x1 = scale.x(a.sent), x2 = scale.x(a.arrives), down = a.to > a.from, y1 = y(a.from) + (down ? 6 : -6), y2 = y(a.to) + (down ? -7 : 7), m = (y1 + y2) / 2; return <path key={i} d={`M${x1} ${y1}C${x1} ${m} ${x2} ${m} ${x2} ${y2}`} className={`lk ${a.kind}`} markerEnd="url(#ar)" style={{ strokeWidth: a.kind === 'watch' ? 1.5 : 1.1 }} strokeDasharray={a.kind === 'watch' ? '1 3.4' : undefined} strokeLinecap="round" opacity={shownArrows.length > 80 ? 0.6 : 0.9} />; })}
      {rows.writes.map((wr, i) => <path key={i} d={`M${scale.x(wr.at) - 4} ${y(rows.etcd) + 7}h8l-4-8z`} className={wr.mine ? 'f-br' : 'f-t1'} />)}
      {labels}
      {scale.folds.map((f) => { const zig = (d: number): string => `M${f.x + d} ${HEAD - 14}l-3 5 6 6-6 6 6 6V${bottom}`; return <g key={f.from}><rect x={f.x - 6} y={HEAD - 15} width={12} height={bottom - HEAD + 15} className="f-panel" /><path d={zig(-6) + zig(6)} className="nf k-line" strokeWidth={1} /><text x={f.x} y={f.beats > 0 ? 12 : 18} className="s11 m t2" textAnchor="middle">{quiet(f.to - f.from)}</text>{f.beats > 0 && <text x={f.x} y={24} className="s11 m t3" textAnchor="middle">{leases(f.beats)}</text>}</g>; })}
    </g>
  );
});
/** Arrows are drawn where one looks: the hundred and forty nearest to the playhead. */
function nearest(rows: Rows, now: number): Rows['arrows'] {
  if (rows.arrows.length <= 140) return rows.arrows;
  return [...rows.arrows].sort((a, b) => Math.abs(a.sent - now) - Math.abs(b.sent - now)).slice(0, 140);
}
function Flags({ marks, step, scale }: { marks: readonly LessonMark[]; step: number; scale: Scale }): JSX.Element {
  return <>{marks.filter((m) => m.at >= scale.from && m.at <= scale.to).map((m) => { const x = scale.x(m.at), on = m.step === step, past = m.step < step; return <g key={m.step}><path d={`M${x - 7} 5h14v9l-7 6-7-6z`} className={on ? 'f-br' : past ? 'nf k-br' : 'nf k-line'} strokeWidth={1} /><text x={x} y={15.5} className="s11 m b" textAnchor="middle" style={{ fill: on ? 'var(--brass-ink)' : past ? 'var(--brass)' : 'var(--t3)' }}>{m.step}</text></g>; })}</>;
}
function Playhead({ scale, bottom, top, right, lanes, future }: { scale: Scale; bottom: number; top: number; right: number; lanes: number; future: string }): JSX.Element {
  const x = useClock((s) => Math.round(scale.x(s.virtual) * 10) / 10), end = useSession((s) => s.end), ahead = useClock((s) => end - s.virtual < 5_000_000), y0 = top + HEAD, h = lanes * LANE, free = right - x;
  return <g>{free > 2 && <rect x={x} y={y0} width={free} height={h} fill="url(#hatchh)" opacity={0.4} />}{free > 110 && ahead && <text x={right - 6} y={y0 + h - 7} className="s11 t3" textAnchor="end">{future}</text>}<path d={`M${x} ${top + 26}V${bottom}`} className="k-br" strokeWidth={1.4} /><path d={`M${x - 5} ${top + 22}h10v5l-5 6-5-5z`} className="f-br" /></g>;
}
/** Two runs: the old one goes on, dashed and kept; ours leaves it at a hollow brass ring. */
function ForkLines({ scale, at, w, gutter, number, text, kept, run }: { scale: Scale; at: number; w: number; gutter: number; number: number; text: string; kept: string; run: (n: number) => string }): JSX.Element {
  const x = scale.x(at), px = useClock((s) => scale.x(s.virtual));
  return <g><text x={gutter - 14} y={20} className="s11 m t3" textAnchor="end">{run(1)}</text><path d={`M${gutter} 16H${w - 24}`} className="nf k-line" strokeWidth={1.4} strokeDasharray="5 3" /><text x={gutter + 4} y={31} className="s11 t3">{kept}</text><text x={gutter - 14} y={40} className="s11 m b tb_" textAnchor="end">{run(number)}</text>{px > x + 18 && <path d={`M${x} 16C${x + 10} 16 ${x + 4} 36 ${x + 18} 36H${px}`} className="nf k-br" strokeWidth={1.8} />}<circle cx={x} cy={16} r={4.5} className="f-bg k-br" strokeWidth={1.6} /><text x={x + 24} y={30} className="s11 m t1">{text}</text></g>;
}
/** Scrubbing: by pointer anywhere on the ruler, by arrows, Home, End and Page keys on the slider itself. */
function Scrubber({ scale, left, width }: { scale: Scale; left: number; width: number }): JSX.Element {
  const t = useT(), virtual = useClock((s) => s.virtual), ref = useRef<HTMLDivElement>(null);
  const to = (clientX: number): void => { const r = ref.current?.getBoundingClientRect(); if (r) seekVirtual(scale.at(Math.max(left, Math.min(left + width, clientX - r.left + left)))); };
  return (
    <div ref={ref} className="tl-scrub" role="slider" tabIndex={0} aria-label={t('tl.position')} aria-valuemin={Math.round(scale.from / 1000)} aria-valuemax={Math.round(scale.to / 1000)} aria-valuenow={Math.round(virtual / 1000)} aria-valuetext={clockText(virtual)} style={{ left, width }}
      onPointerDown={(e) => { e.currentTarget.setPointerCapture(e.pointerId); to(e.clientX); }} onPointerMove={(e) => { if (e.buttons === 1) to(e.clientX); }}
      onKeyDown={(e) => { const page = (scale.to - scale.from) / 20; switch (e.key) { case 'ArrowRight': stepForward(); break; case 'ArrowLeft': stepBack(); break; case 'PageDown': seekVirtual(Math.min(scale.to, virtual + page)); break; case 'PageUp': seekVirtual(Math.max(scale.from, virtual - page)); break; case 'Home': seekVirtual(scale.from); break; case 'End': seekVirtual(scale.to); break; default: return; } e.preventDefault(); e.stopPropagation(); }} />
  );
}
