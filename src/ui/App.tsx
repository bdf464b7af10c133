// The page: top bar, stage with the inspector beside it, terminal and editor between stage and caption, caption, timeline.
import type { JSX } from 'react';
import { Caption } from './chrome/Caption.tsx';
import { Divider } from './chrome/Divider.tsx';
import { LESSON_KEYS, Rail } from './chrome/Rail.tsx';
import { Settings } from './chrome/Settings.tsx';
import { Slot } from './chrome/slots.tsx';
import { TopBar } from './chrome/TopBar.tsx';
import { Patterns } from './stage/glyphs.tsx';
import { Stage } from './stage/Stage.tsx';
import { setView, useView } from './stores/view.ts';
import { Timeline } from './timeline/Timeline.tsx';
import { useT } from './words.tsx';

export function App(): JSX.Element {
  const t = useT(), { inspector, inspectorWidth, timeline, terminal, editor, workHeight, panel, width } = useView();
  const beside = inspector && width === 'wide', names = LESSON_KEYS.map((k) => t(k));
  const side = (
    <aside className={`side ${width}`} aria-label={t('side.name')} style={beside ? { width: inspectorWidth } : undefined}>
      {beside && <Divider name={t('side.resize')} vertical from="end" value={inspectorWidth} min={320} max={560} set={(v) => setView({ inspectorWidth: v })} />}
      <button type="button" className="side-close" aria-label={t('side.close')} onClick={() => setView({ inspector: false })}>×</button>
      <Slot name="inspector" empty={t('side.empty')} />
    </aside>
  );
  return (
    <>
      <Patterns />
      <a className="skip" href="#stage">{t('app.skip')}</a>
      <div className={`app ${width}`}>
        <TopBar />
        {panel === 'settings' ? <Settings /> : panel !== null ? <section className="strip" aria-label={panel}><Slot name={panel} empty="" /></section> : null}
        <main className="mid">
          <div className="left">
            <Stage />
            {(terminal || editor) && (
              <section className="work" aria-label={t('work.name')} style={{ height: workHeight }}>
                <Divider name={t('work.resize')} vertical={false} from="end" value={workHeight} min={160} max={420} set={(v) => setView({ workHeight: v })} />
                {terminal && <div className="pane term"><Slot name="terminal" empty="" /></div>}
                {editor && <div className="pane edit"><Slot name="editor" empty="" /></div>}
              </section>
            )}
          </div>
          {beside && side}
        </main>
        <Caption />
        <div className="foot">{timeline ? <Timeline /> : width === 'phone' ? null : <Rail names={names} />}{inspector && width === 'tablet' && side}</div>
        {inspector && width === 'phone' && side}
      </div>
    </>
  );
}
