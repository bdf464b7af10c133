// A question to the engine as a hook: asks again when the parameters change, keeps the last answer until the next one is there.
import { useEffect, useState } from 'react';
import type { Method, Methods } from '../../protocol/protocol.ts';
import { engine, hasEngine, Superseded } from './engine.ts';
import { useSession } from './session.ts';

/** Questions on their way: those who ask the same share one answer. */
const asking = new Map<string, Promise<unknown>>();
/** Asks until there is an answer: a question that a newer one of its kind pushed aside is asked again while somebody waits for it. */
async function ask(method: Method, key: string, wanted: () => boolean): Promise<unknown> {
  for (;;) {
    const id = `${method} ${key}`;
    let answer = asking.get(id);
    if (!answer) { answer = engine().call(method, JSON.parse(key) as never).finally(() => asking.delete(id)); asking.set(id, answer); }
    try { return await answer; } catch (e) { if (!(e instanceof Superseded) || !wanted()) throw e; await new Promise((go) => { setTimeout(go, 40); }); if (!wanted()) throw e; }
  }
}
/** `params` null asks nothing. The answer is null until there is one, and after a refusal. A record means something on its own run only: another run is asked anew. */
export function useAnswer<M extends Method>(method: M, params: Methods[M][0] | null): Methods[M][1] | null {
  const [answer, setAnswer] = useState<{ key: string; value: Methods[M][1] } | null>(null), key = params === null ? '' : JSON.stringify(params), branch = useSession((s) => s.cursor.branch);
  useEffect(() => {
    if (key === '' || !hasEngine()) { setAnswer(null); return; }
    let live = true;
    ask(method, key, () => live).then((value) => { if (live) setAnswer({ key, value: value as Methods[M][1] }); }, () => { /* refused or replaced: the last answer stands */ });
    return () => { live = false; };
  }, [method, key, branch]);
  return key === '' ? null : answer?.value ?? null;
}
