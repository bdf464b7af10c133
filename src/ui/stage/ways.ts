// The ways of messages over the stage: a client's string, the rim with its two lanes, the gates, the link to etcd, the watch cache.
// Requests keep to the rim's outer lane, answers and events to the inner one, so that nothing overtakes through another kind.
import { curve, placeAt, stringPoints, Track } from './curve.ts';
import type { Curve, Point } from './curve.ts';
import { cacheWidth } from './layout.ts';
import type { Layout, NodeBox } from './layout.ts';
import type { Actor } from '../../protocol/stage.ts';

/** Pills of the watch cache; the last one stands for every other resource. */
export const CACHES = ['pods', 'nodes', 'deployments', 'replicasets', 'others'] as const;
export const cacheOf = (resource: string): number => { const i = (CACHES as readonly string[]).indexOf(resource); return i < 0 ? CACHES.length - 1 : i; };

/** Where a client's two strings start: at the component and at the rim. */
export interface Port { up: number; down: number; y: number; rimUp: number; rimDown: number; side: 'top' | 'bottom' | 'left' }
/** `room`: how many px a text may take there. */
export interface LabelSpot { x: number; y: number; anchor: 'start' | 'middle' | 'end'; room: number }

/** One key per place a message can come from or go to: 'you', 'kcm', 'sch', 'kubelet/node-1', 'proxy/node-1'. */
export function clientKey(a: Actor): string {
  switch (a.kind) {
    case 'kube-controller-manager': return 'kcm';
    case 'kube-scheduler': return 'sch';
    case 'kubelet': return `kubelet/${a.node}`;
    case 'kube-proxy': return `proxy/${a.node}`;
    case 'container-runtime': return `cri/${a.node}`;
    case 'kube-apiserver': return 'api';
    case 'etcd': return 'etcd';
    default: return 'you';
  }
}

export interface Ways {
  port(client: string): Port | null;
  /** 'in:CLIENT' 'gates' 'in>etcd' 'etcd>out' 'out:CLIENT' 'etcd>cache' 'cache:PILL:CLIENT' 'cri:NODE' 'irc:NODE'; null if its end is not on the stage. */
  curve(way: string): Curve | null;
  spot(way: string): LabelSpot | null;
}

