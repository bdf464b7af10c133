// Starts the page on a recorded run; used until a worker answers, and by stage tests.
import rows from './stage/fixture/rolling-update.json';
import { fixtureRun, LEAD_IN } from './stage/fixture/run.ts';
import type { Row } from './stage/fixture/run.ts';
import { newWindow, play, seekVirtual } from './stores/clock.ts';
import { setSource, useSession } from './stores/session.ts';

export function startFixture(): void {
  const run = fixtureRun(rows as unknown as Row[]);
  newWindow(run.window, run.from, run.to);
  useSession.setState({ status: 'running', projection: run.at(run.from), offer: 'kubectl create deployment web --image=nginx --replicas=3', marks: [{ step: 1, at: LEAD_IN - 3000, id: 'command' }, { step: 2, at: LEAD_IN, id: 'gates' }, { step: 3, at: LEAD_IN + 6000, id: 'store' }] });
  setSource({ show: (at) => { const p = run.at(at); if (p !== useSession.getState().projection) useSession.setState({ projection: p }); }, run: () => { useSession.setState({ offer: '' }); seekVirtual(LEAD_IN - 2000); play(); }, more: () => Promise.resolve(false), lesson: () => {} });
  seekVirtual(run.from);
  play();
}
