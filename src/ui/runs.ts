// Which run is open: the reader's own, one of the library, somebody's link; and bringing it back when the worker was lost.
import { create } from 'zustand';
import type { RunDocument } from '../protocol/protocol.ts';
import type { Link } from '../scenario/link.ts';
import { keep, lastKept, leave, refreshRuns, remember, startKeeping, take, useKeeper } from './saved/keeper.ts';
import type { Saved } from './saved/storage.ts';
import { begin, pause, play, seekVirtual, useClock } from './stores/clock.ts';
import { engine, EngineError, goTo, open, startEngine } from './stores/engine.ts';
import type { Port } from './stores/engine.ts';
import { useSession } from './stores/session.ts';
import { select, setLanguage, setTheme, setView, wantLessons } from './stores/view.ts';
import { nowT } from './words.tsx';

/** The command the first second offers. */
export const FIRST_COMMAND = 'kubectl create deployment web --image=nginx:1.27 --replicas=3';
const PLAIN: RunDocument = { scenario: '', seed: 1, inputs: [], lesson: 'create-deployment' };
/** The part of the address after `#`, if it is meant as a link. */
const hashText = (): string => { const text = typeof location === 'undefined' ? '' : location.hash.slice(1); return text === 'stage' ? '' : text; };
/** `reading`: the address holds a link that is not decoded yet; nothing else is shown until it is. */
export const useLink = create<{ link: Link | null; characters: number; reading: boolean }>(() => ({ link: null, characters: 0, reading: hashText() !== '' }));
/** The engine answers; a preview is shown before it does. */
let up: Promise<void> = Promise.resolve();
let makePort: (() => Port) | null = null;

/** Opens a document as a run of its own; what was open before stays kept. */
export async function openDocument(document: RunDocument, how: { offer?: boolean; title?: string; event?: number }): Promise<boolean> {
  leave(document.title ?? '');
  if (location.hash !== '') history.replaceState(null, '', location.pathname + location.search);
  return run(document, how);
}
async function run(document: RunDocument, how: { offer?: boolean; event?: number }): Promise<boolean> {
  const t = nowT(), before = useSession.getState();
  useSession.setState({ trouble: null, offer: '' });
  select(null); setView({ inspector: false });
  const stop = (e: KeyboardEvent): void => { if (e.key === 'Escape') void engine().call('cancel', {}); };
  addEventListener('keydown', stop);
  try {
    await Promise.all([open(document), document.lesson && document.lesson !== PLAIN.lesson ? wantLessons() : undefined]);
    useSession.setState({ title: document.lesson === 'create-deployment' ? null : document.title ?? '' });
    remember(document, how.event ?? -1);
    if (how.event !== undefined) await goTo({ event: how.event });
    const playing = how.offer === true;
    useClock.setState({ begun: !playing, unit: document.lesson ? 'lesson' : 'message' });
    if (playing) { useSession.setState({ offer: FIRST_COMMAND }); seekVirtual(useSession.getState().cursor.at); play(); } else pause();
    return true;
  } catch (e) {
    const code = e instanceof EngineError ? e.code : '';
    if (code === 'lost') return false;
    useSession.setState({ status: before.projection ? 'running' : 'lost', progress: null, trouble: code === 'cancelled' && before.projection ? null : { text: code === 'moment' ? t('err.moment') : code === 'cancelled' ? t('err.cancelled') : e instanceof Error ? e.message : String(e), action: t('err.own'), act: () => void openOwn(), frozen: false } });
    return false;
  } finally { removeEventListener('keydown', stop); }
}
export async function openSaved(saved: Saved): Promise<boolean> {
  await take(saved);
  if (location.hash !== '') history.replaceState(null, '', location.pathname + location.search);
  const done = await run(saved.document, { event: saved.event });
  if (done && useKeeper.getState().elsewhere) { const t = nowT(); useSession.setState({ trouble: null }); setNotice(t('saved.elsewhere', { title: saved.title })); }
  return done;
}
/** A plain sentence about the run, above the stage; not an error. */
export const useNotice = create<{ text: string }>(() => ({ text: '' }));
export const setNotice = (text: string): void => useNotice.setState({ text });

/** The reader's own work: the newest saved run, else the plain cluster with the first command waiting. */
export async function openOwn(): Promise<void> {
  useLink.setState({ link: null, reading: false });
  await up;
  if (location.hash !== '') history.replaceState(null, '', location.pathname + location.search);
  const newest = (await refreshRuns()).find((r) => r.document.inputs.length > 0);
  if (newest && (await openSaved(newest))) return;
  leave();
  await run(PLAIN, { offer: true });
}
/** Somebody's link, accepted: runs to exactly its moment, paused. Nothing of the reader's own work is touched. */
export async function openLink(link: Link): Promise<void> {
  const { documentOf, selectionOf } = await import('./share/link.ts');
  useLink.setState({ link: null });
  await up;
  if (link.language) await setLanguage(link.language);
  if (link.theme) setTheme(link.theme);
  leave(link.title ?? '');
  begin();
  if (await run(documentOf(link), {})) { const s = selectionOf(link.selection); if (s !== null) select(s); }
}
async function readHash(): Promise<boolean> {
  const text = hashText();
  if (text === '') return false;
  try {
    const { decodeLink } = await import('../scenario/link.ts');
    useLink.setState({ link: decodeLink(text), characters: text.length, reading: false });
    void refreshRuns();
    return true;
  } catch (e) {
    const t = nowT(), code = (e as { code?: string }).code ?? '', key = ({ version: 'link.version', 'too-large': 'link.large', shape: 'link.shape' } as const)[code] ?? 'link.damaged';
    await openOwn();
    useSession.setState({ trouble: { text: `${t(key)} ${e instanceof Error ? e.message : ''}`, action: t('err.own'), act: () => { useSession.setState({ trouble: null }); }, frozen: false } });
    return true;
  }
}
function lost(reason: string): void {
  const t = nowT();
  useSession.setState({ status: 'lost', trouble: { text: `${t('err.worker')}${reason ? ` (${reason})` : ''}`, action: t('err.replay'), act: () => void restart(), frozen: true } });
}
/** A new worker, and everything that was typed once more. */
export async function restart(): Promise<void> {
  if (!makePort) return;
  const kept = lastKept(), at = useSession.getState().cursor.event;
  up = startEngine(makePort(), lost);
  await up;
  await run(kept?.document ?? PLAIN, kept && kept.document.inputs.length > 0 ? { event: at } : { offer: true });
}
export async function start(make: () => Port): Promise<void> {
  if (new URLSearchParams(location.search).has('recorded')) { useLink.setState({ reading: false }); (await import('./stage/fixture/play.ts')).startRecorded(); return; }
  makePort = make;
  try {
    up = startEngine(make(), lost);
    startKeeping();
    addEventListener('hashchange', () => void readHash());
    if (!(await readHash())) await openOwn();
    await up;
  } catch (e) { lost(e instanceof Error ? e.message : ''); throw e; }
}
export { keep };
