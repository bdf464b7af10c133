import { expect, it } from 'vitest';
import { fill, loadLanguage, loadLessons, pickLanguage } from './index.ts';

const en: Record<string, string> = { ...(await loadLanguage('en')), ...(await loadLessons('en')) }, zhCN: Record<string, string> = { ...(await loadLanguage('zh-CN')), ...(await loadLessons('zh-CN')) };

const holes = (s: string): string[] => [...s.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();
it('every language has every key, with the same values and as many pieces of code', () => {
  expect(Object.keys(zhCN).sort()).toEqual(Object.keys(en).sort());
  for (const k of Object.keys(en)) { expect(holes(zhCN[k]), k).toEqual(holes(en[k])); expect(zhCN[k].split('`').length % 2, k).toBe(1); expect(en[k].split('`').length % 2, k).toBe(1); }
});
it('Chinese prose has full-width punctuation', () => {
  for (const [k, v] of Object.entries(zhCN)) expect(v.replace(/`[^`]*`/g, '').match(/[\u4e00-\u9fa5][,;:?!()]/), k).toBeNull();
});
it('fills values and leaves unknown ones', () => { expect(fill('{a} of {b}', { a: 1 })).toBe('1 of {b}'); });
it('picks the language asked for, else the system’s', () => { expect(pickLanguage('zh-CN', ['en'])).toBe('zh-CN'); expect(pickLanguage(null, ['fr', 'zh-TW'])).toBe('zh-CN'); expect(pickLanguage('xx', [])).toBe('en'); });
