// Somebody's link, before anything of it runs: what it is, what it will do, the author's words as plain text. The reader decides.
import { useEffect, useMemo, useRef } from 'react';
import type { JSX } from 'react';
import type { Link, LinkInput } from '../../scenario/link.ts';
import { clockText } from '../chrome/Caption.tsx';
import { Dial, ICONS, Logo } from '../stage/glyphs.tsx';
import { Still } from './Still.tsx';
import { setLanguage, setTheme, useView } from '../stores/view.ts';
import { useKeeper } from '../saved/keeper.ts';
import { useT } from '../words.tsx';
import type { T } from '../words.tsx';

const say = (i: LinkInput, t: T): string => (i.kind === 'command' ? `$ ${i.line}` : i.kind === 'interrupt' ? '^C' : i.kind === 'edit' ? t('preview.edit', { path: i.path, n: i.text.split('\n').length }) : 'target' in i ? `${t(i.fault === 'stop' ? 'break.stop' : 'break.start')} ${i.target}` : `${t(i.fault === 'cut' ? 'break.cut' : 'break.heal')} ${i.a} — ${i.b}`);
export default function Preview({ link, characters, open, leave }: { link: Link; characters: number; open: () => void; leave: () => void }): JSX.Element {
  const t = useT(), dark = useView((s) => s.dark), language = useView((s) => s.language), mine = useKeeper((s) => s.runs[0]?.title ?? ''), go = useRef<HTMLButtonElement>(null);
  const nodes = useMemo(() => /^@ nodes (\d+)/m.exec(link.scenario)?.[1] ?? '3', [link]), at = link.moment?.at ?? link.inputs.at(-1)?.at ?? 0, command = link.inputs.find((i) => i.input.kind === 'command')?.input, first = command?.kind === 'command' ? command.line.split('\n')[0].slice(0, 120) : undefined;
  useEffect(() => {
    go.current?.focus();
    const key = (e: KeyboardEvent): void => { if (e.key === 'Escape') { e.preventDefault(); leave(); } };
    addEventListener('keydown', key);
    return () => removeEventListener('keydown', key);
  }, [leave]);
  return (
    <div className="preview">
      <header className="top"><div className="brand"><Logo /><span>{t('app.title')}</span></div><div className="sep" /><span className="crumb">{t('preview.crumb')}</span><div className="sp" /><button type="button" className="tb" lang={language === 'en' ? 'zh-CN' : 'en'} aria-label={t('top.language.name')} onClick={() => void setLanguage(language === 'en' ? 'zh-CN' : 'en')}>{t('top.language')}</button><button type="button" className="tb ic" aria-label={t(dark ? 'top.theme.light' : 'top.theme.dark')} onClick={() => setTheme(dark ? 'light' : 'dark')}>{ICONS.half}</button></header>
      <main className="pv">
        <section className="pv-left" aria-label={t('preview.does')}>
          {Number(nodes) >= 1 && Number(nodes) <= 24 && <Still nodes={Number(nodes)} />}
          <p className="quiet">{t(at > 0 ? 'preview.rest' : 'preview.restOnly', { time: clockText(at) })}</p>
          <h2>{t('preview.does')}</h2>
          <ol className="pv-inputs" tabIndex={0}>{link.inputs.slice(0, 200).map((i, n) => <li key={n}><time className="m">{clockText(i.at)}</time><code>{say(i.input, t)}</code></li>)}{link.inputs.length === 0 && <li><span className="quiet">{t('preview.nothing')}</span></li>}{link.inputs.length > 200 && <li>{t('insp.more', { n: link.inputs.length - 200 })}</li>}{link.moment && <li className="stop"><time className="m">{clockText(at)}</time><span>{t('preview.stops')}</span></li>}</ol>
          <p className="quiet">{t('preview.still')} <span className="m">v1 · {t('preview.chars', { n: characters })}</span></p>
        </section>
        <aside className="pv-right" aria-label={t('preview.what')}>
          <p className="quiet">{t('preview.what')}</p>
          <h1 className={link.title ? '' : 'line'}>{link.title ?? first ?? t('preview.untitled')}</h1>
          {link.note && <blockquote>{link.note}</blockquote>}
          <div className="pv-at"><Dial seconds={at / 1e6} /><div><b className="m">{clockText(at)}</b><span>{t('preview.moment')}</span></div></div>
          <dl className="rows big"><dt>{t('preview.cluster')}</dt><dd>{t('preview.nodes', { n: nodes })}</dd><dt>{t('preview.replay')}</dt><dd>{link.moment ? t(link.inputs.length === 1 ? 'preview.input' : 'preview.inputs', { n: link.inputs.length, events: link.moment.event }) : t('preview.inputsOnly', { n: link.inputs.length })}</dd><dt>{t('preview.seed')}</dt><dd>{link.seed}</dd><dt>{t('preview.network')}</dt><dd>{t('preview.none')}</dd></dl>
          {(link.title || link.note) && <p className="box-note">{t('preview.plain')}</p>}
          <div className="pv-go"><button ref={go} type="button" className="btn go" onClick={open}>{t('preview.open')} <kbd aria-hidden="true">⏎</kbd></button><button type="button" className="btn" onClick={leave}>{t('preview.leave')} <kbd aria-hidden="true">esc</kbd></button>
            <p className="quiet">{mine !== '' ? t('preview.kept', { title: mine }) : t('preview.beside')}</p></div>
        </aside>
      </main>
    </div>
  );
}
