// Every shape of the stage as a small function of its state; sizes and strokes as in the design.
import { memo } from 'react';
import type { CSSProperties, JSX } from 'react';
import type { Kind, PodState } from '../../protocol/stage.ts';
import type { GateState } from './picture.ts';

const MESSAGE: Record<Kind, JSX.Element> = {
  req: <path className="f-req" d="M-8-5.5H2L8.5 0 2 5.5H-8L-5 0Z" />,
  res: <circle r="5.2" className="f-bg k-res" strokeWidth="2.4" />,
  watch: <path className="f-watch" d="M0-7 7 0 0 7-7 0Z" />,
  cri: <path className="f-cri" d="M-7-5.5H3.5V-3.4H8V-1.2H3.5V1.2H8V3.4H3.5V5.5H-7Z" />,
  pkt: <circle r="3.2" className="f-pkt" />,
};
export function MessageGlyph({ kind, x = 0, y = 0, scale = 1 }: { kind: Kind; x?: number; y?: number; scale?: number }): JSX.Element {
  return <g transform={`translate(${x} ${y}) scale(${scale})`}>{MESSAGE[kind]}</g>;
}

interface Look { letter: string; text: string; stroke: string; dash?: string; fill: string; width: number }
const PODS: Record<PodState, Look> = {
  pending: { letter: 'P', text: 't3', stroke: 'k-t3', dash: '3.5 3', fill: 'var(--bg)', width: 1.4 },
  creating: { letter: 'C', text: 'treq', stroke: 'k-req', dash: '3.5 3', fill: 'var(--bg)', width: 1.4 },
  notready: { letter: 'N', text: 'twarn', stroke: 'k-warn', fill: 'var(--bg)', width: 1.4 },
  ready: { letter: 'R', text: 'tok', stroke: 'k-ok', fill: 'var(--ok-soft)', width: 1.4 },
  term: { letter: 'T', text: 't2', stroke: 'k-t2', dash: '7 3', fill: 'url(#hatch)', width: 1.4 },
  crash: { letter: 'B', text: 'tbad', stroke: 'k-bad', fill: 'var(--bad-soft)', width: 1.4 },
  done: { letter: 'D', text: 't2', stroke: 'k-t3', fill: 'var(--bg)', width: 1.4 },
  failed: { letter: 'F', text: 'tbad', stroke: 'k-bad', fill: 'var(--bad-soft)', width: 2 },
  unknown: { letter: '?', text: 't2', stroke: 'k-t2', dash: '.1 4', fill: 'var(--bg)', width: 2 },
};
export const podLetter = (s: PodState): string => PODS[s].letter;
export const podWidth = (containers: number, h = 26): number => ((32 + containers * 14) * h) / 22;

