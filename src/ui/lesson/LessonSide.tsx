// Beside the stage while a lesson's step is looked at: the request at the gates with what was added to it, or the prediction before the binding.
import { domAnimation, LazyMotion } from 'framer-motion';
import * as m from 'framer-motion/m';
import { useMemo } from 'react';
import type { JSX } from 'react';
import { KINDS } from '../../protocol/stage.ts';
import { useAnswer } from '../stores/ask.ts';
import { useClock } from '../stores/clock.ts';
import { useSession } from '../stores/session.ts';
import { select, useView } from '../stores/view.ts';
import { firstFrom } from '../stage/flights.ts';
import type { Flight, Flights } from '../stage/flights.ts';
import { MessageGlyph } from '../stage/glyphs.tsx';
import { shortLabel, shortPod } from '../stage/text.ts';
import { Rich, useT } from '../words.tsx';
import { bodyLines, fieldsOf } from './body.ts';
import { choose, grade, usePrediction } from './prediction.ts';

export default function LessonSide({ step }: { step: number }): JSX.Element | null {
  const reduced = useView((s) => s.reduced);
  return <LazyMotion features={domAnimation}><m.div className="insp-scroll lside" tabIndex={0} role="region" aria-live="off" initial={reduced ? false : { opacity: 0, x: 14 }} animate={{ opacity: 1, x: 0 }} transition={{ duration: 0.2 }}>{step === 2 ? <Request /> : <><Predict /><InFlight /></>}</m.div></LazyMotion>;
}
/** The lesson's request: its line, who sent it, and its body as gate 5 leaves it. */
function Request(): JSX.Element | null {
  const t = useT(), record = useSession((s) => Number(s.lesson?.steps[0]?.caption.values.request ?? -1)), message = useAnswer('message', record >= 0 ? { record } : null), ago = useClock((s) => (message ? Math.max(0, Math.round((s.virtual - message.sent) / 100) / 10) : 0));
  const gate = message?.gates.find((g) => g.gate === 'decode'), lines = useMemo(() => (message && gate ? bodyLines(message.request, gate.changes) : null), [message, gate]);
  if (!message) return null;
  const [head, ...rest] = message.request.slice(0, Math.max(0, message.request.indexOf('\n\n'))).split('\n'), [verb, uri] = head.split(' '), [path, query] = (uri ?? '').split('?'), headers = rest.filter((l) => /^Content-Type:/.test(l)).map((l) => [l.slice(0, l.indexOf(':')), l.slice(l.indexOf(':') + 2)] as const);
  const rows = [...new URLSearchParams(query ?? '').entries(), ...headers], n = gate?.changes.length ?? 0;
  return (
    <>
      <div className="sec"><h2>{t('req.name')}</h2><h3 className="ttl"><span className="verb">{verb}</span> {path.replaceAll('/', '/\u200b')}</h3>
        <dl className="rows">{rows.slice(0, 5).map(([k, v]) => [<dt key={k}>{k}</dt>, <dd key={`${k} `}>{v}</dd>])}<dt>{t('req.causedBy')}</dt><dd><button type="button" className="linky" onClick={() => select({ kind: 'message', seq: record })}>{t('req.you', { ms: ago.toFixed(1) })}</button></dd></dl></div>
      <div className="sec"><h2>{t('req.body')}<i>{t('gates.sent', { n: fieldsOf(message.request) })} · <b className="ok">{t('req.added', { n })}</b></i></h2>
        <pre className="y code" tabIndex={0}>{(lines ?? []).map((l, i) => { const at = /^(\s*(?:- )?)([^:]*:)(.*)$/.exec(l.text); return <span key={i} className={`ln${l.added ? ' add' : ''}`}>{at ? <>{at[1]}<span className="k">{at[2]}</span><span className="v">{at[3]}</span></> : l.text}{'\n'}</span>; })}{lines === null && message.request.slice(message.request.indexOf('\n\n') + 2)}</pre></div>
    </>
  );
}
function Predict(): JSX.Element | null {
  const t = useT(), p = usePrediction(), nodes = useSession((s) => s.projection?.nodes);
  if (!p) return <section className="sec predict" aria-label={t('pred.title')}><h2>{t('pred.title')}<i>{t('pred.by')}</i></h2><p className="quiet">{t('pred.wait')}</p></section>;
  const pod = p.cycle.pod.slice(p.cycle.pod.indexOf('/') + 1), said = p.answer === '' ? null : grade(p.cycle, p.answer);
  return (
    <section className="sec predict" aria-label={t('pred.title')}><h2>{t('pred.title')}<i>{t('pred.by')}</i></h2><h3><Rich text={t('pred.ask', { pod: `…-${shortPod(pod)}` })} /></h3>
      <ol>{p.cycle.nodes.map((n, i) => {
        const has = nodes?.find((x) => x.name === n.name)?.pods.map((x) => shortPod(x.name)) ?? [], won = said !== null && n.name === p.cycle.chosen;
        return <li key={n.name}><button type="button" disabled={said !== null && !won} aria-pressed={p.answer === n.name} className={won ? 'won' : ''} onClick={() => choose(p.record, n.name)}><kbd aria-hidden="true">{i + 1}</kbd><b>{n.name}</b><span>{said !== null ? n.total : has.length > 0 ? t('pred.has', { pods: has.slice(0, 4).join(', ') + (has.length > 4 ? ' …' : '') }) : t('pred.empty')}</span><i className={p.answer === n.name ? 'on' : ''} aria-hidden="true" /></button></li>;
      })}</ol>
      <m.p key={said ? 'told' : 'ask'} role="status" className={said ? '' : 'quiet'} initial={said ? { opacity: 0, y: 6 } : false} animate={{ opacity: 1, y: 0 }} transition={{ duration: 0.16 }}>{said ? <Rich text={t(said.key, said.values)} /> : t('pred.hint')}</m.p>
    </section>
  );
}
/** What is on its way at this instant, by kind. */
function InFlight(): JSX.Element {
  const t = useT(), flights = useSession((s) => s.flights), key = useClock((s) => flying(flights, s.story).map((f) => flights.list.indexOf(f)).join(' ')), now = key === '' ? [] : key.split(' ').map((i) => flights.list[Number(i)]);
  const NAMES = { req: 'legend.request', res: 'legend.response', watch: 'legend.watch', cri: 'legend.cri', pkt: 'legend.packet' } as const;
  return (
    <section className="sec" aria-label={t('fly.title')}><h2>{t('fly.title')}<i>{now.length > 0 ? t('fly.n', { n: now.length }) : ''}</i></h2>
      {now.length === 0 ? <p className="quiet">{t('fly.none')}</p> : <ul className="fly">{KINDS.flatMap((k) => now.filter((f) => f.kind === k).slice(0, 3)).slice(0, 7).map((f) => <li key={`${f.seq} ${f.way}`}><button type="button" onClick={() => select({ kind: 'message', seq: f.seq })}><svg width="22" height="16" viewBox="-11 -8 22 16" aria-hidden="true"><MessageGlyph kind={f.kind} scale={0.85} /></svg><span>{t(NAMES[f.kind]).replace(/ [（(].*$/, '')}</span><code title={f.label}>{shortLabel(f.label, 30)}</code></button></li>)}</ul>}
    </section>
  );
}
function flying(flights: Flights, t: number): Flight[] {
  const out: Flight[] = [];
  for (let i = firstFrom(flights, t - flights.longest - 1); i < flights.list.length && flights.list[i].t0 <= t; i++) if (flights.list[i].t1 > t) out.push(flights.list[i]);
  return out;
}
