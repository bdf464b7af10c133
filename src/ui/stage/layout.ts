// Where everything stands. Positions are sacred: outside left, control plane above, etcd right, nodes below, at every width and level.
// A pure function of the room and of what there is to show; type never shrinks, a thing drops a level instead.

export interface Rect { x: number; y: number; w: number; h: number }
/** 0 rich, 1 card, 2 one line, 3 pixels. */
export type Level = 0 | 1 | 2 | 3;
export interface HubBox extends Rect { r: number; track: number; gate0: number; gateStep: number; gateHeight: number; level: Level; labels: 'below' | 'split' | 'none'; tall: boolean; titleY: number; titleX: number; cacheY: number }
export interface NodeBox extends Rect { name: string; level: Level; kubelet: number; proxy: number; pillY: number }
export type Focus = 'none' | 'gates' | 'scheduler';
export interface Layout {
  w: number; h: number;
  compact: boolean;
  focus: Focus;
  you: Rect & { level: Level };
  controllers: Rect & { level: Level; cols: number };
  scheduler: Rect & { level: Level; open: boolean };
  etcd: Rect & { level: Level };
  hub: HubBox;
  nodes: readonly NodeBox[];
  nodeLevel: Level;
  /** Centre of the sky. */
  sky: { x: number; y: number };
  legend: { x: number; y: number; row: boolean } | null;
}
export interface Wish { width: number; height: number; nodes: readonly string[]; focus?: Focus }

/** Width of the row of the watch cache's pills: a name each must fit. */
export const cacheWidth = (h: Pick<HubBox, 'w' | 'tall'>): number => h.w - (h.tall ? 250 : h.w < 620 ? 160 : 192);

const clamp = (v: number, a: number, b: number): number => Math.max(a, Math.min(b, v));