/** A Pod: a pea pod, its containers the peas. State by outline, fill, peas, letter and colour. */
export const PodGlyph = memo(function PodGlyph({ x, y, state, containers = 1, h = 22, name = '', selected = false, letter = true, simplified = false }: { x: number; y: number; state: PodState; containers?: number; h?: number; name?: string; selected?: boolean; letter?: boolean; /** A dashed chip round the name. */ simplified?: boolean }): JSX.Element {
  const S = PODS[state], sc = h / 22, n = Math.min(6, Math.max(1, containers)), w = (18 + n * 14 + (letter ? 14 : 0)) * sc, r = h / 2, hex = state === 'crash' || state === 'failed';
  const shape = hex ? `M${r * 0.62} .5H${w - r * 0.62}L${w - 0.5} ${r}L${w - r * 0.62} ${h - 0.5}H${r * 0.62}L.5 ${r}Z` : `M${r} .5H${w - r}A${r - 0.5} ${r - 0.5} 0 0 1 ${w - r} ${h - 0.5}H${r}A${r - 0.5} ${r - 0.5} 0 0 1 ${r} .5Z`;
  return (
    <g transform={`translate(${x} ${y})`}>
      {selected && <rect x={-4} y={-4} width={w + 8} height={h + 8} rx={r + 4} className="nf k-br" strokeWidth={1.2} />}
      <path d={shape} fill="var(--bg)" />
      <path d={shape} style={{ fill: S.fill }} className={S.stroke} strokeWidth={S.width} strokeDasharray={S.dash} strokeLinecap={state === 'unknown' ? 'round' : undefined} />
      {state === 'creating' && <path d={`M${w * 0.55} .5H${r}A${r - 0.5} ${r - 0.5} 0 0 0 ${r} ${h - 0.5}H${w * 0.3}`} className="nf k-req" strokeWidth={1.8} />}
      {Array.from({ length: n }, (_, i) => <Pea key={i} state={state} cx={(14 + i * 14) * sc} cy={r} sc={sc} />)}
      {letter && <text x={w - 12 * sc} y={r + 4} className={`s11 b m ${S.text}`} textAnchor="middle">{S.letter}</text>}
      {name !== '' && simplified && <rect x={w / 2 - name.length * 3.35 - 4} y={h + 4} width={name.length * 6.7 + 8} height={14} rx={3} className="nf k-line" strokeWidth={1} strokeDasharray="3 2" />}
      {name !== '' && <text x={w / 2} y={h + 14} className="s11 m t2" textAnchor="middle">{name}</text>}
    </g>
  );
});
function Pea({ state, cx, cy, sc }: { state: PodState; cx: number; cy: number; sc: number }): JSX.Element {
  const q = 4.4 * sc;
  switch (state) {
    case 'pending': return <circle cx={cx} cy={cy} r={q - 0.6} className="nf k-t3" strokeWidth={1} strokeDasharray="1.6 2" />;
    case 'creating': return <><circle cx={cx} cy={cy} r={q - 0.5} className="nf k-req" strokeWidth={1.2} /><path d={`M${cx} ${cy - q}A${q} ${q} 0 0 1 ${cx} ${cy + q}Z`} className="f-req" /></>;
    case 'notready': return <><circle cx={cx} cy={cy} r={q - 0.4} className="nf k-warn" strokeWidth={1.5} /><circle cx={cx} cy={cy} r={1.5} className="f-warn" /></>;
    case 'ready': return <circle cx={cx} cy={cy} r={q} className="f-ok" />;
    case 'term': return <><circle cx={cx} cy={cy} r={q - 0.4} className="f-bg k-t2" strokeWidth={1} /><path d={`M${cx - q + 1.6} ${cy}H${cx + q - 1.6}`} className="k-t2" strokeWidth={1.3} /></>;
    case 'done': return <path d={`M${cx - 4 * sc} ${cy}l${3 * sc} ${3.4 * sc} ${5.4 * sc} ${-7 * sc}`} className="nf k-t2" strokeWidth={1.6} />;
    case 'crash': return <><path d={`M${cx + 3.6 * sc} ${cy - 2.2 * sc}A${4.2 * sc} ${4.2 * sc} 0 1 0 ${cx + 4.2 * sc} ${cy + 0.6 * sc}`} className="nf k-bad" strokeWidth={1.6} /><path d={`M${cx + 5.6 * sc} ${cy - 5.4 * sc}v${4.4 * sc}h${-4.6 * sc}z`} className="f-bad" /></>;
    case 'failed': return <path d={`M${cx - 3.4 * sc} ${cy - 3.4 * sc}l${6.8 * sc} ${6.8 * sc}m0 ${-6.8 * sc}${-6.8 * sc} ${6.8 * sc}`} className="k-bad" strokeWidth={1.7} />;
    default: return <circle cx={cx} cy={cy} r={1.4} className="f-t3" />;
  }
}

/** A gate. Shut: bar and bead. Open: split bar. Now: brass, wide. Refused: double red bar. */
export function GateGlyph({ x, y, state, h, label, labelY, size = 's11' }: { x: number; y: number; state: GateState; h: number; label: string; labelY: number; size?: string }): JSX.Element {
  const hh = h / 2, gap = { shut: 0, open: 6, now: 9, refused: 0 }[state], k = { shut: 'k-line', open: 'k-t2', now: 'k-br', refused: 'k-bad' }[state], sw = state === 'now' ? 2.2 : 1.5;
  return (
    <g transform={`translate(${x} ${y})`}>
      {gap > 0
        ? <><path d={`M0 ${-hh}V${-gap}M0 ${gap}V${hh}`} className={k} strokeWidth={sw} strokeLinecap="round" /><path d={`M-3 ${-gap}H3M-3 ${gap}H3`} className={k} strokeWidth={sw} strokeLinecap="round" /></>
        : <><path d={`M0 ${-hh}V${hh}`} className={k} strokeWidth={sw} strokeLinecap="round" /><circle r={2.6} className={`f-panel ${k}`} strokeWidth={1.2} /></>}
      {state === 'refused' && <path d={`M4 ${-hh}V${hh}`} className={k} strokeWidth={1.5} />}
      {label !== '' && <text x={0} y={labelY} className={`${size} ${state === 'now' ? 'tb_ b' : state === 'refused' ? 'tbad b' : state === 'shut' ? 't3' : 't2'}`} textAnchor="middle">{label}</text>}
    </g>
  );
}

