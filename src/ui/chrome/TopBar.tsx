// The top bar: what is open, and where else one can go.
import type { JSX } from 'react';
import { setLanguage, setTheme, setView, useView } from '../stores/view.ts';
import { useSession } from '../stores/session.ts';
import { ICONS, Logo } from '../stage/glyphs.tsx';
import { Rich, useT } from '../words.tsx';

export function TopBar(): JSX.Element {
  const t = useT(), { width, terminal, editor, language, dark, panel, timeline } = useView();
  const title = useSession((s) => s.title), runs = useSession((s) => { const told = s.branches.filter((b) => b.label !== '' || b.id === s.cursor.branch); return told.length > 1 ? `${told.findIndex((b) => b.id === s.cursor.branch) + 1}/${told.length}` : ''; });
  const phone = width === 'phone', open = (p: 'settings' | 'share' | 'scenarios' | 'break') => (): void => setView({ panel: panel === p ? null : p });
  return (
    <header className="top">
      <div className="brand"><Logo />{!phone && <span>{t('app.title')}</span>}</div>
      {!phone && <div className="sep" />}
      <h1 className="crumb">{title === null ? <Rich text={t(width === 'wide' ? 'top.crumb' : 'top.crumb.short')} /> : title === '' ? t('top.own') : title}{runs !== '' && !phone && <span className="runs"> · {t('top.runs', { n: runs.split('/')[0], of: runs.split('/')[1] })}</span>}</h1>
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
      <button type="button" className={`tb ic${panel === 'settings' ? ' on' : ''}`} aria-label={t('top.settings')} aria-expanded={panel === 'settings'} onClick={open('settings')}>{ICONS.gear}</button>
      <button type="button" className={`tb o${panel === 'share' ? ' on' : ''}${phone ? ' ic' : ''}`} aria-label={t('top.share')} aria-expanded={panel === 'share'} onClick={open('share')}>{ICONS.share}{!phone && ` ${t('top.share')}`}</button>
    </header>
  );
}
