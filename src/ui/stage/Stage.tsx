// The stage: sky and strings below, cards as React Flow nodes, one canvas above for everything in flight.
import { ReactFlow, ReactFlowProvider, useStore, ViewportPortal } from '@xyflow/react';
import type { Node, NodeTypes } from '@xyflow/react';
import { useEffect, useMemo, useRef } from 'react';
import type { JSX } from 'react';
import { useLessonStep } from '../lesson/aside.ts';
import { onFrame, useClock } from '../stores/clock.ts';
import { useSession } from '../stores/session.ts';
import { select, useView } from '../stores/view.ts';
import { useT } from '../words.tsx';
import { ControllersCard, EtcdCard, HubCard, NodeCard, SchedulerCard, YouCard } from './cards.tsx';
import { fit, useGeometry } from './geometry.ts';
import type { Layout } from './layout.ts';
import { HeatMap } from './HeatMap.tsx';
import { Legend } from './Legend.tsx';
import { setLive } from './live.ts';
import { inkFrom, paint } from './paint.ts';
import { hit, picture, textAt } from './picture.ts';
import type { Picture } from './picture.ts';
import { CacheLink, Sky, Strings } from './sky.tsx';
import { toVirtual } from './story.ts';
import { paintTimers } from './timers.ts';

const TYPES: NodeTypes = { hub: HubCard, etcd: EtcdCard, controllers: ControllersCard, scheduler: SchedulerCard, node: NodeCard, you: YouCard };
const fixed = { draggable: false, selectable: false, connectable: false, deletable: false, focusable: false } as const;
const NO_DATA = {};
const PRO = { hideAttribution: true };

function useCards(): Node[] {
  const L = useGeometry((g) => g.layout);
  return useMemo(() => {
    const card = (id: string, type: string, b: { x: number; y: number; w: number; h: number }): Node => ({ id, type, position: { x: b.x, y: b.y }, width: b.w, height: b.h, initialWidth: b.w, initialHeight: b.h, data: NO_DATA, ...fixed });
    const out = [card('hub', 'hub', L.hub), card('controllers', 'controllers', L.controllers), card('scheduler', 'scheduler', L.scheduler), card('etcd', 'etcd', L.etcd)];
    if (!L.compact) out.push(card('you', 'you', L.you));
    if (L.nodeLevel < 3) for (const n of L.nodes) out.push(card(`node/${n.name}`, 'node', n));
    return out;
  }, [L]);
}
export function Stage(): JSX.Element { return <ReactFlowProvider><StageInner /></ReactFlowProvider>; }

function StageInner(): JSX.Element {
  const host = useRef<HTMLDivElement>(null), names = useSession((s) => s.projection?.nodes), asked = useView((s) => s.focus), chosen = useView((s) => (s.selection?.kind === 'component' ? s.selection.component : '')), wide = useView((s) => s.width === 'wide'), step = useLessonStep(), gateStep = useClock((s) => s.unit === 'gate' && s.mode !== 'playing'), legend = useView((s) => s.legend), frozen = useSession((s) => s.trouble?.frozen === true), t = useT();
  const focus = !wide ? 'none' : focusOf(asked, chosen, step, gateStep);
  const nodeNames = useMemo(() => (names ?? []).map((n) => n.name), [names]);
  const key = nodeNames.join(' ');
  useEffect(() => {
    const el = host.current;
    if (!el) return;
    const go = (): void => { if (key !== '') fit(el.clientWidth, el.clientHeight, key.split(' '), focus); };
    const o = new ResizeObserver(go);
    o.observe(el); go();
    return () => o.disconnect();
  }, [key, focus]);
  const { layout: L, ways } = useGeometry();
  const cards = useCards();
  const words = useMemo(() => ({ controlPlane: t('stage.controlPlane'), outside: t('stage.outside'), nodes: t('stage.nodes') }), [t]);
  return (
    <div ref={host} className={`stage${frozen ? ' frozen' : ''}`} role="region" aria-label={t('stage.name')} id="stage">
      <ReactFlow nodes={cards} edges={EDGES} nodeTypes={TYPES} minZoom={1} maxZoom={3} defaultViewport={VIEW} translateExtent={[[0, 0], [L.w, L.h]]} nodesDraggable={false} nodesConnectable={false} nodesFocusable={false} edgesFocusable={false} elementsSelectable={false} disableKeyboardA11y zoomOnScroll={false} zoomOnPinch zoomOnDoubleClick={false} panOnDrag preventScrolling={false} deleteKeyCode={null} selectionKeyCode={null} multiSelectionKeyCode={null} proOptions={PRO}>
        <ViewportPortal>
          <svg className="under" width={L.w} height={L.h} overflow="visible" aria-hidden="true"><Sky layout={L} words={words} /><Strings layout={L} ways={ways} />{legend && L.legend && <Legend x={L.legend.x} y={L.legend.y} row={L.legend.row} />}</svg>
          {L.nodeLevel === 3 && <HeatMap />}
          <svg className="over" width={L.w} height={L.h} overflow="visible" aria-hidden="true"><CacheLink layout={L} /></svg>
        </ViewportPortal>
      </ReactFlow>
      <FlightCanvas />
    </div>
  );
}
/** What is opened: what was asked for, the selected component, or what the lesson's step is about. */
function focusOf(asked: Layout['focus'], chosen: string, step: number, gateStep: boolean): Layout['focus'] {
  if (asked !== 'none') return asked;
  if (chosen === 'kube-apiserver' || gateStep) return 'gates';
  if (chosen === 'kube-scheduler') return 'scheduler';
  return step === 2 ? 'gates' : step === 7 ? 'scheduler' : 'none';
}
const EDGES: never[] = [];
const VIEW = { x: 0, y: 0, zoom: 1 };