/** A queue: five slots, a brass key each; more than five: five and the number. */
export function Slots({ x, y, items, slots = 5, w = 10, h = 12, step = 13 }: { x: number; y: number; items: number; slots?: number; w?: number; h?: number; step?: number }): JSX.Element {
  return <>{Array.from({ length: slots }, (_, i) => <rect key={i} x={x + i * step} y={y} width={w} height={h} rx={2} className={i < items ? 'f-br' : 'nf'} style={i < items ? undefined : { stroke: 'var(--grad)' }} />)}</>;
}
export function Meter({ x, y, w, value }: { x: number; y: number; w: number; value: number }): JSX.Element {
  return <><rect x={x} y={y} width={w} height={3} rx={1.5} className="f-hair" /><rect x={x} y={y} width={Math.round(w * Math.max(0, Math.min(1, value)) * 10) / 10} height={3} rx={1.5} className="f-line" /></>;
}
/** The crank of the orrery: one turn of the long hand is 100 s, of the short one an hour. */
export function Dial({ seconds, size = 56 }: { seconds: number; size?: number }): JSX.Element {
  const r = size / 2, ring: CSSProperties = { opacity: 0.7 };
  return (
    <svg width={size} height={size} viewBox={`${-r} ${-r} ${size} ${size}`} aria-hidden="true">
      <circle r={r - 1} className="nf k-hair" /><circle r={r - 5} className="nf k-line" strokeWidth={4} strokeDasharray={`1 ${(2 * Math.PI * (r - 5)) / 60 - 1}`} style={ring} /><circle r={r - 13} className="nf k-hair" />
      <g transform={`rotate(${(seconds * 6) % 360})`}><path d={`M0 6V${-(r - 8)}`} className="k-br" strokeWidth={1.6} strokeLinecap="round" /><circle cy={-(r - 13)} r={3.4} className="f-br" /></g>
      <circle r={2.6} className="f-bg k-br" strokeWidth={1.4} />
      <g transform={`rotate(${(seconds / 10) % 360})`}><circle cy={-(r - 13)} r={1.8} className="f-t3" /></g>
    </svg>
  );
}
export function Logo(): JSX.Element {
  return <svg width={22} height={22} viewBox="-11 -11 22 22" aria-hidden="true"><circle r={9.5} className="nf k-line" strokeWidth={1} /><ellipse rx={9.5} ry={3.6} className="nf k-t2" strokeWidth={1} transform="rotate(-28)" /><circle r={2.6} className="f-br" /><circle cx={7.6} cy={-5.4} r={1.7} className="f-t1" /></svg>;
}
/** Patterns shared by all drawings of the page; mounted once. */
export function Patterns(): JSX.Element {
  return (
    <svg width={0} height={0} style={{ position: 'absolute' }} aria-hidden="true">
      <defs>
        <pattern id="hatch" width={5} height={5} patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V5" stroke="var(--t3)" strokeWidth={1.1} opacity={0.75} /></pattern>
        <pattern id="hatchh" width={6} height={6} patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V6" stroke="var(--hair)" strokeWidth={1.4} /></pattern>
        <pattern id="hatchb" width={6} height={6} patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V6" stroke="var(--bad)" strokeWidth={1} opacity={0.28} /></pattern>
        <marker id="ar" viewBox="0 0 8 8" refX={6.5} refY={4} markerWidth={7} markerHeight={7} orient="auto-start-reverse"><path d="M1 1 7 4 1 7Z" fill="context-stroke" /></marker>
      </defs>
    </svg>
  );
}
const icon = (children: JSX.Element): JSX.Element => <svg width={14} height={14} viewBox="0 0 14 14" aria-hidden="true">{children}</svg>;
export const ICONS = {
  back: icon(<path d="M10 2 4 7l6 5M2.5 2v10" className="nf" stroke="currentColor" strokeWidth={1.6} strokeLinecap="round" strokeLinejoin="round" />),
  forward: icon(<path d="m4 2 6 5-6 5M12 2v10" className="nf" stroke="currentColor" strokeWidth={1.6} strokeLinecap="round" strokeLinejoin="round" />),
  play: icon(<path d="M3.5 2v10l8-5z" fill="currentColor" />),
  pause: icon(<path d="M3.5 2.5h2.6v9H3.5zM8 2.5h2.6v9H8z" fill="currentColor" />),
  share: icon(<path d="M7 9V1.5M4 4l3-2.7L10 4M2 8v4.5h10V8" className="nf" stroke="currentColor" strokeWidth={1.3} strokeLinecap="round" />),
  half: icon(<><circle cx={7} cy={7} r={5} className="nf" stroke="currentColor" strokeWidth={1.3} /><path d="M7 2a5 5 0 0 1 0 10z" fill="currentColor" /></>),
  gear: icon(<><circle cx={7} cy={7} r={2.2} className="nf" stroke="currentColor" strokeWidth={1.3} /><path d="M7 1.2v2M7 10.8v2M1.2 7h2M10.8 7h2M2.9 2.9l1.4 1.4M9.7 9.7l1.4 1.4M11.1 2.9 9.7 4.3M4.3 9.7l-1.4 1.4" stroke="currentColor" strokeWidth={1.3} strokeLinecap="round" /></>),
} as const;
