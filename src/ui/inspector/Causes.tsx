// The chain of causes of a record, newest first, back to the key that was pressed or the timer that fired. Each link goes there.
import type { JSX } from 'react';
import { clockText } from '../chrome/Caption.tsx';
import { useAnswer } from '../stores/ask.ts';
import { useSession } from '../stores/session.ts';
import { useT } from '../words.tsx';
import type { Key } from '../../i18n/index.ts';
import { follow } from './trail.ts';

const KINDS: Readonly<Record<string, Key>> = { send: 'cause.send', write: 'cause.write', input: 'cause.input', fault: 'cause.fault', timer: 'cause.timer', start: 'cause.start', enqueue: 'cause.enqueue', dequeue: 'cause.dequeue', schedule: 'cause.schedule', gate: 'cause.gate' };
export function Causes({ record }: { record: number }): JSX.Element {
  const t = useT(), branch = useSession((s) => s.cursor.branch), answer = useAnswer('causes', { record, ...{ branch } } as { record: number }), here = useSession((s) => s.cursor.record);
  const chain = (answer?.chain ?? []).filter((c, i, all) => i === 0 || i === all.length - 1 || c.kind !== 'event');
  return (
    <div className="sec"><h2>{t('cause.title')}<i>{answer ? t('cause.links', { n: chain.length }) : ''}</i></h2>
      <ol className="chain">{chain.map((c) => (
        <li key={c.record} className={c.kind}><button type="button" aria-current={c.record === here ? 'step' : undefined} onClick={() => follow(c.record)}><span><b className={c.actor === 'workstation' || c.kind === 'input' ? 'mine' : ''}>{c.kind === 'input' ? t('you.name') : c.actor}</b> <small>{KINDS[c.kind] ? t(KINDS[c.kind]) : c.kind}</small><code>{c.text}</code></span><time className="m">{clockText(c.at)}</time></button></li>
      ))}</ol>
    </div>
  );
}