/** One canvas for everything that moves. It follows React Flow's viewport and is sized by a ResizeObserver, never stretched. */
function FlightCanvas(): JSX.Element {
  const ref = useRef<HTMLCanvasElement>(null), shown = useRef<Picture | null>(null), [vx, vy, zoom] = useStore((s) => s.transform), dark = useView((s) => s.dark), reduced = useView((s) => s.reduced);
  const geometry = useGeometry(), flights = useSession((s) => s.flights), map = useSession((s) => s.map), mode = useClock((s) => s.mode), followed = useClock((s) => s.followed), spot = useClock((s) => s.spot);
  useEffect(() => {
    const canvas = ref.current, g = canvas?.getContext('2d');
    if (!canvas || !g) return;
    const ink = inkFrom(canvas);
    // measured when it changes, not at every frame: asking for it would lay the page out in the middle of a frame
    let w = canvas.clientWidth, h = canvas.clientHeight, told = 0;
    const draw = (story: number): void => {
      const dpr = devicePixelRatio || 1;
      if (canvas.width !== Math.round(w * dpr) || canvas.height !== Math.round(h * dpr)) { canvas.width = Math.round(w * dpr); canvas.height = Math.round(h * dpr); }
      g.setTransform(1, 0, 0, 1, 0, 0); g.clearRect(0, 0, canvas.width, canvas.height);
      g.setTransform(dpr * zoom, 0, 0, dpr * zoom, dpr * vx, dpr * vy);
      const p = picture(geometry.ways, flights, story, { reduced, stepping: mode !== 'playing', followed, spot, hub: geometry.layout.hub });
      const s = useSession.getState();
      if (s.projection && useClock.getState().speed <= 20) paintTimers(g, geometry.layout, s.projection.timers, toVirtual(map, story), ink, mode === 'stepping');
      paint(g, p, ink);
      shown.current = p;
      const now = performance.now();
      if (mode !== 'playing' || now - told > 200) { told = now; canvas.dataset.inflight = String(p.inFlight); canvas.dataset.drawn = String(p.glyphs.length + p.ribbons.length); }
      setLive(p, hotRows(story));
    };
    const o = new ResizeObserver(() => { w = canvas.clientWidth; h = canvas.clientHeight; draw(useClock.getState().story); });
    o.observe(canvas);
    const off = onFrame(draw);
    draw(useClock.getState().story);
    return () => { o.disconnect(); off(); };
  }, [geometry, flights, map, mode, followed, spot, reduced, dark, vx, vy, zoom]);
  useEffect(() => {
    // clicks on a message: the canvas itself lets the pointer through to the cards
    const stage = ref.current?.parentElement;
    if (!stage) return;
    const click = (e: MouseEvent): void => {
      const p = shown.current, r = stage.getBoundingClientRect();
      if (!p || (e.target as Element).closest('button')) return;
      const seq = hit(p, (e.clientX - r.left - vx) / zoom, (e.clientY - r.top - vy) / zoom);
      if (seq >= 0) select({ kind: 'message', seq });
    };
    // a label cut to its room says all of it as a title
    const name = (e: MouseEvent): void => { const p = shown.current, r = stage.getBoundingClientRect(), text = p ? textAt(p, (e.clientX - r.left - vx) / zoom, (e.clientY - r.top - vy) / zoom) : ''; if (stage.title !== text) stage.title = text; };
    stage.addEventListener('click', click); stage.addEventListener('mousemove', name);
    return () => { stage.removeEventListener('click', click); stage.removeEventListener('mousemove', name); };
  }, [vx, vy, zoom]);
  return <canvas ref={ref} className="flights" aria-hidden="true" />;
}
/** How many of etcd's newest lines are of this instant: written within the last 900 ms of story time. */
function hotRows(story: number): number {
  const { window: w, map } = useSession.getState();
  if (!w || w.writes.count === 0) return 0;
  const virtual = toVirtual(map, story), since = toVirtual(map, story - 900), at = w.writes.at;
  let lo = 0, hi = w.writes.count;
  while (lo < hi) { const m = (lo + hi) >> 1; if (at[m] <= virtual) lo = m + 1; else hi = m; }
  return lo > 0 && at[lo - 1] > since ? 1 : 0;
}
