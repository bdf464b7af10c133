// The page: top bar, stage with the inspector beside it, terminal and editor between stage and caption, caption, timeline.
import { lazy, Suspense } from 'react';
import type { JSX } from 'react';
import { Caption } from './chrome/Caption.tsx';
import { Divider } from './chrome/Divider.tsx';
import { Rail } from './chrome/Rail.tsx';
import { Slot, worded } from './chrome/slots.tsx';
import { TopBar } from './chrome/TopBar.tsx';
import { Patterns } from './stage/glyphs.tsx';
import { Stage } from './stage/Stage.tsx';
import { useLessonSide } from './lesson/aside.ts';
import { openLink, openOwn, setNotice, useLink, useNotice } from './runs.ts';
import { setView, useView } from './stores/view.ts';
import { useT } from './words.tsx';

const Settings = worded(() => import('./chrome/Settings.tsx')), Timeline = lazy(() => import('./timeline/Timeline.tsx'));
const Preview = worded(() => import('./share/Preview.tsx'));
const LessonSide = worded(() => import('./lesson/LessonSide.tsx'));

export function App(): JSX.Element {
  const { link, characters, reading } = useLink();
  if (reading) return <div className="reading" aria-busy="true" />;
  return link ? <Suspense fallback={null}><Preview link={link} characters={characters} open={() => void openLink(link)} leave={() => void openOwn()} /></Suspense> : <Workbench />;
}
function Workbench(): JSX.Element {
  const t = useT(), { inspector, inspectorWidth, timeline, timelineHeight, terminal, editor, workHeight, panel, width } = useView();
  const notice = useNotice((s) => s.text);
  const step = useLessonSide(), beside = width === 'wide' && (inspector || step > 0);
  const side = (
    <aside className={`side ${width}`} aria-label={t('side.name')} style={beside ? { width: inspectorWidth } : undefined}>
      {beside && <Divider name={t('side.resize')} vertical from="end" value={inspectorWidth} min={320} max={560} set={(v) => setView({ inspectorWidth: v })} />}
      <button type="button" className="side-close" aria-label={t('side.close')} onClick={() => setView(inspector ? { inspector: false } : { lessonSide: false })}>×</button>
      {inspector ? <Slot name="inspector" empty={t('side.empty')} /> : <Suspense fallback={null}><LessonSide step={step} /></Suspense>}
    </aside>
  );
  return (
    <>
      <Patterns />
      <a className="skip" href="#stage">{t('app.skip')}</a>
      <div className={`app ${width}`}>
        <TopBar />
        {panel === null && notice !== '' ? <p className="strip notice" role="status">{notice}<button type="button" className="btn" onClick={() => setNotice('')}>{t('set.close')}</button></p> : panel === 'settings' ? <Suspense fallback={null}><Settings /></Suspense> : panel !== null ? <section className="strip" aria-label={t(`top.${panel}`)}><Slot name={panel} empty="" /></section> : null}
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
        <div className="foot">{timeline ? <Suspense fallback={<section className="tl" style={{ height: timelineHeight }} />}><Timeline /></Suspense> : width === 'phone' ? null : <Rail />}{inspector && width === 'tablet' && side}</div>
        {inspector && width === 'phone' && side}
      </div>
    </>
  );
}
