// You, outside the cluster: what was typed and printed, and in the first second the only filled button, under the command it runs.
// Pressed, the command types itself (14 ms a character, at most 800 ms; a second press completes it); 250 ms later it is sent.
import { useEffect, useRef, useState } from 'react';
import type { JSX } from 'react';
import { begin } from '../stores/clock.ts';
import { useAnswer } from '../stores/ask.ts';
import { getSource, useSession } from '../stores/session.ts';
import { setView, useView } from '../stores/view.ts';
import { useT } from '../words.tsx';
import { fieldsOf } from '../lesson/body.ts';
import { useGeometry } from './geometry.ts';

/** Breaks a command for the narrow card as one would type it: a backslash, then an indented rest. */
export function wrapCommand(line: string, width: number): string[] {
  if (line.length <= width) return [line];
  const out: string[] = [];
  let rest = line;
  while (rest.length > width && out.length < 4) { const at = rest.lastIndexOf(' ', width - 2); if (at <= 4) break; out.push(`${rest.slice(0, at)} \\`); rest = `  ${rest.slice(at + 1)}`; }
  out.push(rest);
  return out;
}
/** Lines of the card: a command broken or cut to the room, output wrapped at words. */
export function cardLines(lines: readonly { text: string; tone: 'in' | 'out' | 'err' }[], chars: number, room: number): { text: string; tone: string }[] {
  const out: { text: string; tone: string }[] = [];
  for (const l of lines) {
    if (l.tone === 'in') { const line = l.text.startsWith('$') || l.text.startsWith(' ') ? l.text : `$ ${l.text}`; for (const text of chars < 22 ? [line.length > chars ? `${line.slice(0, chars - 1)}…` : line] : wrapCommand(line, chars)) out.push({ text, tone: 'in' }); continue; }
    let rest = l.text;
    while (rest.length > chars) { const cut = rest.lastIndexOf(' ', chars), at = cut > chars * 0.4 ? cut : Math.max(rest.lastIndexOf('/', chars - 1) + 1, 0) || chars; out.push({ text: rest.slice(0, at), tone: l.tone }); rest = rest.slice(at).trimStart(); }
    out.push({ text: rest, tone: l.tone });
  }
  return out.slice(-room);
}
export function You(): JSX.Element | null {
  const box = useGeometry((g) => g.layout.you), compact = useGeometry((g) => g.layout.compact), offer = useSession((s) => s.offer), view = useSession((s) => s.projection?.terminal), reduced = useView((s) => s.reduced), t = useT();
  const asked = useSession((s) => (s.step > 0 && s.step < 4 ? Number(s.lesson?.steps[0]?.caption.values.request ?? -1) : -1)), message = useAnswer('message', asked >= 0 && !compact ? { record: asked } : null);
  const [typed, setTyped] = useState(-1), [pressed, setPressed] = useState(''), timer = useRef(0), sent = useRef(false);
  useEffect(() => () => clearTimeout(timer.current), []);
  if (compact) return null;
  const send = (): void => { if (sent.current) return; sent.current = true; setTyped(offer.length); setPressed(offer); timer.current = window.setTimeout(() => { begin(); getSource()?.run(offer); setTyped(-1); sent.current = false; }, 250); };
  const press = (): void => {
    clearTimeout(timer.current);
    if (typed >= 0 || reduced) { send(); return; }
    const each = Math.min(14, 800 / Math.max(1, offer.length)), start = performance.now();
    const step = (): void => { const n = Math.floor((performance.now() - start) / each); if (n >= offer.length) { send(); return; } setTyped(n); timer.current = window.setTimeout(step, 16); };
    step();
  };
  const openTerminal = (): void => setView({ terminal: true });
  if (box.level > 0) return <div className="you small"><button type="button" className="hit nopan" style={{ inset: 0 }} aria-label={t('name.terminal')} onClick={openTerminal} /><b>{t('you.name')}</b><span>{view?.lines.at(-1)?.text ?? t('you.short')}</span></div>;
  const chars = Math.floor((box.w - 30) / 7.25), waiting = offer !== '', shown = typed < 0 ? 0 : typed;
  // sent, but not yet in the terminal's own lines: the command must not blink away
  const early = pressed !== '' && offer === '' && view !== undefined && !view.running && view.lines.length === 0, lines = early ? [{ text: pressed, tone: 'in' as const }] : view?.lines ?? [], low = box.h < 120, room = Math.max(1, Math.floor((box.h - 40) / 20) - 1);
  return (
    <div className={`you${waiting ? ' waits' : view?.running ? ' runs' : ''}${box.w < 200 ? ' tight' : ''}${low ? ' low' : ''}`}>
      <button type="button" className="you-head nopan" onClick={openTerminal} aria-label={t('name.terminal')}><span>{t('you.title')}</span>{box.w > 200 && <span>{view?.running ? t('you.running') : t('you.ready')}</span>}</button>
      {waiting ? (
        <>
          <pre aria-hidden="true" className="you-text">{low || box.w < 200 ? commandView(offer, shown, 99, typed >= 0) : commandView(offer, shown, chars, typed >= 0)}</pre>
          <button type="button" className="btn go you-run nopan" onClick={press} aria-label={t('you.run')}><svg width="11" height="12" viewBox="0 0 11 12" aria-hidden="true"><path d="M.5 0v12L10.5 6z" fill="currentColor" /></svg>{t(box.w < 200 ? 'you.run.short' : 'you.run')}<span aria-hidden="true" className="m">⏎</span></button>
          {!low && <button type="button" className="you-own nopan" onClick={openTerminal}>{t('you.own')}</button>}
        </>
      ) : <pre className="you-text">{cardLines(lines, chars, room).map((l, i) => <span key={i} className={`l-${l.tone}`}>{l.text}{'\n'}</span>)}{!view?.running && !early && <span className="l-in">$ <i className="cursor" /></span>}{(view?.running || early) && <i className="cursor dim" />}</pre>}
      {!waiting && view?.running && asked >= 0 && message && !low && <p className="you-sent">{box.w < 200 ? t('you.waiting') : t('you.sent', { kind: 'Deployment', n: fieldsOf(message.request) })}</p>}
    </div>
  );
}
function commandView(offer: string, shown: number, chars: number, typing: boolean): JSX.Element[] {
  const rows = wrapCommand(`$ ${offer}`, chars), out: JSX.Element[] = [];
  let seen = 0;
  rows.forEach((row, i) => {
    const lead = i === 0 ? 2 : 2, body = row.slice(lead), n = Math.max(0, Math.min(body.length, shown - seen));
    const here = shown >= seen && shown < seen + body.length + (i === rows.length - 1 ? 1 : 0);
    out.push(<span key={i}>{i === 0 ? <span className="l-p">{'$ '}</span> : '    '}<span className="l-in">{body.slice(0, n)}</span>{here && <i className={typing ? 'cursor' : 'cursor'} />}<span className="l-ghost">{body.slice(n)}</span>{'\n'}</span>);
    seen += body.replace(/ \\$/, ' ').length;
  });
  return out;
}
