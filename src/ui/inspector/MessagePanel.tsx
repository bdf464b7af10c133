// A message as HTTP: the request, its answer, and what each of the nine gates did with it.
import { useState } from 'react';
import type { JSX } from 'react';
import { clockText } from '../chrome/Caption.tsx';
import { useAnswer } from '../stores/ask.ts';
import { goTo } from '../stores/engine.ts';
import { useT } from '../words.tsx';
import { Causes } from './Causes.tsx';
import { Diff } from './Diff.tsx';

export function MessagePanel({ record }: { record: number }): JSX.Element {
  const t = useT(), m = useAnswer('message', { record }), [causes, setCauses] = useState(false);
  if (!m) return <p className="slot-empty">{t('msg.none')}</p>;
  return (
    <div className="insp-scroll" tabIndex={0} role="region" aria-label={t('msg.title')}>
      <div className="sec"><h2 className="ttl">{m.verb} {m.subject}</h2>
        <dl className="rows"><dt>{t('msg.type')}</dt><dd>{m.type}</dd><dt>{t('msg.from')}</dt><dd>{m.from}</dd><dt>{t('msg.to')}</dt><dd>{m.to}</dd><dt>{t('msg.sent')}</dt><dd>{clockText(m.sent)}</dd><dt>{t('msg.arrives')}</dt><dd>+{((m.arrives - m.sent) / 1000).toFixed(3)} ms</dd>{m.code > 0 && <><dt>{t('msg.code')}</dt><dd className={m.code >= 400 ? 'bad' : ''}>{m.code}</dd></>}</dl>
        <div className="acts"><button type="button" className="btn" onClick={() => void goTo({ record })}>{t('msg.go')}</button><button type="button" className="btn" aria-expanded={causes} onClick={() => setCauses(!causes)}>{t('msg.why')}</button></div>
      </div>
      {causes && <Causes record={record} />}
      {m.gates.length > 0 && <div className="sec"><h2>{t('msg.gates')}</h2><ol className="gate-list">{m.gates.map((g, i) => <li key={i} className={g.verdict}><b>{g.gate}</b><span>{g.detail || (g.changes.length > 0 ? t('msg.changed', { n: g.changes.length }) : t('msg.passed'))}</span>{g.changes.length > 0 && <Diff changes={g.changes} />}</li>)}</ol></div>}
      {m.request !== '' && <div className="sec"><h2>{t('msg.request')}</h2><pre className="y code wrap" tabIndex={0}>{m.request}</pre></div>}
      {m.response !== '' && <div className="sec"><h2>{t('msg.response')}</h2><pre className="y code wrap" tabIndex={0}>{m.response}</pre></div>}
    </div>
  );
}
