// The timeline: a lane a component, spans, arrows, triangles for writes, folds for quiet stretches, flags for the lesson, the playhead.
import { memo, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { JSX } from 'react';
import { clockText } from '../chrome/Caption.tsx';
import { Divider } from '../chrome/Divider.tsx';
import { seekVirtual, stepBack, stepForward, useClock } from '../stores/clock.ts';
import type { BranchInfo } from '../../protocol/protocol.ts';
import { cutMiddle } from '../stage/text.ts';
import { goTo } from '../stores/engine.ts';
import { useSession } from '../stores/session.ts';
import type { LessonMark } from '../stores/session.ts';
import { select, setView, useView } from '../stores/view.ts';
import { useT } from '../words.tsx';
import { HEAD, inkFrom, LANE, laneY, paintMarks } from './marks.ts';
import { rowsOf } from './rows.ts';
import type { Rows } from './rows.ts';
import { findFolds, makeScale, stamp } from './scale.ts';
import type { Scale } from './scale.ts';

export default function Timeline(): JSX.Element {
  const t = useT(), host = useRef<HTMLDivElement>(null), [w, setW] = useState(1440), height = useView((s) => s.timelineHeight), width = useView((s) => s.width), phone = width === 'phone';
  const trace = useSession((s) => s.window), from = useSession((s) => s.from), to = useSession((s) => s.to), nodes = useSession((s) => s.projection?.nodes), marks = useSession((s) => s.marks), step = useSession((s) => s.step), branches = useSession((s) => s.branches), branch = useSession((s) => s.cursor.branch);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  useEffect(() => { const el = host.current; if (!el) return; const o = new ResizeObserver(() => setW(el.clientWidth)); o.observe(el); return () => o.disconnect(); }, []);
  const runs = useMemo(() => runsShown(branches, branch), [branches, branch]), extra = runs.length > 0 ? runs.length * RUN + 4 : 0;
  const key = (nodes ?? []).map((n) => n.name).join(' '), lanes = Math.max(3, Math.floor((height - extra - HEAD - 8) / LANE));
  const rows = useMemo(() => (trace ? rowsOf(trace, key === '' ? [] : key.split(' '), lanes) : null), [trace, key, lanes]);
  // the scale follows the playhead in coarse steps, so that it does not slide while one looks
  const now = useClock((s) => { const step = 50_000 * Math.max(1, s.speed * 8); return Math.floor(s.virtual / step) * step; });
  const gutter = phone ? 96 : 178;
  const folds = useMemo(() => (rows ? findFolds(rows.busy, rows.beats.map((b) => b.at), from, to, open) : []), [rows, from, to, open]);
  const scale = useMemo(() => (rows ? makeScale(from, to, folds, now, rows.busy, gutter, w - 24) : null), [rows, from, to, folds, now, w, gutter]);
  const flagAt = useMemo(() => marks.map((m) => m.at), [marks]), quiet = useCallback((us: number) => t('tl.quiet', { time: stamp(us, 1_000_000) }), [t]), leases = useCallback((n: number) => t('tl.leases', { n }), [t]);
  if (!rows || !scale) return <section className="tl" ref={host} style={{ height }} aria-label={t('tl.name')} />;
  const inner = HEAD + rows.lanes.length * LANE + extra;
  return (
    <section className="tl" ref={host} style={{ height }} aria-label={t('tl.name')}>
      <Divider name={t('tl.resize')} vertical={false} from="end" value={height} min={60} max={400} set={(v) => setView({ timelineHeight: v })} />
      <Marks rows={rows} scale={scale} now={now} w={w} height={Math.max(inner + 8, height)} top={extra} gutter={gutter} />
      <svg width={w} height={Math.max(inner + 8, height)} aria-hidden="true" onClick={(e) => arrowAt(e, rows, scale, extra)}>
        {runs.length > 0 && <RunLines runs={runs} branch={branch} scale={scale} w={w} gutter={gutter} />}
        <g transform={`translate(0 ${extra})`}>
          <Lanes rows={rows} flags={flagAt} scale={scale} w={w} gutter={gutter} quiet={quiet} leases={leases} />
          <Flags marks={marks} step={step} scale={scale} now={now} />
        </g>
        <Playhead scale={scale} bottom={inner + 8} top={extra} right={w - 24} lanes={rows.lanes.length} future={t('tl.future')} />
      </svg>
      <Scrubber scale={scale} left={gutter} top={extra + 20} width={w - 24 - gutter} />
      {scale.folds.map((f) => <button key={f.from} type="button" className="tl-fold" style={{ left: f.x - 11, top: extra + 26, height: inner - extra - 26 }} aria-label={t('tl.unfold', { time: stamp(f.to - f.from, 1_000_000) })} onClick={() => setOpen(new Set([...open, Math.round(f.from)]))} />)}
      {runs.map((r, i) => <button key={r.id} type="button" className="tl-run" style={{ left: 8, right: 40, top: i * RUN + 4, height: RUN }} aria-current={r.id === branch ? 'true' : undefined} aria-label={t(r.id === branch ? 'tl.here' : 'tl.switch', { n: r.number, what: r.label })} title={r.id === branch ? undefined : t('tl.switch', { n: r.number, what: r.label })} onClick={() => { if (r.id !== branch) void goTo({ branch: r.id, at: Math.floor(Math.min(useClock.getState().virtual, r.end)) }); }} />)}
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
const Lanes = memo(function Lanes({ rows, scale, w, gutter, flags, quiet, leases }: { rows: Rows; flags: readonly number[]; scale: Scale; w: number; gutter: number; quiet: (us: number) => string; leases: (n: number) => string }): JSX.Element {
  const flagged = (x: number): boolean => flags.some((at) => Math.abs(scale.x(at) - Math.max(gutter + 34, x)) < 52), bottom = HEAD + rows.lanes.length * LANE;
  return (
    <g>
      {rows.lanes.map((l, i) => <text key={l.key} x={gutter - 14} y={laneY(i) + 4} className="s11 m t2" textAnchor="end">{l.name.length * 6.7 > gutter - 18 ? l.name.replace('kube-', '').replace('controller-manager', 'controllers').slice(0, 12) : l.name}</text>)}
      {scale.ticks.map((k) => <g key={k.x}><path d={`M${k.x} ${HEAD - 14}v14`} className="k-line" strokeWidth={1} /><text x={k.x + 4} y={HEAD - 5} className="s11 m t3">{k.text}</text></g>)}
      <path d={`M${gutter} ${HEAD}H${w - 24}`} className="lk q" />
      {scale.folds.map((f) => { const zig = (d: number): string => `M${f.x + d} ${HEAD - 14}l-3 5 6 6-6 6 6 6V${bottom}`; return <g key={f.from}><rect x={f.x - 6} y={HEAD - 15} width={12} height={bottom - HEAD + 15} className="f-panel" /><path d={zig(-6) + zig(6)} className="nf k-line" strokeWidth={1} />{!flagged(f.x) && <><text x={Math.max(gutter + 34, f.x)} y={f.beats > 0 ? 12 : 18} className="s11 m t2" textAnchor="middle">{quiet(f.to - f.from)}</text>{f.beats > 0 && <text x={Math.max(gutter + 34, f.x)} y={24} className="s11 m t3" textAnchor="middle">{leases(f.beats)}</text>}</>}</g>; })}
    </g>
  );
});
/** The marks, below the drawing: a canvas as large as the lanes. */
function Marks({ rows, scale, now, w, height, top, gutter }: { rows: Rows; scale: Scale; now: number; w: number; height: number; top: number; gutter: number }): JSX.Element {
  const ref = useRef<HTMLCanvasElement>(null), dark = useView((s) => s.dark);
  useEffect(() => {
    const canvas = ref.current, g = canvas?.getContext('2d'), dpr = devicePixelRatio || 1, cw = Math.round(w * dpr), ch = Math.round(height * dpr);
    if (!canvas || !g) return;
    if (canvas.width !== cw || canvas.height !== ch) { canvas.width = cw; canvas.height = ch; }
    g.setTransform(dpr, 0, 0, dpr, 0, 0); g.clearRect(0, 0, w, height);
    g.translate(0, top);
    paintMarks(g, rows, scale, now, gutter, w - 24, inkFrom(canvas));
  }, [rows, scale, now, w, height, top, gutter, dark]);
  return <canvas ref={ref} className="tl-marks" style={{ width: w, height }} aria-hidden="true" />;
}
/** Flags that would cover each other: the step at the playhead is drawn first, then the others in order, those without room not at all. */
function Flags({ marks, step, scale }: { marks: readonly LessonMark[]; step: number; scale: Scale; now: number }): JSX.Element {
  const inside = marks.filter((m) => m.at >= scale.from && m.at <= scale.to), taken: number[] = [], shown: LessonMark[] = [];
  for (const m of [...inside].sort((a, b) => Number(b.step === step) - Number(a.step === step) || a.step - b.step)) { const x = scale.x(m.at); if (taken.some((k) => Math.abs(k - x) < 15)) continue; taken.push(x); shown.push(m); }
  return <>{shown.map((m) => { const x = scale.x(m.at), on = m.step === step, past = m.step < step; return <g key={m.step}><path d={`M${x - 7} 5h14v9l-7 6-7-6z`} className={on ? 'f-br' : past ? 'nf k-br' : 'nf k-line'} strokeWidth={1} /><text x={x} y={15.5} className="s11 m b" textAnchor="middle" style={{ fill: on ? 'var(--brass-ink)' : past ? 'var(--brass)' : 'var(--t3)' }}>{m.step}</text></g>; })}</>;
}
function Playhead({ scale, bottom, top, right, lanes, future }: { scale: Scale; bottom: number; top: number; right: number; lanes: number; future: string }): JSX.Element {
  const x = useClock((s) => Math.round(scale.x(s.virtual) * 10) / 10), end = useSession((s) => s.end), ahead = useClock((s) => end - s.virtual < 5_000_000), y0 = top + HEAD, h = lanes * LANE, free = right - x;
  return <g>{free > 2 && <rect x={x} y={y0} width={free} height={h} fill="url(#hatchh)" opacity={0.4} />}{free > 110 && ahead && <><rect x={right - 14 - future.length * 7} y={y0 + h - 19} width={future.length * 7 + 14} height={17} className="f-panel" /><text x={right - 6} y={y0 + h - 7} className="s11 t3" textAnchor="end">{future}</text></>}<path d={`M${x} ${top + 26}V${bottom}`} className="k-br" strokeWidth={1.4} /><path d={`M${x - 5} ${top + 22}h10v5l-5 6-5-5z`} className="f-br" /></g>;
}
interface Run extends BranchInfo { number: number; row: number; from: number }
/** The runs there are, oldest first: the one at the playhead, what it left, and what left it. Nothing is shown while there is one. */
function runsShown(branches: readonly BranchInfo[], branch: number): Run[] {
  const told = branches.map((b, i) => ({ ...b, number: i + 1 })).filter((b) => b.label !== '' || b.id === branch);
  if (told.length < 2) return [];
  const here = told.findIndex((b) => b.id === branch), first = Math.max(0, Math.min(here - 1, told.length - MOST));
  return told.slice(first, first + MOST).map((b, row) => ({ ...b, row, from: b.parent < 0 ? -1 : told.findIndex((p) => p.id === b.parent) - first }));
}
const RUN = 24, MOST = 4;
/** A line a run: ours in brass up to the playhead, the others dashed and kept. A run leaves the one it came from at a hollow ring. */
function RunLines({ runs, branch, scale, w, gutter }: { runs: readonly Run[]; branch: number; scale: Scale; w: number; gutter: number }): JSX.Element {
  const t = useT(), px = useClock((s) => scale.x(s.virtual)), y = (row: number): number => 4 + row * RUN + RUN / 2 + 3, clamp = (x: number): number => Math.max(gutter, Math.min(w - 24, x));
  return (
    <g>
      {runs.map((r) => {
        const mine = r.id === branch, x0 = r.from < 0 ? gutter : clamp(scale.x(r.forkAt)), x1 = Math.max(x0 + 26, mine ? clamp(px) : clamp(scale.x(r.end))), at = y(r.row), up = r.from >= 0 ? y(r.from) : at - RUN, seen = r.from >= 0 && r.forkAt >= scale.from;
        return (
          <g key={r.id}>
            <text x={gutter - 14} y={at + 4} className={`s11 m ${mine ? 'b tb_' : 't3'}`} textAnchor="end">{t('tl.run', { n: r.number })}</text>
            <path d={seen ? `M${x0} ${up}C${x0 + 10} ${up} ${x0 + 4} ${at} ${x0 + 18} ${at}H${x1}` : `M${gutter} ${at}H${x1}`} className={mine ? 'nf k-br' : 'nf k-line'} strokeWidth={mine ? 1.8 : 1.4} strokeDasharray={mine ? undefined : '5 3'} />
            {seen && <circle cx={x0} cy={up} r={4.5} className="f-bg k-br" strokeWidth={1.6} />}
            {(() => { const text = seen ? `${t('tl.fork', { time: clockText(r.forkAt) })}${r.label ? `: ${r.label}` : ''}` : mine ? '' : `${t('tl.kept')}${r.label ? ` · ${r.label}` : ''}`, tx = seen ? x0 + 24 : gutter + 4, child = runs.find((k) => k.from === r.row && k.forkAt >= scale.from), room = Math.floor(((child ? Math.max(tx, scale.x(child.forkAt) - 14) : w - 40) - tx) / 6.7); return text !== '' && room > 14 && <text x={tx} y={at - 5} className={`s11 ${mine ? 'm t1' : 't3'}`}>{cutMiddle(text, room)}</text>; })()}
          </g>
        );
      })}
    </g>
  );
}
/** Scrubbing: by pointer anywhere on the ruler, by arrows, Home, End and Page keys on the slider itself. */
function Scrubber({ scale, left, top, width }: { scale: Scale; left: number; top: number; width: number }): JSX.Element {
  const t = useT(), virtual = useClock((s) => s.virtual), ref = useRef<HTMLDivElement>(null);
  const to = (clientX: number): void => { const r = ref.current?.getBoundingClientRect(); if (r) seekVirtual(scale.at(Math.max(left, Math.min(left + width, clientX - r.left + left)))); };
  return (
    <div ref={ref} className="tl-scrub" role="slider" tabIndex={0} aria-label={t('tl.position')} aria-valuemin={Math.round(scale.from / 1000)} aria-valuemax={Math.round(scale.to / 1000)} aria-valuenow={Math.round(virtual / 1000)} aria-valuetext={clockText(virtual)} style={{ left, top, width }}
      onPointerDown={(e) => { e.currentTarget.setPointerCapture(e.pointerId); to(e.clientX); }} onPointerMove={(e) => { if (e.buttons === 1) to(e.clientX); }}
      onKeyDown={(e) => { const page = (scale.to - scale.from) / 20; switch (e.key) { case 'ArrowRight': stepForward(); break; case 'ArrowLeft': stepBack(); break; case 'PageDown': seekVirtual(Math.min(scale.to, virtual + page)); break; case 'PageUp': seekVirtual(Math.max(scale.from, virtual - page)); break; case 'Home': seekVirtual(scale.from); break; case 'End': seekVirtual(scale.to); break; default: return; } e.preventDefault(); e.stopPropagation(); }} />
  );
}
