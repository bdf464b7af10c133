// The prediction where there is no room beside the stage: a row under the caption.
import type { JSX } from 'react';
import { Rich, useT } from '../words.tsx';
import { choose, grade, usePrediction } from './prediction.ts';

export default function PredictRow(): JSX.Element | null {
  const t = useT(), p = usePrediction();
  if (!p) return null;
  const said = p.answer === '' ? null : grade(p.cycle, p.answer);
  return (
    <div className="predict row" role="group" aria-label={t('pred.title')}>
      {said ? <span role="status"><Rich text={t(said.key, said.values)} /></span> : <><span>{t('pred.short')}</span>{p.cycle.nodes.map((n) => <button key={n.name} type="button" onClick={() => choose(p.record, n.name)}>{n.name}</button>)}</>}
    </div>
  );
}
