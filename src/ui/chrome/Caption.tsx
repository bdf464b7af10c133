// The caption bar: dial, virtual time, the sentence of this instant, and the controls with the one filled button.
import { lazy, Suspense, useEffect, useState } from 'react';
import type { ComponentType, JSX } from 'react';
import { create } from 'zustand';
import { begin, setSpeed, setUnit, stepBack, stepForward, toggle, useClock } from '../stores/clock.ts';
import { getSource, useSession } from '../stores/session.ts';
import type { SessionState } from '../stores/session.ts';
import { useView } from '../stores/view.ts';
import { Dial, ICONS } from '../stage/glyphs.tsx';
import type { Unit } from '../stage/stops.ts';
import { plain, Rich, useT } from '../words.tsx';
import type { T } from '../words.tsx';
import type { MessageView } from '../../protocol/protocol.ts';
import { fieldsOf } from '../lesson/body.ts';
import { firstFrom } from '../stage/flights.ts';
import type { Flights } from '../stage/flights.ts';
import { toStory, toVirtual } from '../stage/story.ts';
import { shortName } from '../stage/text.ts';
import type { StoryMap } from '../../protocol/stage.ts';
import { useAnswer } from '../stores/ask.ts';
import type { Key } from '../../i18n/index.ts';
import { Next } from '../lesson/Next.tsx';
import { stepNames } from './Rail.tsx';
import { inFlightAt, rateAt, sentence, spoken } from './say.ts';

const PredictRow = lazy(() => import('../lesson/PredictRow.tsx'));
/** What stands in the caption. A lesson sets it; without one the caption is said from the trace. */
export interface CaptionText { kick: string; note: string; text: string; /** Label of the one filled button, if not the usual. */ go?: string; extra?: ComponentType }
export const useCaption = create<{ text: CaptionText | null }>(() => ({ text: null }));
export const setCaption = (text: CaptionText | null): void => useCaption.setState({ text });

