// A still of the cluster a link speaks of, drawn from the link alone: which components there are and where they stand. Nothing runs.
import { useMemo } from 'react';
import type { JSX } from 'react';
import type { NodeView } from '../../protocol/stage.ts';
import { Controllers, Etcd, Hub, NodeDrawing, Scheduler } from '../stage/drawings.tsx';
import { layout } from '../stage/layout.ts';
import { SHUT } from '../stage/live.ts';
import { CacheLink, Sky, Strings } from '../stage/sky.tsx';
import { useWords } from '../stage/useWords.ts';
import { ways } from '../stage/ways.ts';
import { useT } from '../words.tsx';

const WIDTH = 1440, HEIGHT = 690, NAMES = ['deployment', 'replicaset', 'nodelifecycle', 'endpointslice', 'garbagecollector'];
const IDLE = { up: true, active: 0, backoff: 0, unschedulable: 0, pod: '', node: '' };
export function Still({ nodes }: { nodes: number }): JSX.Element {
  const t = useT(), words = useWords(), L = useMemo(() => layout({ width: WIDTH, height: HEIGHT, nodes: Array.from({ length: nodes }, (_, i) => `node-${i + 1}`) }), [nodes]), W = useMemo(() => ways(L), [L]);
  const node = (name: string): NodeView => ({ name, ready: 'True', cordoned: false, cpu: 0, pods: [], kubelet: true, proxy: true, runtime: 'containerd', services: 0, rules: 'iptables' });
  const at = (b: { x: number; y: number }): string => `translate(${b.x} ${b.y})`;
  return (
    <svg className="still" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t('preview.picture', { n: nodes })}>
      <Sky layout={L} words={{ controlPlane: t('stage.controlPlane'), outside: t('stage.outside'), nodes: t('stage.nodes') }} /><Strings layout={L} ways={W} />
      <g transform={at(L.hub)}><Hub box={L.hub} gates={SHUT} cache={-1} words={words} compact={false} /></g>
      <g transform={at(L.controllers)}><Controllers box={L.controllers} list={NAMES.map((name) => ({ name, queued: 0, working: false }))} up words={words} compact={false} /></g>
      <g transform={at(L.scheduler)}><Scheduler box={L.scheduler} view={IDLE} words={words} compact={false} unbound={0} /></g>
      <g transform={at(L.etcd)}><Etcd box={L.etcd} compact={false} revision={0} rows={[]} hot={0} words={{ ...words, revision: () => '' }} track={L.hub.track} /></g>
      <g transform={at(L.you)}><rect x={0.5} y={0.5} width={L.you.w - 1} height={L.you.h - 1} rx={10} className="box sk" style={{ stroke: 'var(--grad)' }} /><text x={16} y={24} className="s11 t3">{t('you.title')}</text></g>
      {L.nodes.map((b) => <g key={b.name} transform={at(b)}><NodeDrawing box={b} view={node(b.name)} words={{ ...words, cpu: () => '', rules: () => '' }} lit={{}} selectedPod="" selected={false} compact={false} /></g>)}
      <CacheLink layout={L} />
    </svg>
  );
}
