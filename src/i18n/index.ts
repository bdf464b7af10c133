// Languages: typed keys, complete in each; every language but English is loaded when it is chosen.
import { en as page } from './en.ts';
import type { panels } from './panels.en.ts';

export type Key = keyof typeof page | keyof typeof panels;
export type Messages = Record<Key, string>;
export type Language = 'en' | 'zh-CN';
export const LANGUAGES: readonly Language[] = ['en', 'zh-CN'];

// arrow functions in a map: a conditional import() can lose its assets in the bundler
const load: Record<Language, () => Promise<Messages>> = {
  en: () => import('./panels.en.ts').then((m) => ({ ...page, ...m.panels })),
  'zh-CN': () => Promise.all([import('./zh-CN.ts'), import('./panels.zh-CN.ts')]).then(([a, b]) => ({ ...a.zhCN, ...b.panels })),
};
export const loadLanguage = (l: Language): Promise<Messages> => load[l]();
/** What the first second says, in English. The panels' words come with the first panel: until then theirs are missing. */
export const english = page as Messages;
/** What the lessons of the library say, by their captions' ids: loaded when one of them is opened. */
const lessons: Record<Language, () => Promise<Readonly<Record<string, string>>>> = {
  en: () => import('./lessons.en.ts').then((m) => m.lessons),
  'zh-CN': () => import('./lessons.zh-CN.ts').then((m) => m.lessons),
};
export const loadLessons = (l: Language): Promise<Readonly<Record<string, string>>> => lessons[l]();

/** Fills {name} with values; text is never markup. */
export function fill(template: string, values?: Record<string, string | number>): string {
  if (!values) return template;
  return template.replace(/\{(\w+)\}/g, (all, k: string) => (k in values ? String(values[k]) : all));
}
export const pickLanguage = (asked: string | null, system: readonly string[]): Language => {
  if (asked === 'en' || asked === 'zh-CN') return asked;
  for (const l of system) { const s = l.toLowerCase(); if (s.startsWith('zh')) return 'zh-CN'; if (s.startsWith('en')) return 'en'; }
  return 'en';
};