export function clockText(us: number): string {
  const ms = Math.floor(us / 1000), s = Math.floor(ms / 1000), m = Math.floor(s / 60), p = (n: number, w: number): string => String(n).padStart(w, '0'), h = Math.floor(m / 60);
  return h > 0 ? `${h}:${p(m % 60, 2)}:${p(s % 60, 2)}` : `${p(m, 2)}:${p(s % 60, 2)}.${p(ms % 1000, 3)}`;
}
function Clock({ t }: { t: T }): JSX.Element {
  const virtual = useClock((s) => s.virtual), mode = useClock((s) => s.mode), speed = useClock((s) => s.speed), reduced = useView((s) => s.reduced), status = useSession((s) => s.status), phone = useView((s) => s.width === 'phone');
  const seconds = reduced ? Math.floor(virtual / 1e6) : virtual / 1e6, time = clockText(virtual);
  const state = status === 'replaying' ? t('clock.replaying') : mode === 'playing' ? t('clock.running') : mode === 'stepping' ? t('clock.stepping') : t('clock.paused');
  if (phone) return <code className="ptime">{time}</code>;
  return (
    <div className="clock"><Dial seconds={seconds} />
      <div className="tm"><span role="timer" aria-label={t('clock.name', { time })} aria-live="off">{time}</span><small><select aria-label={t('clock.speed')} value={speed} onChange={(e) => setSpeed(Number(e.target.value))}>{[0, 0.1, 1, 10, 100, 1000].map((s) => <option key={s} value={s}>{s === 0 ? t('clock.story') : `${s}×`}</option>)}</select> · {state}</small></div>
    </div>
  );
}
function useSaid(t: T): CaptionText {
  const messages = useView((s) => s.messages), set = useCaption((s) => s.text), begun = useClock((s) => s.begun), flights = useSession((s) => s.flights), status = useSession((s) => s.status), progress = useSession((s) => s.progress), offer = useSession((s) => s.offer), nodes = useSession((s) => s.projection?.nodes.length ?? 0), map = useSession((s) => s.map);
  const told = useSession((s) => s.caption), steps = useSession((s) => s.steps), step = useSession((s) => s.step), at = useSession((s) => s.marks.find((m) => m.step === s.step)?.at ?? -1), lesson = useSession((s) => s.lesson), names = stepNames(t, lesson);
  // while it plays the sentence changes some eight times a second, not at every frame
  const plays = useClock((s) => s.mode === 'playing'), speed = useClock((s) => s.speed), flight = useClock((s) => spoken(flights, plays ? Math.floor(s.story / 120) * 120 : s.story, s.followed)), story = useClock((s) => Math.floor(s.story / 120));
  // a step of the lesson speaks as long as its moment is near; then the trace speaks for itself
  const id = told?.id ?? '', heading = useClock((s) => s.heading), alone = useClock((s) => s.followed >= 0), fresh = useClock((s) => Math.floor(s.virtual / 1000) * 1000 - at < 2_500_000), near = at >= 0 && (heading === step || (!alone && fresh && story * 120 - toStory(map, at) < 6000)), request = useAnswer('message', id.endsWith('.gates') && Number(told?.values.request ?? -1) >= 0 ? { record: Number(told?.values.request) } : null);
  const ended = useSession(endOf);
  if (status === 'loading') return { kick: t('cap.idle.kick'), note: '', text: progress ? t('cap.loading.n', soFar(progress)) : t('cap.loading') };
  if (status === 'replaying' && progress) return { kick: t('cap.far.kick'), note: '', text: t('cap.far', soFar(progress)) };
  if (set) return set;
  if (!begun && offer !== '') return { kick: t('cap.idle.kick'), note: '', text: nodes === 3 ? t('cap.idle') : t('cap.idle.n', { n: nodes }) };
  if (told && id in messages && step > 0 && near) return { kick: t('cap.step', { n: step, of: steps }), note: names[step - 1] ?? '', text: lessonText(t, id as Key, told.values, request) };
  if (ended !== '' && heading < 0 && !plays && (flight < 0 || flights.list[flight]?.heartbeat)) { const [name, n] = ended.split(' '); return { kick: t('cap.step', { n: steps, of: steps }), note: names[steps - 1] ?? '', text: t('lesson.done', { name, n }), extra: Next }; }
  const f = flight >= 0 ? flights.list[flight] : undefined, many = plays && speed >= 10, inFlight = many ? rateAt(flights, story * 120, speed) : inFlightAt(flights, story * 120);
  return { kick: t('cap.now'), note: many ? t('cap.rate', { n: inFlight }) : inFlight > 1 ? t('cap.inFlight', { n: inFlight }) : '', text: f ? (plays && f.way === 'gates' ? t('say.pass', { label: f.label }) : sentence(t, f, story * 120 + 60)) : coming(t, flights, map, story * 120 + 60) };
}
/** Virtual seconds done and to do. */
const soFar = ({ done, of }: { done: number; of: number }): { n: string; of: string } => ({ n: (Math.max(0, done) / 1e6).toFixed(1), of: String(Math.round(Math.max(done, of) / 1e6)) });
/** `name count` once every Pod that the first lesson's command asked for is Ready and nothing else was typed; else ''. */
function endOf(s: SessionState): string {
  const typed = s.transcript.filter((c) => c.stream === 'in');
  if (s.lesson?.id !== 'create-deployment' || s.step < s.lesson.steps.length || typed.length !== 1) return '';
  const name = String(s.lesson.steps[0].caption.values.name ?? ''), wanted = Number(/--replicas[= ](\d+)/.exec(typed[0].text)?.[1] ?? 1);
  const ready = (s.projection?.nodes ?? []).flatMap((n) => n.pods).filter((p) => p.namespace === 'default' && p.name.startsWith(`${name}-`) && p.state === 'ready').length;
  return ready >= wanted ? `${name} ${ready}` : '';
}
/** A step's sentence with what the engine knows of it: how many fields were sent and added, or that no node would do. Names lose their template hash; the inspector has them whole. */
function lessonText(t: T, id: Key, values: Readonly<Record<string, string | number>>, request: MessageView | null): string {
  const said: Record<string, string | number> = {};
  for (const [k, v] of Object.entries(values)) said[k] = typeof v === 'string' ? shortName(v) : v;
  if (id.endsWith('.schedule') && values.feasible === 0) return t('lesson.create-deployment.schedule.none', said);
  const added = request?.gates.find((g) => g.gate === 'decode')?.changes.length ?? 0, sent = request ? fieldsOf(request.request) : 0;
  return id.endsWith('.gates') && added > 0 && sent > 0 ? t('lesson.create-deployment.gates.fields', { ...said, sent, added }) : t(id, said);
}
/** What will happen next, from the trace that is already known: a heartbeat, or something worth its name. */
function coming(t: T, flights: Flights, map: StoryMap, at: number): string {
  const next = flights.list[firstFrom(flights, at)];
  if (!next) return t('cap.nothing');
  if (next.heartbeat) return t('cap.quiet');
  const us = Math.max(0, toVirtual(map, next.t0) - toVirtual(map, at));
  return t('cap.still', { time: us < 1_000_000 ? `${(us / 1000).toFixed(us < 10_000 ? 1 : 0)} ms` : `${(us / 1e6).toFixed(1)} s`, said: sentence(t, next, next.t0 + 1) });
}

