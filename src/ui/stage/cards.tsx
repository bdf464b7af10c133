// The cards as React Flow nodes: a drawing, and buttons over it that open things in the inspector. Node data stays empty; each card reads its own part of the stores.
import { lazy, memo, Suspense } from 'react';
import type { JSX } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { useSession } from '../stores/session.ts';
import { usePrediction } from '../lesson/prediction.ts';
import { select, useView } from '../stores/view.ts';
import { useT } from '../words.tsx';
import { Controllers, Etcd, Hub, NodeDrawing, podSpots, Scheduler } from './drawings.tsx';
import { useGeometry } from './geometry.ts';
import type { NodeBox, Rect } from './layout.ts';
import { useLive } from './live.ts';
import type { Kind, NodeView, PodState } from '../../protocol/stage.ts';
import { SchedulerSlot, TerminalSlot } from './slots.tsx';
import { useWords } from './useWords.ts';

// opened on demand, so loaded on demand
const GateDetails = lazy(() => import('./GateDetails.tsx'));
function Drawing({ box, children }: { box: Rect; children: JSX.Element }): JSX.Element {
  return <svg width={box.w} height={box.h} overflow="visible" aria-hidden="true" focusable="false">{children}</svg>;
}
/** A transparent button over a drawn thing: the drawing is for the eye, the button for pointer, keyboard and screen reader. */
function Hit({ x, y, w, h, name, act, round = 8, pressed, tip }: { x: number; y: number; w: number; h: number; name: string; /** What a short word or letter of the drawing means. */ tip?: string; act: () => void; round?: number; pressed?: boolean }): JSX.Element {
  return <button type="button" className="hit nopan" aria-label={name} title={tip} aria-pressed={pressed} style={{ left: x, top: y, width: w, height: h, borderRadius: round }} onClick={act} />;
}
const component = (name: string, node = ''): void => select({ kind: 'component', component: name, node });

