// The lesson rail at rest: the steps as a graduated line, a button each, the playhead on it.
import type { JSX } from 'react';
import type { Key } from '../../i18n/index.ts';
import type { LessonView } from '../../protocol/protocol.ts';
import { seekVirtual, useClock } from '../stores/clock.ts';
import { useSession } from '../stores/session.ts';
import { setView } from '../stores/view.ts';
import { useT } from '../words.tsx';
import type { T } from '../words.tsx';

/** How far along the rail a virtual time is, 0 to 9: linear between the moments of two steps. */
export function railAt(marks: readonly { step: number; at: number }[], virtual: number): number {
  let done = 0;
  for (let i = 0; i < marks.length; i++) {
    if (virtual < marks[i].at) return i === 0 ? 0 : done;
    const next = marks[i + 1];
    done = marks[i].step - 1 + (next ? Math.min(1, (virtual - marks[i].at) / Math.max(1, next.at - marks[i].at)) : 0);
  }
  return done;
}
/** The steps of the lesson that is open; without one, the commands typed so far. */
export function Rail(): JSX.Element {
  const t = useT(), lesson = useSession((s) => s.lesson), title = useSession((s) => s.title), transcript = useSession((s) => s.transcript);
  if (lesson !== null || title === null) return <Steps names={stepNames(t, lesson)} />;
  const typed = transcript.filter((c) => c.stream === 'in').slice(-MOST);
  return <Marked names={typed.map((c) => c.text.trim().split('\n')[0])} times={typed.map((c) => c.at)} />;
}
const MOST = 6;
/** A rail of moments: each command where it was typed, in order. */
function Marked({ names, times }: { names: readonly string[]; times: readonly number[] }): JSX.Element {
  const t = useT(), on = useClock((s) => times.findLastIndex((at) => at <= s.virtual)), n = Math.max(1, names.length);
  return (
    <nav className="rail" aria-label={t('rail.typed')}>
      <div className="rail-in">
        {names.length === 0 ? <p className="rail-none">{t('rail.none')}</p> : <ol className="rail-typed">{names.map((name, i) => <li key={i} style={{ left: `${(i / n) * 100}%`, width: `${100 / n}%` }}><button type="button" className={i === on ? 'on' : i < on ? 'past' : ''} aria-current={i === on ? 'step' : undefined} title={name} onClick={() => seekVirtual(times[i])}><b>$</b> {name}</button></li>)}</ol>}
        <Open />
      </div>
    </nav>
  );
}
function Open(): JSX.Element {
  const t = useT();
  return <button type="button" className="rail-open" aria-label={t('tl.open')} onClick={() => setView({ timeline: true })}><svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true"><path d="M2 8l4-4 4 4" className="nf" stroke="currentColor" strokeWidth={1.5} /></svg></button>;
}
function Steps({ names }: { names: readonly string[] }): JSX.Element {
  const t = useT(), marks = useSession((s) => s.marks), step = useSession((s) => s.step), at = useClock((s) => railAt(marks, s.virtual)), n = names.length, pct = (v: number): string => `${(v / n) * 100}%`;
  return (
    <nav className="rail" aria-label={t('lesson.name')}>
      <div className="rail-in">
        <svg className="rail-ticks" width="100%" height="30" aria-hidden="true">
          {Array.from({ length: n * 10 + 1 }, (_, i) => <line key={i} x1={pct(i / 10)} x2={pct(i / 10)} y1={18} y2={18 + (i % 10 ? 4 : 9)} className={i / 10 < at ? 'k-br' : 'k-line'} strokeWidth={1} opacity={i % 10 ? 0.5 : 1} />)}
          <line x1="0" x2="100%" y1={18} y2={18} className="lk q" />
          {at > 0 && <line x1="0" x2={pct(at)} y1={18} y2={18} className="k-br" strokeWidth={1.6} />}
          <svg x={pct(at)} overflow="visible"><path d="M-5 7h10v6l-5 5-5-5z" className="f-br" /><path d="M0 18v12" className="k-br" strokeWidth={1.6} /></svg>
        </svg>
        <ol>{names.map((name, i) => { const mark = marks.find((m) => m.step === i + 1), on = step === i + 1; return <li key={name} style={{ left: pct(i), width: pct(1) }}><button type="button" className={on ? 'on' : i + 1 < step ? 'past' : ''} aria-current={on ? 'step' : undefined} disabled={!mark} aria-label={t('lesson.to', { n: i + 1, name })} onClick={() => mark && seekVirtual(mark.at)}><b>{i + 1}</b> {name}</button></li>; })}</ol>
        <Open />
      </div>
    </nav>
  );
}
const FIRST: readonly Key[] = ['lesson.1', 'lesson.2', 'lesson.3', 'lesson.4', 'lesson.5', 'lesson.6', 'lesson.7', 'lesson.8', 'lesson.9'];
/** The short names of a lesson's steps: nine of the first lesson, also before it is known which one is open. */
export function stepNames(t: T, lesson: LessonView | null): string[] {
  if (lesson === null || lesson.id === 'create-deployment') return FIRST.map((k) => t(k));
  return lesson.steps.map((s) => { const key = `lesson.${lesson.id}.${s.id}.name`; const name = t(key as Key); return name === '' ? s.id : name; });
}