interface Rows { top: number; cards: number; gap1: number; hub: number; gap2: number; node: number; bottom: number; cardLevel: Level; hubLevel: Level; nodeLevel: Level }
/** Heights of the three rows; the first set that fits is taken, and what is left over is shared out between the gaps. */
function rows(h: number, focus: Focus, nodeLevel: Level): Rows {
  const sets: Rows[] = focus === 'gates'
    ? [{ top: 16, cards: 48, gap1: 26, hub: 322, gap2: 26, node: 66, bottom: 14, cardLevel: 1, hubLevel: 0, nodeLevel: 1 }]
    : focus === 'scheduler'
      ? [{ top: 10, cards: 212, gap1: 24, hub: 78, gap2: 52, node: 144, bottom: 8, cardLevel: 0, hubLevel: 1, nodeLevel: 0 },
        { top: 10, cards: 212, gap1: 22, hub: 78, gap2: 44, node: 98, bottom: 8, cardLevel: 0, hubLevel: 1, nodeLevel: 1 }]
      : [];
  sets.push(
    { top: 16, cards: 118, gap1: 28, hub: 194, gap2: 62, node: 172, bottom: 16, cardLevel: 0, hubLevel: 0, nodeLevel: 0 },
    { top: 14, cards: 116, gap1: 26, hub: 172, gap2: 58, node: 152, bottom: 12, cardLevel: 0, hubLevel: 0, nodeLevel: 0 },
    { top: 12, cards: 116, gap1: 26, hub: 78, gap2: 52, node: 144, bottom: 8, cardLevel: 0, hubLevel: 1, nodeLevel: 0 },
    { top: 10, cards: 52, gap1: 22, hub: 78, gap2: 50, node: 98, bottom: 10, cardLevel: 1, hubLevel: 1, nodeLevel: 1 },
  );
  const sum = (s: Rows): number => s.top + s.cards + s.gap1 + s.hub + s.gap2 + s.node + s.bottom;
  const usable = sets.filter((s) => nodeLevel === 0 || s.nodeLevel > 0 || true);
  const pick = { ...(usable.find((s) => sum(s) <= h) ?? sets[sets.length - 1]) };
  if (nodeLevel > pick.nodeLevel) pick.nodeLevel = nodeLevel;
  const left = Math.max(0, h - sum(pick));
  pick.top += left * 0.24; pick.gap1 += Math.min(26, left * 0.14); pick.gap2 += Math.min(90, left * 0.32);
  pick.bottom = 0;
  return pick;
}
export function layout(wish: Wish): Layout {
  if (wish.width < 640) return phone(wish);
  const { width: w, nodes } = wish, h = Math.max(320, wish.height), n = nodes.length;
  // how rich a node can be: pills need 230 px; below that cards; beyond two rows of cards, lines; beyond those, pixels
  const perRow0 = Math.floor((w - 28) / 240);
  const wanted: Level = n <= perRow0 ? 0 : n <= Math.floor((w - 28) / 128) * 2 ? 1 : n <= 120 ? 2 : 3;
  let R = rows(h, wish.focus ?? 'none', wanted);
  if (wanted > 1) { const spare = Math.max(0, Math.min(60, (h - 500) * 0.12)); R = { top: 12 + spare * 0.4, cards: 52, gap1: 24, hub: 78, gap2: 56 + spare * 0.6, node: 24, bottom: 0, cardLevel: 1, hubLevel: 1, nodeLevel: wanted }; }
  const tall = R.hub > 260, wide = w >= 1240 && !tall;
  // columns: you | hub | etcd
  const youW = R.hubLevel === 0 && wide ? 282 : w >= 1000 ? (R.cardLevel === 1 && (R.hubLevel === 1 || tall) ? 126 : 146) : 116;
  const etcdW = R.hubLevel === 0 && wide ? 250 : tall ? 132 : R.hubLevel === 0 ? 172 : w >= 1000 ? 168 : 140;
  const edge = wide && R.hubLevel === 0 ? 48 : 14, side = wide && R.hubLevel === 0 ? clamp((w - 1336) / 2, 8, 260) : 14;
  const reach = wide && R.hubLevel === 0 ? 76 : tall ? 24 : w >= 1000 ? 42 : 30;
  const x0 = (wide && R.hubLevel === 0 ? Math.max(edge, side) : side) + youW + reach, x1 = w - ((wide && R.hubLevel === 0 ? Math.max(edge, side) + 22 : side) + etcdW + reach);
  const hw = Math.min(R.hubLevel === 0 && wide ? 628 + Math.max(0, w - 1440) * 0.4 : tall ? 1000 : 760, x1 - x0), hx = wide && R.hubLevel === 0 ? clamp((w - hw) / 2, x0, x1 - hw) : x0 + (x1 - x0 - hw) / 2;
  const cardY = R.top, hubY = cardY + R.cards + R.gap1, nodeY = hubY + R.hub + R.gap2;
  const track = tall ? hubY + 128 : hubY + R.hub * (R.hubLevel === 0 ? 0.42 : 0.59);
  const named = R.hubLevel === 0, g0 = named ? clamp(hw * 0.146, 70, 96) : Math.max(190, hw * 0.35), g1 = named ? clamp(hw * 0.127, 60, 80) : 62;
  const hub: HubBox = { x: hx, y: hubY, w: hw, h: R.hub, r: tall ? 118 : R.hub / 2, track, gate0: hx + g0, gateStep: (hw - g0 - g1) / 8, gateHeight: tall ? 44 : named ? 34 : 24, level: R.hubLevel, labels: named ? 'below' : 'none', tall, titleY: named ? hubY + (tall ? 42 : 38) : hubY + 34, titleX: named ? hx + hw / 2 : hx + 36, cacheY: hubY + R.hub - (tall ? 38 : R.hub < 180 ? 38 : 46) };
  const youH = R.hubLevel === 0 ? (wide ? 176 : 132) : R.cardLevel === 0 ? 104 : 56;
  const you = { x: hx - reach - youW, y: track - (R.hubLevel === 0 && wide ? 74 : youH / 2), w: youW, h: youH, level: (youH < 90 ? 1 : 0) as Level };
  const etcdH = R.hubLevel === 0 ? (wide ? 190 : 168) : R.cardLevel === 0 ? 104 : 68;
  const etcd = { x: hx + hw + (wide && R.hubLevel === 0 ? 86 : reach), y: track - etcdH / 2, w: etcdW, h: etcdH, level: (etcdH < 90 ? 1 : 0) as Level };
  let kcm: Layout['controllers'], sch: Layout['scheduler'];
  if (wish.focus === 'scheduler' && R.cards > 200) {
    kcm = { x: 14, y: cardY + 20, w: Math.min(290, w * 0.27), h: 140, level: 0, cols: 1 };
    sch = { x: kcm.x + kcm.w + 18, y: cardY, w: Math.min(860, w - kcm.w - 46), h: R.cards, level: 0, open: true };
  } else {
    const kw = Math.min(360, Math.max(280, hw * 0.57)), sw = Math.min(240, Math.max(200, hw * 0.37)), gap = clamp(hw - kw - sw - 8, 16, 40), left = hx + (hw - kw - sw - gap) / 2;
    kcm = { x: left, y: cardY, w: kw, h: R.cards, level: R.cardLevel, cols: 2 };
    sch = { x: left + kw + gap, y: cardY, w: sw, h: R.cards, level: R.cardLevel, open: false };
  }
  const boxes = placeNodes(nodes, w, h, nodeY, R.node, R.nodeLevel, wide && R.hubLevel === 0);
  const firstX = boxes.length > 0 ? boxes[0].x : w;
  return {
    w, h, compact: false, focus: wish.focus ?? 'none', you, controllers: kcm, scheduler: sch, etcd, hub, nodes: boxes, nodeLevel: R.nodeLevel,
    sky: { x: hx + hw / 2, y: track }, legend: R.hubLevel === 0 && firstX >= 140 ? { x: 28, y: Math.min(h - 108, nodeY + R.node - 88), row: false } : null,
  };
}
/** Nodes in rows below the hub; a row more means a level less. */
function placeNodes(names: readonly string[], w: number, h: number, y: number, height: number, level: Level, airy: boolean): NodeBox[] {
  const n = names.length;
  if (n === 0) return [];
  if (level === 3) return heatCells(names, w, h, y);
  const gap = level === 0 ? (airy ? 50 : 26) : level === 1 ? 12 : 6;
  const least = level === 0 ? 230 : level === 1 ? 128 : 118, most = level === 0 ? 320 : level === 1 ? 300 : 150;
  const side = airy && n <= 3 && level === 0 ? 190 : 14;
  const perRow = Math.max(1, Math.min(n, Math.floor((w - 2 * Math.min(side, 14) + gap) / (least + gap))));
  const g = level === 0 && n > 3 ? 14 : gap, bw = Math.min(most, (w - 2 * (perRow * (most + g) > w - 2 * side ? 14 : side) - g * (perRow - 1)) / perRow);
  const count = Math.ceil(n / perRow), bh = level === 2 ? 24 : count > 1 ? Math.max(66, Math.min(height, (h - y - 8) / count - 18)) : height;
  const total = perRow * bw + (perRow - 1) * g, left = (w - total) / 2;
  return names.map((name, i) => {
    const x = left + (i % perRow) * (bw + g), yy = y + Math.floor(i / perRow) * (bh + (level === 2 ? 5 : 18));
    const pills = level === 0 || (level === 1 && bw >= 270), cw = (bw - 44) / 2;
    return { name, x, y: yy, w: bw, h: bh, level, kubelet: pills ? (level === 0 ? x + 16 + cw / 2 : x + 130) : x + bw / 2 - 9, proxy: pills ? (level === 0 ? x + 28 + cw * 1.5 : x + 230) : x + bw / 2 + 9, pillY: pills ? yy - (level === 0 ? 12 : 11) : yy };
  });
}
/** Hundreds and thousands of nodes: equal cells, drawn as pixels. */
function heatCells(names: readonly string[], w: number, h: number, y: number): NodeBox[] {
  const n = names.length, room = { w: w - 80, h: Math.max(60, h - y - 16) };
  let s = Math.sqrt((room.w * room.h) / n);
  while (Math.floor(room.w / s) * Math.floor(room.h / s) < n && s > 2) s -= 0.25;
  const perRow = Math.max(1, Math.floor(room.w / s)), left = (w - perRow * s) / 2;
  return names.map((name, i) => { const x = left + (i % perRow) * s, yy = y + Math.floor(i / perRow) * s, c = Math.max(1, s - (s > 6 ? 2 : 1)); return { name, x, y: yy, w: c, h: c, level: 3 as Level, kubelet: x + c / 2, proxy: x + c / 2, pillY: yy }; });
}
/** 390 px: the same places, three cards above, etcd top right, kubelet and kube-proxy on two steps of a node's edge. */
function phone({ width: w, height, nodes, focus }: Wish): Layout {
  const h = Math.max(380, height), s = h / 476, y = (v: number): number => v * s;
  const hx = 12, hw = w - 24, hh = 122, hy = y(112), track = hy + 68;
  const a = (w - 44) * 0.38, n = nodes.length, perRow = Math.max(1, Math.min(n, Math.floor((w - 8) / 118)));
  const level: Level = n <= perRow ? 0 : n <= 60 ? 2 : 3, ny = y(346);
  const bw = (w - 16 - 7 * (perRow - 1)) / perRow, boxes = n === 0 ? [] : level === 0
    ? nodes.map((name, i): NodeBox => { const x = 8 + i * (bw + 7); return { name, x, y: ny, w: bw, h: 112, level: 0, kubelet: x + 18, proxy: x + bw - 18, pillY: ny - 36 }; })
    : placeNodes(nodes, w, h, hy + hh + 46, 24, level, false);
  return {
    w, h, compact: true, focus: focus ?? 'none',
    you: { x: 0, y: track - 10, w: 0, h: 20, level: 2 },
    controllers: { x: 12, y: y(16), w: a, h: 50, level: 1, cols: 1 }, scheduler: { x: 22 + a, y: y(16), w: a, h: 50, level: 1, open: false },
    etcd: { x: 32 + 2 * a, y: y(16), w: w - 44 - 2 * a, h: 50, level: 1 },
    hub: { x: hx, y: hy, w: hw, h: hh, r: 61, track, gate0: hx + 50, gateStep: (hw - 96) / 8, gateHeight: 26, level: 0, labels: 'split', tall: false, titleY: hy + 28, titleX: hx + hw / 2, cacheY: 0 },
    nodes: boxes, nodeLevel: level, sky: { x: w / 2, y: track }, legend: { x: 10, y: h - 9, row: true },
  };
}