const TIPS = ['tip.authn', 'tip.audit', 'tip.apf', 'tip.authz', 'tip.default', 'tip.mutate', 'tip.validate', 'tip.admit', 'tip.store'] as const;
export const HubCard = memo(function HubCard(): JSX.Element {
  const box = useGeometry((g) => g.layout.hub), compact = useGeometry((g) => g.layout.compact), gates = useLive((s) => s.gates), cache = useLive((s) => s.cache), words = useWords(), t = useT();
  const y = box.track - box.y;
  return (
    <>
      <Drawing box={box}><><Hub box={box} gates={gates} cache={cache} words={words} compact={compact} />{box.tall && <Suspense fallback={null}><GateDetails /></Suspense>}</></Drawing>
      <Hit x={box.titleX - box.x - (box.level === 0 ? 70 : 6)} y={box.titleY - box.y - 18} w={140} h={26} name={t('name.hub')} tip={t('tip.hub')} act={() => component('kube-apiserver')} />
      {!compact && words.gates.map((g, i) => <Hit key={g + i} x={box.gate0 - box.x + i * box.gateStep - Math.min(24, box.gateStep / 2 - 1)} y={y - box.gateHeight / 2 - 2} w={Math.min(48, box.gateStep - 2)} h={box.gateHeight + (box.level === 0 ? 26 : 4)} name={t('name.gate', { n: i + 1, name: g })} tip={t(TIPS[i])} act={() => component('kube-apiserver', `gate/${i}`)} />)}
    </>
  );
});
export const EtcdCard = memo(function EtcdCard(): JSX.Element {
  const box = useGeometry((g) => g.layout.etcd), compact = useGeometry((g) => g.layout.compact), track = useGeometry((g) => g.layout.hub.track), hot = useLive((s) => s.hot), words = useWords(), t = useT();
  const [revision, rows] = useSession(useShallow((s) => [s.projection?.revision ?? 0, s.projection?.ledger ?? NONE]));
  return <><Drawing box={box}><Etcd box={box} compact={compact} revision={revision} rows={rows} hot={hot} words={words} track={track} /></Drawing><Hit x={0} y={0} w={box.w} h={box.h} name={t('name.etcd', { n: revision })} act={() => component('etcd')} /></>;
});
const NONE: readonly never[] = [];
export const ControllersCard = memo(function ControllersCard(): JSX.Element {
  const box = useGeometry((g) => g.layout.controllers), compact = useGeometry((g) => g.layout.compact), words = useWords(), t = useT();
  const [list, up] = useSession(useShallow((s) => [s.projection?.controllers ?? NONE, s.projection?.controllersUp ?? true]));
  return <><Drawing box={box}><Controllers box={box} list={list} up={up} words={words} compact={compact} /></Drawing><Hit x={0} y={0} w={box.w} h={box.h} name={t('name.controllers', { n: list.reduce((n, c) => n + c.queued, 0) })} act={() => component('kube-controller-manager')} /></>;
});
const IDLE = { up: true, active: 0, backoff: 0, unschedulable: 0, pod: '', node: '' };
export const SchedulerCard = memo(function SchedulerCard(): JSX.Element {
  const box = useGeometry((g) => g.layout.scheduler), compact = useGeometry((g) => g.layout.compact), words = useWords(), t = useT();
  const view = useSession((s) => s.projection?.scheduler ?? IDLE), unbound = useSession((s) => s.projection?.unbound ?? 0);
  return (
    <>
      <Drawing box={box}><Scheduler box={box} view={view} words={words} compact={compact} unbound={unbound} /></Drawing>
      <Hit x={0} y={0} w={box.open ? 190 : box.w} h={box.h} name={t('name.scheduler', { n: view.active + view.backoff + view.unschedulable })} tip={t('tip.queues')} act={() => component('kube-scheduler')} />
      {box.open && <div className="sched-slot nopan nowheel"><SchedulerSlot /></div>}
    </>
  );
});
const POD: Record<PodState, 'pod.pending' | 'pod.creating' | 'pod.notready' | 'pod.ready' | 'pod.term' | 'pod.crash' | 'pod.done' | 'pod.failed' | 'pod.unknown'> = { pending: 'pod.pending', creating: 'pod.creating', notready: 'pod.notready', ready: 'pod.ready', term: 'pod.term', crash: 'pod.crash', done: 'pod.done', failed: 'pod.failed', unknown: 'pod.unknown' };
/** One button a Pod; a node whose Pods did not change is not gone through again when its pills light up. */
const PodHits = memo(function PodHits({ box, view, compact, selected }: { box: NodeBox; view: NodeView; compact: boolean; selected: string }): JSX.Element {
  return <>{podSpots(box, view, compact).spots.map(({ pod, x, y, w, h }) => <PodHit key={`${pod.namespace}/${pod.name}`} x={x} y={y} w={w} h={h} namespace={pod.namespace} name={pod.name} state={pod.state} simplified={pod.simplified === true} pressed={selected === `${pod.namespace}/${pod.name}`} />)}</>;
});
const PodHit = memo(function PodHit({ x, y, w, h, namespace, name, state, simplified, pressed }: { x: number; y: number; w: number; h: number; namespace: string; name: string; state: PodState; simplified: boolean; pressed: boolean }): JSX.Element {
  const t = useT();
  return <Hit x={x} y={y} w={w} h={h} round={13} pressed={pressed} tip={t(POD[state])} name={t('name.pod', { name, state: t(POD[state]) }) + (simplified ? `, ${t('simple')}` : '')} act={() => select({ kind: 'object', resource: 'pods', namespace, name })} />;
});
export const NodeCard = memo(function NodeCard({ id }: { id: string }): JSX.Element | null {
  const name = id.slice(5), box = useGeometry((g) => g.layout.nodes.find((n) => n.name === name)), compact = useGeometry((g) => g.layout.compact), words = useWords(), t = useT();
  const view = useSession((s) => s.projection?.nodes.find((n) => n.name === name));
  const [k, p, r] = useLive(useShallow((s): [Kind | undefined, Kind | undefined, boolean] => [s.lit.get(`kubelet/${name}`), s.lit.get(`proxy/${name}`), s.lit.has(`cri/${name}`)]));
  const selectedPod = useView((s) => (s.selection?.kind === 'object' && s.selection.resource === 'pods' ? `${s.selection.namespace}/${s.selection.name}` : ''));
  const selected = useView((s) => s.selection?.kind === 'object' && s.selection.resource === 'nodes' && s.selection.name === name);
  const now = useSession((s) => (view?.silent ? Math.floor((s.projection?.at ?? 0) / 1e6) * 1e6 : 0));
  const p2 = usePrediction(), ask = p2 !== null && p2.answer === '' && p2.cycle.nodes.some((n) => n.name === name) ? '?' : '';
  if (!box || !view || box.level === 3) return null;
  const state = view.ready === 'True' ? (view.cordoned ? words.cordoned : words.ready) : view.ready === 'False' ? words.notReady : words.unknown, cw = (box.w - 44) / 2;
  return (
    <>
      <Drawing box={box}><NodeDrawing box={box} view={view} words={words} lit={{ kubelet: k, proxy: p, runtime: r }} selectedPod={selectedPod} selected={selected} compact={compact} ask={ask} now={now} /></Drawing>
      <Hit x={0} y={0} w={box.w} h={box.h} round={12} pressed={selected} name={t('name.node', { name, state, n: view.pods.length })} act={() => select({ kind: 'object', resource: 'nodes', namespace: '', name })} />
      {box.level === 0 && !compact && <><Hit x={16} y={-12} w={cw} h={24} round={12} name={t('name.kubelet', { node: name })} act={() => component('kubelet', name)} /><Hit x={28 + cw} y={-12} w={cw} h={24} round={12} name={t('name.proxy', { node: name })} act={() => component('kube-proxy', name)} /></>}
      {compact && <><Hit x={8} y={box.pillY - box.y} w={66} h={22} round={11} name={t('name.kubelet', { node: name })} act={() => component('kubelet', name)} /><Hit x={8} y={box.pillY - box.y + 25} w={box.w - 16} h={22} round={11} name={t('name.proxy', { node: name })} act={() => component('kube-proxy', name)} /></>}
      {box.level <= 1 && <PodHits box={box} view={view} compact={compact} selected={selectedPod} />}
    </>
  );
});
export const YouCard = memo(function YouCard(): JSX.Element { return <TerminalSlot />; });
