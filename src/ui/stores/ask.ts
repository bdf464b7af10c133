// A question to the engine as a hook: asks again when the parameters change, keeps the last answer until the next one is there.
import { useEffect, useState } from 'react';
import type { Method, Methods } from '../../protocol/protocol.ts';
import { engine, hasEngine } from './engine.ts';

/** `params` null asks nothing. The answer is null until there is one, and after a refusal. */
export function useAnswer<M extends Method>(method: M, params: Methods[M][0] | null): Methods[M][1] | null {
  const [answer, setAnswer] = useState<{ key: string; value: Methods[M][1] } | null>(null), key = params === null ? '' : JSON.stringify(params);
  useEffect(() => {
    if (key === '' || !hasEngine()) { setAnswer(null); return; }
    let live = true;
    engine().call(method, JSON.parse(key) as Methods[M][0]).then((value) => { if (live) setAnswer({ key, value }); }, () => { /* refused or replaced: the last answer stands */ });
    return () => { live = false; };
  }, [method, key]);
  return key === '' ? null : answer?.value ?? null;
}
