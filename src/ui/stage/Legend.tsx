// The five shapes of messages and their names.
import type { JSX } from 'react';
import { useT } from '../words.tsx';
import { MessageGlyph } from './glyphs.tsx';
import { textWidth } from './text.ts';

const ROWS = [['req', 'legend.request'], ['res', 'legend.response'], ['watch', 'legend.watch'], ['cri', 'legend.cri'], ['pkt', 'legend.packet']] as const;
export function Legend({ x, y, row }: { x: number; y: number; row: boolean }): JSX.Element {
  const t = useT();
  let at = x + 8;
  return (
    <g>
      {ROWS.slice(0, row ? 4 : 5).map(([kind, key], i) => {
        const name = row && kind === 'cri' ? t(key).replace(/[ （(].*$/, '') : t(key), here = at;
        at += textWidth(name, 5.9) + 34;
        return <g key={kind}><MessageGlyph kind={kind} x={row ? here : x + 8} y={row ? y : y + i * 21} scale={0.78} /><text x={row ? here + 13 : x + 24} y={(row ? y : y + i * 21) + 4} className={`s11 ${row ? 't2' : 't3'}`}>{name}</text></g>;
      })}
    </g>
  );
}