/** Ends on the rim's lower edge of node i of n: request, kubelet's stream, kube-proxy's stream. */
export function rimEnds(L: Layout, i: number): [number, number, number] {
  const { hub: H, nodes } = L, n = nodes.length, a = H.x + H.r, b = H.x + H.w - H.r;
  if (L.compact) { const e = n === 1 ? H.x + H.w / 2 - 30 : a + 8 + ((b - a - 60) * i) / Math.max(1, n - 1); return [e, e + 14, e + 40]; }
  if (n <= 3) { const e = n === 1 ? H.x + H.w / 2 - 24 : a + (i * (b - a - 57)) / (n - 1); return [e, e + 24, e + 58]; }
  const box = nodes[i], u = (box.x + box.w / 2 - nodes[0].x) / Math.max(1, Math.max(...nodes.slice(0, 64).map((x) => x.x + x.w)) - nodes[0].x), e = a + u * (b - a);
  return [e - 5, e + 5, e + 12];
}
export function ways(L: Layout): Ways {
  const H = L.hub, outer = new Track(H.x + 1, H.y + 1, H.w - 2, H.h - 2, H.r - 1), inner = new Track(H.x + 11, H.y + 11, H.w - 22, H.h - 22, H.r - 11);
  const near = new Map<string, number>();
  const on = (t: Track, x: number, y: number): number => { const k = `${t === outer}${Math.round(x * 2)},${Math.round(y * 2)}`; let v = near.get(k); if (v === undefined) { v = t.near({ x, y }); near.set(k, v); } return v; };
  const right = H.x + H.w, bottom = H.y + H.h, ty = H.track, link = ty - 10;
  const byName = new Map<string, number>(L.nodes.map((n, i) => [n.name, i]));
  const ports = new Map<string, Port | null>(), curves = new Map<string, Curve | null>();

  const port = (client: string): Port | null => {
    const hit = ports.get(client);
    if (hit !== undefined) return hit;
    let p: Port | null = null;
    if (client === 'kcm') { const c = L.controllers, rim = clampTop(c.x + c.w * 0.406), g = 24 * gapScale(L), x = rim + g > c.x + c.w - 8 ? c.x + c.w * 0.62 : rim; p = { up: x, down: x + g, y: c.y + c.h, rimUp: rim, rimDown: rim + g, side: 'top' }; }
    else if (client === 'sch') { const c = L.scheduler, x = clampTop(c.open ? Math.min(c.x + c.w * 0.41, right - H.r - 30) : c.x + c.w * 0.39); p = { up: x, down: x + 24 * gapScale(L), y: c.y + c.h, rimUp: x, rimDown: x + 24 * gapScale(L), side: 'top' }; }
    else if (client === 'you') p = { up: L.you.x + L.you.w, down: L.you.x + L.you.w, y: ty, rimUp: H.x, rimDown: H.x, side: 'left' };
    else if (client.startsWith('kubelet/') || client.startsWith('proxy/')) {
      const i = byName.get(client.slice(client.indexOf('/') + 1));
      if (i !== undefined) {
        const b = L.nodes[i], [e1, e2, e3] = rimEnds(L, i), y = L.compact && client.startsWith('proxy/') ? b.pillY + 25 : b.pillY;
        p = client.startsWith('kubelet/') ? { up: b.kubelet - (b.level === 0 ? 6 : 0), down: b.kubelet + (b.level === 0 ? 10 : 8), y, rimUp: e1, rimDown: e2, side: 'bottom' } : { up: b.proxy, down: b.proxy, y, rimUp: e3, rimDown: e3, side: 'bottom' };
      }
    }
    ports.set(client, p);
    return p;
  };
  const clampTop = (x: number): number => Math.max(H.x + H.r * 0.9, Math.min(right - H.r * 0.9 - 24, x));
  /** From a node up to the rim; nodes in later rows are reached through the gutter beside them. */
  const nodeString = (client: string, x: number, rimX: number, rimY: number): Point[] => {
    const i = byName.get(client.slice(client.indexOf('/') + 1)) ?? 0, b = L.nodes[i], first = L.nodes[0];
    const p = port(client);
    if (!p) return [];
    if (b.y <= first.y + 1) return stringPoints(x, p.y, rimX, rimY);
    const g = b.x - 4, top = first.y - 12;
    return [{ x: b.x, y: b.y + b.h / 2 }, { x: g, y: b.y + b.h / 2 }, { x: g, y: top }, ...stringPoints(g, top, rimX, rimY)];
  };
  /** From a card above down to the rim: straight where the card stands over it, else bent under its neighbour. */
  const topString = (x: number, y: number, rimX: number): Point[] => (Math.abs(x - rimX) < 1 ? [{ x, y }, { x: rimX, y: H.y }] : stringPoints(x, y, rimX, H.y));
  const pill = (i: number): Point => {
    if (H.level === 0 && H.cacheY > 0) { const w = cacheWidth(H), x = H.x + (H.w - w) / 2; return { x: x + (w * (i + 0.5)) / CACHES.length, y: H.cacheY + 22 }; }
    return { x: right - 11, y: ty + 12 };
  };
  const etcdX = L.compact ? L.etcd.x + L.etcd.w * 0.42 : L.etcd.x, etcdY = L.etcd.y + L.etcd.h;
  const build = (way: string): Point[] | null => {
    if (way === 'gates') return [{ x: H.x + 12.7, y: ty }, { x: right - 6.7, y: ty }];
    if (way === 'in>etcd') return L.compact ? [...outer.walk(on(outer, right, ty), on(outer, etcdX, H.y), -1), { x: etcdX, y: etcdY }] : [{ x: right - 6.7, y: ty }, { x: etcdX, y: ty }];
    if (way === 'etcd>out') return L.compact ? [{ x: etcdX, y: etcdY }, ...inner.walk(on(inner, etcdX, H.y), on(inner, right, link), 1)] : [{ x: etcdX, y: link }, inner.point(on(inner, right, link))];
    if (way === 'etcd>cache') {
      if (L.compact) return [{ x: etcdX + 14, y: etcdY }, ...inner.walk(on(inner, etcdX + 14, H.y), on(inner, right, ty + 10), 1)];
      const y0 = ty + 18, x1 = right + 2, end = H.level === 0 ? { x: H.x + (H.w + cacheWidth(H)) / 2 + 4, y: H.cacheY + 11 } : { x: right - 11, y: ty + 12 };
      const pts: Point[] = [{ x: etcdX, y: y0 }, { x: x1, y: y0 }];
      for (let i = 1; i <= 24; i++) { const u = i / 24, v = 1 - u; pts.push({ x: v * v * v * x1 + 3 * v * v * u * (x1 - 45) + 3 * v * u * u * (x1 - 40) + u * u * u * end.x, y: v * v * v * y0 + 3 * v * v * u * y0 + 3 * v * u * u * end.y + u * u * u * end.y }); }
      return pts;
    }
    if (way.startsWith('cri:') || way.startsWith('irc:')) {
      const i = byName.get(way.slice(4));
      if (i === undefined) return null;
      const b = L.nodes[i], x = criX(b), y0 = L.compact ? b.pillY + 21 : b.level === 0 ? b.y + 12 : b.y + 4, pts = [{ x, y: y0 }, { x, y: Math.min(b.y + b.h - 16, y0 + Math.max(40, b.h * 0.5)) }];
      return way.startsWith('cri:') ? pts : pts.reverse();
    }
    const [head, client, cacheNo] = way.startsWith('cache:') ? ['cache', way.slice(8), Number(way[6])] : [way.slice(0, way.indexOf(':')), way.slice(way.indexOf(':') + 1), 0];
    const p = port(client);
    if (!p) return null;
    if (head === 'in') {
      const inlet = { x: H.x + 12.7, y: ty };
      if (p.side === 'left') return [{ x: p.up, y: ty }, inlet];
      if (p.side === 'top') return [...topString(p.up, p.y, p.rimUp), ...outer.walk(on(outer, p.rimUp, H.y), on(outer, H.x, ty), -1), inlet];
      return [...nodeString(client, p.up, p.rimUp, bottom - 1), ...outer.walk(on(outer, p.rimUp, bottom), on(outer, H.x, ty), 1), inlet];
    }
    if (head === 'out') {
      const from = on(inner, right, link);
      if (p.side === 'left') return [...inner.walk(from, on(inner, H.x, ty), 1), { x: p.up, y: ty }];
      if (p.side === 'top') return [...inner.walk(from, on(inner, p.rimUp, H.y), -1), ...topString(p.up, p.y, p.rimUp).reverse()];
      return [...inner.walk(from, on(inner, p.rimUp, bottom), 1), ...nodeString(client, p.up, p.rimUp, bottom - 11).reverse()];
    }
    if (head === 'cache') {
      const s = pill(cacheNo), atRim = H.level === 0 && H.cacheY > 0 ? on(inner, s.x, bottom) : on(inner, right, ty + 12);
      const start = H.level === 0 && H.cacheY > 0 ? [s] : [];
      if (p.side === 'left') return [...start, ...inner.walk(atRim, on(inner, H.x, ty), 1), { x: p.up, y: ty }];
      if (p.side === 'top') return [...start, ...inner.walk(atRim, on(inner, p.rimDown, H.y), 0), ...topString(p.down, p.y, p.rimDown).reverse()];
      return [...start, ...inner.walk(atRim, on(inner, p.rimDown, bottom), 0), ...nodeString(client, p.down, p.rimDown, bottom - 11).reverse()];
    }
    return null;
  };
  const get = (way: string): Curve | null => {
    let c = curves.get(way);
    if (c === undefined) { const pts = build(way); c = pts && pts.length > 1 ? curve(pts) : null; curves.set(way, c); }
    return c;
  };
  const spot = (way: string): LabelSpot | null => {
    const at = place(way);
    if (!at) return null;
    // a label never leaves the stage
    const edge = at.anchor === 'end' ? at.x - 4 : at.anchor === 'start' ? L.w - 4 - at.x : 2 * Math.min(at.x - 4, L.w - 4 - at.x);
    return { ...at, room: Math.min(at.room, edge) };
  };
  const place = (way: string): LabelSpot | null => {
    // opened, each gate says what it said: no label over them
    if (way === 'gates') return H.tall ? null : L.compact ? { x: H.x + H.w / 2, y: H.y + H.h + 13, anchor: 'middle', room: 200 } : H.level === 0 ? { x: H.x + H.w / 2, y: H.titleY + 16, anchor: 'middle', room: Math.min(260, H.gateStep * 6) } : { x: H.x + 34, y: ty + 14, anchor: 'start', room: H.gate0 - H.x - 44 };
    if (way === 'in>etcd' || way === 'etcd>out') return L.compact ? { x: etcdX - 12, y: (etcdY + H.y) / 2, anchor: 'end', room: 118 } : { x: L.etcd.x - 6, y: ty - (way === 'in>etcd' ? 26 : 32), anchor: 'end', room: Math.max(86, L.etcd.x - right + 12) };
    if (way === 'etcd>cache') return L.compact ? null : { x: L.etcd.x - 6, y: ty + 44, anchor: 'end', room: Math.max(86, L.etcd.x - right + 12) };
    if (way.startsWith('cri:') || way.startsWith('irc:')) {
      const i = byName.get(way.slice(4));
      if (i === undefined) return null;
      const b = L.nodes[i], x = criX(b) + 13;
      return L.compact ? { x: b.x + b.w / 2, y: b.y + b.h - 12, anchor: 'middle', room: b.w - 8 } : { x, y: b.level === 0 ? b.y + 34 : b.y + 20, anchor: 'start', room: b.x + b.w - 10 - x };
    }
    const cached = way.startsWith('cache:'), client = cached ? way.slice(8) : way.slice(way.indexOf(':') + 1), p = port(client);
    if (!p) return null;
    if (p.side === 'left') return L.compact ? { x: 8, y: bottom + 14, anchor: 'start', room: 130 } : H.x - p.up < 60 ? { x: p.up + 2, y: ty + 26, anchor: 'start', room: 120 } : { x: (p.up + H.x) / 2, y: ty - 26, anchor: 'middle', room: H.x - p.up - 4 };
    if (p.side === 'top' && L.compact) return { x: p.down + 9, y: (p.y + H.y) / 2 + 4, anchor: 'start', room: client === 'kcm' ? 118 : 96 };
    if (p.side === 'top') return cached ? { x: p.down + 16, y: (p.y + H.y) / 2 + 4, anchor: 'start', room: 170 } : { x: p.up - 12, y: (p.y + H.y) / 2 + 4, anchor: 'end', room: 200 };
    const c = get(way);
    if (!c) return null;
    const q = placeAt(c, way.startsWith('in:') ? 58 : c.length - 58), room = L.compact ? 104 : 166;
    q.y = Math.max(q.y, bottom + (L.compact ? 30 : 22));
    return cached ? { x: q.x + 16, y: q.y - 6, anchor: 'start', room } : q.x < 190 ? { x: q.x + 16, y: q.y - 22, anchor: 'start', room } : { x: q.x - 16, y: q.y - 6, anchor: 'end', room };
  };
  return { port, curve: get, spot };
}
/** Where the kubelet's calls to its runtime run: near the right end of its pill, clear of the node's name and state. */
const criX = (b: NodeBox): number => (b.level === 0 && b.pillY > b.y - 20 ? b.kubelet + (b.w - 44) / 4 - 9 : b.kubelet);
const gapScale = (L: Layout): number => (L.compact ? 0.58 : 1);
export type { NodeBox };
