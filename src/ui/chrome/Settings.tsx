// Settings: theme, motion, language, legend. A strip under the top bar that pushes the stage down; nothing floats over it.
import type { JSX } from 'react';
import { setLanguage, setMotion, setTheme, setView, useView } from '../stores/view.ts';
import { useT } from '../words.tsx';

function Choice<V extends string>({ legend, value, options, set }: { legend: string; value: V; options: readonly (readonly [V, string])[]; set: (v: V) => void }): JSX.Element {
  return (
    <fieldset className="choice"><legend>{legend}</legend>
      {options.map(([v, label]) => <label key={v} className={v === value ? 'on' : ''}><input type="radio" name={legend} checked={v === value} onChange={() => set(v)} />{label}</label>)}
    </fieldset>
  );
}
export default function Settings(): JSX.Element {
  const t = useT(), { theme, motion, language, legend } = useView(), phone = useView((s) => s.width === 'phone');
  return (
    <section className="strip" aria-label={t('set.title')}>
      {phone && <nav className="menu" aria-label={t('top.menu')}>
        <button type="button" className="btn" onClick={() => setView({ panel: null, terminal: true, editor: false })}>{t('top.terminal')}</button>
        <button type="button" className="btn" onClick={() => setView({ panel: null, editor: true, terminal: false })}>{t('top.yaml')}</button>
        <button type="button" className="btn" onClick={() => setView({ panel: 'break' })}>{t('top.break')}</button>
        <button type="button" className="btn" onClick={() => setView({ panel: 'scenarios' })}>{t('top.scenarios')}</button>
      </nav>}
      <Choice legend={t('set.theme')} value={theme} options={[['system', t('set.system')], ['dark', t('set.dark')], ['light', t('set.light')]]} set={setTheme} />
      <Choice legend={t('set.motion')} value={motion} options={[['system', t('set.system')], ['full', t('set.motion.full')], ['reduced', t('set.motion.reduced')]]} set={setMotion} />
      <Choice legend={t('set.language')} value={language} options={[['en', 'English'], ['zh-CN', '简体中文']]} set={(l) => void setLanguage(l)} />
      <Choice legend={t('set.legend')} value={legend ? 'show' : 'hide'} options={[['show', t('set.legend.show')], ['hide', t('set.legend.hide')]]} set={(v) => setView({ legend: v === 'show' })} />
      <button type="button" className="btn close" onClick={() => setView({ panel: null })}>{t('set.close')}</button>
      <details className="about"><summary>{t('about.title')}</summary><p>{t('about.is')}</p><p>{t('about.not')}</p><p>{t('about.stored')}</p></details>
    </section>
  );
}
