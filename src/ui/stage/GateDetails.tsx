// The opened gates: above each what it said, below each the body, hatched until it is decoded, then a bar a field; green is what was added.
import type { JSX } from 'react';
import { useAnswer } from '../stores/ask.ts';
import { useClock } from '../stores/clock.ts';
import { useSession } from '../stores/session.ts';
import { useT } from '../words.tsx';
import { firstFrom } from './flights.ts';
import type { Flight, Flights } from './flights.ts';
import { useGeometry } from './geometry.ts';
import { fieldsOf } from '../lesson/body.ts';
import { cutMiddle } from './text.ts';

const DECODE = 4;
/** The request at the gates: the followed one, else the last that entered them. */
export function atGates(flights: Flights, story: number, followed: number): Flight | null {
  let best: Flight | null = null;
  for (let i = firstFrom(flights, story - flights.longest - 4000); i < flights.list.length && flights.list[i].t0 <= story; i++) {
    const f = flights.list[i];
    if (f.gates && (f.seq === followed || best === null || best.seq !== followed)) best = f;
  }
  return best;
}
function Doc({ x, y, sent, added, bytes, ghost }: { x: number; y: number; sent: number; added: number; bytes: boolean; ghost: boolean }): JSX.Element {
  const rows = Math.min(22, sent + added), green = sent + added > 22 ? Math.round((added / (sent + added)) * 22) : added;
  return (
    <g transform={`translate(${x} ${y})`}>
      <path d="M-14 0H8L14 6V62H-14Z" fill={bytes ? 'url(#hatchh)' : 'var(--bg)'} className={ghost ? 'k-hair' : 'k-line'} strokeWidth={1} strokeDasharray={ghost ? '3 3' : undefined} />
      {!bytes && !ghost && Array.from({ length: rows }, (_, i) => <rect key={i} x={-9} y={9 + i * 2.35} width={[14, 10, 16, 12][i % 4]} height={1.4} className={i >= rows - green ? 'f-ok' : 'f-t3'} />)}
    </g>
  );
}
export default function GateDetails(): JSX.Element | null {
  const box = useGeometry((g) => g.layout.hub), t = useT(), flights = useSession((s) => s.flights);
  const seq = useClock((s) => atGates(flights, s.story, s.followed)?.seq ?? -1), flight = seq < 0 ? null : flights.list.find((f) => f.seq === seq && f.gates) ?? null;
  const passed = useClock((s) => { const k = (flight?.gates ?? []).filter((g) => g <= s.story + 0.5).length; return k === 0 ? 0 : (flight?.gateNos[k - 1] ?? k - 1) + 1; });
  const message = useAnswer('message', seq >= 0 ? { record: seq } : null);
  if (!box.tall || !flight) return null;
  const y = box.track - box.y, x = (i: number): number => box.gate0 - box.x + i * box.gateStep, gates = message?.gates ?? [];
  const of = (i: number): (typeof gates)[number] | undefined => gates.find((g) => GATE_NO[g.gate] === i);
  const fields = message ? fieldsOf(message.request) : 0, plus = (g: number): number => of(g)?.changes.filter((c) => c.before === undefined).length ?? 0, added = plus(DECODE), upTo = (i: number): number => { let n = 0; for (let g = DECODE; g <= i; g++) n += plus(g); return n; };
  let level = 0;
  return (
    <g>
      {Array.from({ length: 9 }, (_, i) => {
        const g = of(i), said = i < passed && g && (g.detail || g.changes.length > 0 || g.verdict.startsWith('refused')) ? (plus(i) > 0 ? (roomy(box.gateStep) ? t('gates.fields', { n: plus(i) }) : `+${plus(i)}`) : cutMiddle(g.verdict.startsWith('refused') ? g.verdict : brief(i, g.detail), Math.max(8, Math.floor((box.gateStep * 1.9) / 6.8)))) : '', up = said !== '' && said.length * 6.7 > box.gateStep - 4 ? (level++ % 2) * 18 : 0, bad = g?.verdict.startsWith('refused') ?? false;
        return (
          <g key={i}>
            {said !== '' && <><path d={`M${x(i)} ${y - 26}V${y - 32 - up}`} className="lk q" /><text x={x(i)} y={y - 38 - up} className={`s11 m ${bad ? 'tbad b' : plus(i) > 0 && !bad ? 'tok b' : 't2'}`} textAnchor="middle">{said}</text></>}
            <Doc x={x(i)} y={y + 64} sent={fields} added={i >= DECODE ? upTo(i) : 0} bytes={i < passed && i < DECODE} ghost={i >= passed} />
          </g>
        );
      })}
      {passed > 0 && <text x={(x(1) + x(2)) / 2} y={y + 143} className="s11 t3" textAnchor="middle">{t('gates.bytes')}</text>}
      {passed > DECODE && fields > 0 && <text x={x(DECODE) - 14} y={y + 143} className="s11 t2">{t('gates.sent', { n: fields })}{added > 0 && <tspan className="tok b" dx={8}>{t('gates.added', { n: added })}</tspan>}</text>}
    </g>
  );
}
/** Room for a word beside the number. */
const roomy = (step: number): boolean => step >= 72;
/** The flow schema alone, the authorizer's answer without its grounds: the rest is in the inspector. */
const brief = (gate: number, detail: string): string => (gate === 2 ? detail.split(' ')[0] : gate === 3 ? detail.split(' by ')[0] : gate === 1 ? '' : detail);
const GATE_NO: Readonly<Record<string, number>> = {
  authentication: 0, authn: 0, audit: 1, 'priority and fairness': 2, APF: 2, apf: 2, authorization: 3, authz: 3, decode: 4, default: 4, defaulting: 4, 'mutating admission': 5, mutate: 5, validation: 6, validate: 6, 'validating admission': 7, admit: 7, storage: 8, store: 8,
};
