// The top bar: what is open, and where else one can go.
import type { JSX } from 'react';
import { goTo } from '../stores/engine.ts';
import { setLanguage, setTheme, setView, useView } from '../stores/view.ts';
import { useSession } from '../stores/session.ts';
import { useClock } from '../stores/clock.ts';
import { ICONS, Logo } from '../stage/glyphs.tsx';
import { Rich, useT } from '../words.tsx';

export function TopBar(): JSX.Element {
  const t = useT(), { width, terminal, editor, language, dark, panel, timeline } = useView();
  const title = useSession((s) => s.title);
  const phone = width === 'phone', open = (p: 'settings' | 'share' | 'scenarios' | 'break') => (): void => setView({ panel: panel === p ? null : p });
  return (
    <header className="top">
      <div className="brand"><Logo />{!phone && <span>{t('app.title')}</span>}</div>
      {!phone && <div className="sep" />}
      <h1 className="crumb">{title === null ? <Rich text={t(width === 'wide' ? 'top.crumb' : 'top.crumb.short')} /> : title === '' ? t('top.own') : title}</h1>
      <Runs />
      <div className="sp" />
      {!phone && <>
        <button type="button" className={`tb${panel === 'scenarios' ? ' on' : ''}`} aria-expanded={panel === 'scenarios'} onClick={open('scenarios')}>{t('top.scenarios')}</button>
        <button type="button" className={`tb${terminal ? ' on' : ''}`} aria-pressed={terminal} aria-keyshortcuts="`" onClick={() => setView({ terminal: !terminal })}>{t('top.terminal')} <kbd aria-hidden="true">`</kbd></button>
        <button type="button" className={`tb${editor ? ' on' : ''}`} aria-pressed={editor} onClick={() => setView({ editor: !editor })}>{t('top.yaml')}</button>
        <button type="button" className={`tb${panel === 'break' ? ' on' : ''}`} aria-expanded={panel === 'break'} onClick={open('break')}>{t('top.break')}</button>
        <div className="sep" />
        <button type="button" className="tb" lang={language === 'en' ? 'zh-CN' : 'en'} aria-label={t('top.language.name')} onClick={() => void setLanguage(language === 'en' ? 'zh-CN' : 'en')}>{t('top.language')}</button>
        <button type="button" className="tb ic" aria-label={t(dark ? 'top.theme.light' : 'top.theme.dark')} onClick={() => setTheme(dark ? 'light' : 'dark')}>{ICONS.half}</button>
      </>}
      {phone && <>
        <button type="button" className="tb o" onClick={() => setView({ inspector: true })}>{t('top.objects')}</button>
        <button type="button" className="tb o" aria-pressed={timeline} onClick={() => setView({ timeline: !timeline })}>{t('top.timeline')}</button>
      </>}
      <button type="button" className={`tb ${phone ? 'o' : 'ic'}${panel === 'settings' ? ' on' : ''}`} aria-label={phone ? undefined : t('top.settings')} aria-expanded={panel === 'settings'} onClick={open('settings')}>{phone ? t('top.menu') : ICONS.gear}</button>
      <button type="button" className={`tb o${panel === 'share' ? ' on' : ''}${phone ? ' ic' : ''}`} aria-label={t('top.share')} aria-expanded={panel === 'share'} onClick={open('share')}>{ICONS.share}{!phone && ` ${t('top.share')}`}</button>
    </header>
  );
}
/** The runs there are, once there is more than one: which is shown, and the way to the others. */
function Runs(): JSX.Element | null {
  const t = useT(), phone = useView((s) => s.width === 'phone'), branches = useSession((s) => s.branches), here = useSession((s) => s.cursor.branch), told = branches.map((b, i) => ({ ...b, n: i + 1 })).filter((b) => b.label !== '' || b.id === here);
  if (told.length < 2) return null;
  return <select className="tb o runs" aria-label={t('top.runs')} value={here} onChange={(e) => { const b = told.find((x) => x.id === Number(e.target.value)); if (b) void goTo({ branch: b.id, at: Math.floor(Math.min(useClock.getState().virtual, b.end)) }); }}>{told.map((b) => <option key={b.id} value={b.id}>{phone ? `${b.n}/${branches.length}` : t('top.run', { n: b.n, of: branches.length })}{b.label !== '' && ` · ${b.label.slice(0, 60)}`}</option>)}</select>;
}
