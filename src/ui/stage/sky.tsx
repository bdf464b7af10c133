// The sky behind the components: faint orbits, their names, the strings, and the bodies of periodic timers.
import { memo } from 'react';
import type { JSX } from 'react';
import { r, stringPath } from './curve.ts';
import { cacheWidth } from './layout.ts';
import type { Layout } from './layout.ts';
import { rimEnds } from './ways.ts';
import type { Ways } from './ways.ts';

const rad = (d: number): number => (d * Math.PI) / 180;
export interface OrbitWords { controlPlane: string; outside: string; nodes: string }

/** Radii of the two graduated orbits: periods of two seconds on the inner, ten on the outer. */
export const orbitRadii = (L: Layout): { inner: number; outer: number } => (L.compact ? { inner: 160, outer: 214 } : { inner: Math.max(300, L.hub.w * 0.637), outer: Math.max(420, L.hub.w * 0.987) });

function OnOrbit({ id, L, radius, deg, text }: { id: string; L: Layout; radius: number; deg: number; text: string }): JSX.Element {
  const { x, y } = L.sky, p = (d: number): string => `${r(x + radius * Math.cos(rad(d)))} ${r(y - radius * Math.sin(rad(d)))}`, top = deg < 180;
  const d = top ? `M${p(deg + 24)}A${radius} ${radius} 0 0 1 ${p(deg - 24)}` : `M${p(deg - 24)}A${radius} ${radius} 0 0 0 ${p(deg + 24)}`;
  return <><path id={id} d={d} className="nf" /><text className="s11 t3" dy={-6} letterSpacing={2.2} textAnchor="middle"><textPath href={`#${id}`} startOffset="50%">{text}</textPath></text></>;
}
export const Sky = memo(function Sky({ layout: L, words }: { layout: Layout; words: OrbitWords }): JSX.Element {
  const { x, y } = L.sky, { inner, outer } = orbitRadii(L), radii = L.compact ? [160, 214, 280] : [inner * 0.51, inner, inner * 1.26, outer, outer * 1.226], rich = !L.compact && L.hub.level === 0 && !L.hub.tall;
  return (
    <g>
      <defs><radialGradient id="sky" gradientUnits="userSpaceOnUse" cx={x} cy={y} r={700}><stop offset="0" style={{ stopColor: 'var(--panel)' }} /><stop offset="1" style={{ stopColor: 'var(--bg)' }} /></radialGradient></defs>
      <rect x={-2000} y={-2000} width={6000} height={6000} fill="url(#sky)" />
      {radii.map((q) => <circle key={q} cx={x} cy={y} r={q} className="orbit" />)}
      {(L.compact ? [[214, 160]] : [[inner, 240], [outer, 360]]).map(([q, n]) => <circle key={`t${q}`} cx={x} cy={y} r={q} className="grad" strokeWidth={4} strokeDasharray={`1 ${r((2 * Math.PI * q) / n - 1)}`} />)}
      {rich && L.w >= 1240 && <><OnOrbit id="orb-cp" L={L} radius={inner} deg={151} text={words.controlPlane} /><OnOrbit id="orb-out" L={L} radius={outer} deg={163} text={words.outside} /><OnOrbit id="orb-n" L={L} radius={outer} deg={201} text={words.nodes} /></>}
      {rich && L.w < 1240 && <OnOrbit id="orb-out2" L={L} radius={Math.min(430, inner * 1.1)} deg={158} text={words.outside} />}
    </g>
  );
});

/** The strings at rest: a pair (request solid, stream dotted) between each client and the rim; only kube-apiserver has one to etcd. */
export const Strings = memo(function Strings({ layout: L, ways }: { layout: Layout; ways: Ways }): JSX.Element {
  const H = L.hub, right = H.x + H.w, bottom = H.y + H.h, out: JSX.Element[] = [];
  const you = ways.port('you');
  if (you && !L.compact) out.push(<path key="you" d={`M${r(you.up)} ${r(H.track)}H${r(H.x)}`} className="lk q" />);
  if (L.compact) { const x = L.etcd.x + L.etcd.w * 0.42, y = L.etcd.y + L.etcd.h; out.push(<path key="etcd" d={`M${r(x)} ${y}V${H.y + 8}`} className="lk" />, <path key="etcdw" d={`M${r(x + 14)} ${H.y + 12}V${y}`} className="lk w q" />); }
  else out.push(<path key="etcd" d={`M${r(right)} ${r(H.track)}H${r(L.etcd.x)}`} className="lk" />, <path key="etcdw" d={`M${r(L.etcd.x)} ${r(H.track + 18)}H${r(right - 2)}`} className="lk w q" />);
  for (const c of ['kcm', 'sch']) { const p = ways.port(c); if (p) out.push(<path key={c} d={stringPath(p.up, p.y, p.rimUp, H.y)} className="lk q" />, <path key={`${c}w`} d={stringPath(p.rimDown, H.y, p.down, p.y)} className="lk w q" />); }
  if (L.nodeLevel <= 2) {
    const first = L.nodes[0];
    L.nodes.forEach((b, i) => {
      if (b.y > first.y + 1) return;
      const k = ways.port(`kubelet/${b.name}`), p = ways.port(`proxy/${b.name}`), [a, e, c] = rimEnds(L, i);
      if (!k || !p) return;
      out.push(<path key={`k${b.name}`} d={stringPath(k.up, k.y, a, bottom)} className="lk q" />, <path key={`w${b.name}`} d={stringPath(k.down, k.y, e, bottom)} className="lk w q" />);
      if (b.level === 0) out.push(<path key={`p${b.name}`} d={stringPath(p.up, p.y, c, bottom)} className="lk w q" />);
    });
  }
  return <g>{out}</g>;
});
/** The stream from etcd inside the hub, to the watch cache's pills; drawn above the hub. */
export function CacheLink({ layout: L }: { layout: Layout }): JSX.Element | null {
  const H = L.hub;
  if (L.compact || H.level !== 0) return null;
  const w = cacheWidth(H), end = H.x + (H.w + w) / 2 + 4, x1 = H.x + H.w + 2, y0 = H.track + 18;
  return <path d={`M${r(x1)} ${r(y0)}C${r(x1 - 45)} ${r(y0)} ${r(x1 - 40)} ${r(H.cacheY + 11)} ${r(end)} ${r(H.cacheY + 11)}`} className="lk w q" />;
}
