// Brings the page to life: connects the engine, opens the first run, and lets it idle until something is done.
import { play, seekVirtual } from './stores/clock.ts';
import { open, startEngine } from './stores/engine.ts';
import type { Port } from './stores/engine.ts';
import { useSession } from './stores/session.ts';
import { nowT } from './words.tsx';

/** The command the first second offers. */
export const FIRST_COMMAND = 'kubectl create deployment web --image=nginx:1.27 --replicas=3';
export async function start(port: Port): Promise<void> {
  if (new URLSearchParams(location.search).has('recorded')) { (await import('./stage/fixture/play.ts')).startRecorded(); return; }
  const lost = (): void => { const t = nowT(); useSession.setState({ status: 'lost', trouble: { text: t('err.worker'), action: t('err.worker.do'), act: () => location.reload(), frozen: true } }); };
  try {
    await startEngine(port, lost);
    await open({ scenario: '', seed: 1, inputs: [], lesson: 'create-deployment' });
    useSession.setState({ offer: FIRST_COMMAND });
    seekVirtual(useSession.getState().cursor.at);
    play();
  } catch (e) { lost(); throw e; }
}
