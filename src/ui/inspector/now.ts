// A question about the cursor's moment: asked again when the moment changes, at most twice a second while the run plays.
import { useEffect, useState } from 'react';
import type { Method, Methods } from '../../protocol/protocol.ts';
import { engine, hasEngine } from '../stores/engine.ts';
import { useSession } from '../stores/session.ts';

export function useNow<M extends Method>(method: M, params: Methods[M][0] | null): Methods[M][1] | null {
  const [answer, setAnswer] = useState<{ key: string; value: Methods[M][1] } | null>(null), key = params === null ? '' : JSON.stringify(params), cursor = useSession((s) => s.cursor);
  useEffect(() => {
    if (key === '' || !hasEngine()) { setAnswer(null); return; }
    let live = true;
    const ask = (): void => { engine().call(method, JSON.parse(key) as Methods[M][0]).then((value) => { if (live) setAnswer({ key, value }); }, () => { /* refused or replaced: the last answer stands */ }); };
    const wait = setTimeout(ask, answer?.key === key ? 250 : 0);
    return () => { live = false; clearTimeout(wait); };
    // the answer itself must not ask again
  }, [method, key, cursor.event, cursor.branch, cursor.record]);
  return key !== '' && answer?.key === key ? answer.value : null;
}
