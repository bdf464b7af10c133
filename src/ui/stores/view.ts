// What the user has chosen to see: theme, language, panels, selection. Kept in this browser when the page is at top level; in a frame nothing is stored.
import { create } from 'zustand';
import { english, loadLanguage, loadLessons, pickLanguage } from '../../i18n/index.ts';
import type { Language, Messages } from '../../i18n/index.ts';
import type { Focus } from '../stage/layout.ts';

export type Theme = 'dark' | 'light';
/** What the inspector shows. A message by its sequence number; a component by its kind and node. */
export type Selection =
  | { kind: 'object'; resource: string; namespace: string; name: string }
  | { kind: 'component'; component: string; node: string }
  | { kind: 'message'; seq: number }
  | null;
export type Panel = 'settings' | 'share' | 'scenarios' | 'break' | null;

export interface ViewState {
  theme: Theme | 'system';
  dark: boolean;
  language: Language;
  messages: Messages;
  motion: 'system' | 'full' | 'reduced';
  reduced: boolean;
  legend: boolean;
  inspector: boolean; inspectorWidth: number;
  /** What a lesson's step shows beside the stage may be shown. */
  lessonSide: boolean;
  timeline: boolean; timelineHeight: number;
  terminal: boolean; editor: boolean; workHeight: number;
  panel: Panel;
  selection: Selection;
  focus: Focus;
  /** Width class of the window: 390, 1024 or 1440 layouts. */
  width: 'phone' | 'tablet' | 'wide';
}
export const atTopLevel = ((): boolean => { try { return typeof window !== 'undefined' && window.parent === window; } catch { return false; } })();
const KEY = 'kube-orrery/view';
interface Kept { theme?: string; language?: string; motion?: string; legend?: boolean; inspectorWidth?: number; timelineHeight?: number; timeline?: boolean }
function read(): Kept {
  if (!atTopLevel) return {};
  try { const v: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}'); return v !== null && typeof v === 'object' ? (v as Kept) : {}; } catch { return {}; }
}
const media = (q: string): boolean => typeof matchMedia === 'function' && matchMedia(q).matches;
const kept = read();
const number = (v: unknown, min: number, max: number, fallback: number): number => (typeof v === 'number' && v >= min && v <= max ? v : fallback);
const theme: ViewState['theme'] = kept.theme === 'dark' || kept.theme === 'light' ? kept.theme : 'system';
const motion: ViewState['motion'] = kept.motion === 'full' || kept.motion === 'reduced' ? kept.motion : 'system';
export const widthClass = (w: number): ViewState['width'] => (w < 640 ? 'phone' : w < 1240 ? 'tablet' : 'wide');

export const useView = create<ViewState>(() => ({
  theme, dark: theme === 'system' ? !media('(prefers-color-scheme: light)') : theme === 'dark',
  language: pickLanguage(kept.language ?? null, typeof navigator === 'undefined' ? [] : navigator.languages), messages: english,
  motion, reduced: motion === 'system' ? media('(prefers-reduced-motion: reduce)') : motion === 'reduced',
  legend: kept.legend !== false, inspector: false, lessonSide: true, inspectorWidth: number(kept.inspectorWidth, 320, 560, 376), timeline: kept.timeline === true, timelineHeight: number(kept.timelineHeight, 60, 400, 218),
  terminal: false, editor: false, workHeight: 250, panel: null, selection: null, focus: 'none', width: widthClass(typeof innerWidth === 'number' ? innerWidth : 1440),
}));
function save(): void {
  if (!atTopLevel) return;
  const s = useView.getState();
  try { localStorage.setItem(KEY, JSON.stringify({ theme: s.theme, language: s.language, motion: s.motion, legend: s.legend, inspectorWidth: s.inspectorWidth, timelineHeight: s.timelineHeight, timeline: s.timeline })); } catch { /* storage denied: the choice lasts as long as the tab */ }
}
function dress(): void {
  const s = useView.getState();
  document.documentElement.dataset.theme = s.dark ? 'dark' : 'light';
  document.documentElement.lang = s.language;
}
/** Sets anything but theme, motion and language, which have their own functions. */
export function setView(part: Partial<Omit<ViewState, 'theme' | 'dark' | 'language' | 'messages' | 'motion' | 'reduced'>>): void { useView.setState(part); save(); }
export function setTheme(t: ViewState['theme']): void { useView.setState({ theme: t, dark: t === 'system' ? !media('(prefers-color-scheme: light)') : t === 'dark' }); dress(); save(); }
export function setMotion(m: ViewState['motion']): void { useView.setState({ motion: m, reduced: m === 'system' ? media('(prefers-reduced-motion: reduce)') : m === 'reduced' }); save(); }
/** The library's lessons have been opened: their words are wanted in every language chosen from now on. */
let lessons = false;
export async function wantLessons(): Promise<void> { if (lessons) return; lessons = true; const { language } = useView.getState(), words = await loadLessons(language); useView.setState((s) => (s.language === language ? { messages: { ...s.messages, ...words } } : s)); }
/** The panels' words, with the panel that is opened first. Another language than English brings all its words at once. */
export async function wantPanels(): Promise<void> { if ('term.title' in useView.getState().messages) return; const words = await loadLanguage('en'); useView.setState((s) => (s.language === 'en' ? { messages: { ...words, ...s.messages } } : s)); }
export async function setLanguage(l: Language): Promise<void> { const messages = { ...(await loadLanguage(l)), ...(lessons ? await loadLessons(l) : {}) }; useView.setState({ language: l, messages }); dress(); save(); }
/** Opens the inspector on something; null closes nothing, it only clears the selection. */
export function select(selection: Selection): void { useView.setState(selection === null ? { selection } : { selection, inspector: true }); }
/** Loads the language asked for and follows the system's theme, motion and the window's width. */
export async function startView(): Promise<void> {
  dress();
  const s = useView.getState();
  if (s.language !== 'en') await setLanguage(s.language);
  matchMedia('(prefers-color-scheme: light)').addEventListener('change', () => { if (useView.getState().theme === 'system') setTheme('system'); });
  matchMedia('(prefers-reduced-motion: reduce)').addEventListener('change', () => { if (useView.getState().motion === 'system') setMotion('system'); });
  addEventListener('resize', () => { const width = widthClass(innerWidth); if (width !== useView.getState().width) useView.setState({ width }); });
}
