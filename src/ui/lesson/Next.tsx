// What to try when everything that the lesson asked for is Ready: each a press, and a command as if it had been typed.
import type { JSX } from 'react';
import { getSource, useSession } from '../stores/session.ts';
import { setView } from '../stores/view.ts';
import { useT } from '../words.tsx';

export function Next(): JSX.Element {
  const t = useT(), name = useSession((s) => String(s.lesson?.steps[0]?.caption.values.name ?? '')), run = (line: string) => (): void => getSource()?.run(line);
  return (
    <div className="predict row" role="group" aria-label={t('next.name')}>
      <button type="button" onClick={run(`kubectl scale deployment ${name} --replicas=5`)}>{t('next.scale')}</button>
      <button type="button" onClick={run(`kubectl delete pods -l app=${name} --wait=false`)}>{t('next.delete')}</button>
      <button type="button" onClick={() => setView({ panel: 'scenarios' })}>{t('next.more')}</button>
    </div>
  );
}
