// When a lesson's step has something to show beside the stage: the request at the gates, the prediction before the binding. Only where there is room for it.
import { useClock } from '../stores/clock.ts';
import { useSession } from '../stores/session.ts';
import { useView } from '../stores/view.ts';

const ASIDE: ReadonlySet<number> = new Set([2, 7]);
/** The step shown beside the stage, 0 for none. */
export function useLessonSide(): number {
  const room = useView((s) => s.width === 'wide' && s.lessonSide && !s.inspector && !s.terminal && !s.editor), heading = useLessonStep();
  return room && ASIDE.has(heading) ? heading : 0;
}
/** The first lesson's step that the stage makes room for: the one being gone to, else the one at the playhead; 0 while it plays or before it begins. */
export function useLessonStep(): number {
  const step = useSession((s) => (s.lesson ? s.step : 0)), first = useSession((s) => s.lesson?.id === 'create-deployment'), here = useClock((s) => (!s.begun || s.mode === 'playing' ? 0 : s.heading >= 0 ? s.heading : -1));
  if (!first) return 0;
  return here >= 0 ? here : step;
}