const UNITS: readonly (readonly [Unit, 'ctl.unit.message' | 'ctl.unit.gate' | 'ctl.unit.write' | 'ctl.unit.lesson'])[] = [['message', 'ctl.unit.message'], ['gate', 'ctl.unit.gate'], ['write', 'ctl.unit.write'], ['lesson', 'ctl.unit.lesson']];
export function Caption(): JSX.Element {
  const t = useT(), said = useSaid(t), status = useSession((s) => s.status), mode = useClock((s) => s.mode), begun = useClock((s) => s.begun), unit = useClock((s) => s.unit), offer = useSession((s) => s.offer), step = useSession((s) => s.step), steps = useSession((s) => s.steps), trouble = useSession((s) => s.trouble), width = useView((s) => s.width), work = useView((s) => s.terminal || s.editor), reduced = useView((s) => s.reduced);
  const lesson = useSession((s) => s.lesson), first7 = lesson?.id === 'create-deployment', more = lesson !== null && step < steps, by: Unit = unit === 'lesson' && !more ? 'message' : unit;
  const phone = width === 'phone', first = !begun && offer !== '', idle = first && !phone, Extra = said.extra;
  const runOffer = (): void => { begin(); getSource()?.run(offer); };
  const goLabel = said.go ?? (step === 1 && begun && first7 ? t('ctl.follow') : unit === 'gate' ? t('ctl.nextGate') : by === 'lesson' ? t('ctl.nextStep') : t('ctl.next'));
  const controls = (
    <div className="ctl">
      {!idle && !phone && <select className="unit" aria-label={t('ctl.unit')} value={by} onChange={(e) => setUnit(e.target.value as Unit)}>{UNITS.filter(([u]) => u !== 'lesson' || more).map(([u, k]) => <option key={u} value={u}>{t(k)}</option>)}</select>}
      <button type="button" className="btn sq" aria-label={t('ctl.back')} aria-keyshortcuts="ArrowLeft" onClick={stepBack}>{ICONS.back}</button>
      {idle ? <button type="button" className="btn sq" aria-label={t('ctl.next')} onClick={() => stepForward()}>{ICONS.forward}</button> : first ? <button type="button" className="btn go" onClick={runOffer}>{ICONS.play} {t('you.run')}</button> : <button type="button" className="btn go" aria-keyshortcuts="ArrowRight" onClick={() => stepForward()}>{ICONS.forward} {goLabel} {!phone && <kbd aria-hidden="true">→</kbd>}</button>}
      {idle ? <button type="button" className="btn" onClick={toggle}>{mode === 'playing' ? ICONS.pause : ICONS.play} {mode === 'playing' ? t('ctl.pause') : t('ctl.idle')}</button> : <button type="button" className="btn sq" aria-label={mode === 'playing' ? t('ctl.pause') : t('ctl.play')} aria-keyshortcuts="Space" onClick={toggle}>{mode === 'playing' ? ICONS.pause : ICONS.play}</button>}
    </div>
  );
  if (trouble) return <section className="cap trouble" role="alert"><Clock t={t} /><div className="say"><p>{trouble.text}</p></div><div className="ctl"><button type="button" className="btn go" onClick={trouble.act}>{trouble.action}</button></div></section>;
  return (
    <section className={`cap${work && !phone ? ' one' : ''}`} aria-label={said.kick}>
      {phone && lesson !== null && <div className="nine" aria-hidden="true">{Array.from({ length: steps }, (_, i) => <i key={i} className={i + 1 < step ? 'p' : i + 1 === step ? 'n' : ''} />)}</div>}
      {!phone && <Clock t={t} />}
      <div className="say"><div className="kick"><span><b>{said.kick}</b>{said.note !== '' && <> <span>{said.note}</span></>}</span>{phone && <Clock t={t} />}</div><p key={reduced || status === 'replaying' ? 'still' : said.text} className="fade"><Rich text={said.text} /></p>{first && phone && <code className="offer">$ {offer}</code>}{Extra && <Extra />}{width !== 'wide' && step === 7 && first7 && <Suspense fallback={null}><PredictRow /></Suspense>}</div>
      {controls}
      <Live text={plain(said.text)} mode={status === 'replaying' ? status : mode} />
    </section>
  );
}
/** One sentence a step for those who hear the page; while it plays, nothing is read out. */
function Live({ text, mode }: { text: string; mode: string }): JSX.Element {
  const [said, setSaid] = useState('');
  useEffect(() => { if (mode === 'paused') setSaid(text); }, [text, mode]);
  return <div className="sr" role="status" aria-live="polite">{said}</div>;
}
