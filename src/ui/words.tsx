// Texts in the chosen language. `Rich` draws backticks as code; a text is never markup.
import type { JSX } from 'react';
import { fill } from '../i18n/index.ts';
import type { Key, Messages } from '../i18n/index.ts';
import { useView } from './stores/view.ts';

export type T = (key: Key, values?: Record<string, string | number>) => string;
export const translator = (m: Messages): T => (key, values) => fill(m[key] ?? '', values);
const made = new WeakMap<Messages, T>();
function cached(m: Messages): T { let t = made.get(m); if (!t) { t = translator(m); made.set(m, t); } return t; }
export const useT = (): T => cached(useView((s) => s.messages));
export const nowT = (): T => cached(useView.getState().messages);
export function Rich({ text }: { text: string }): JSX.Element {
  return <>{text.split('`').map((part, i) => (i % 2 === 1 ? <code key={i}>{part}</code> : part))}</>;
}
export const plain = (text: string): string => text.replaceAll('`', '');
