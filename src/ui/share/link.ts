// Between the page and a link: what is copied, and what a link asks for when it is opened.
import { PROTOCOL } from '../../protocol/protocol.ts';
import type { RunDocument } from '../../protocol/protocol.ts';
import type { Link } from '../../scenario/link.ts';
import { engine } from '../stores/engine.ts';
import { useView } from '../stores/view.ts';
import type { Selection } from '../stores/view.ts';

export function selectionText(s: Selection): string {
  if (s === null) return '';
  if (s.kind === 'object') return `object ${s.resource} ${s.namespace || '-'} ${s.name}`;
  return s.kind === 'message' ? `message ${s.seq}` : `component ${s.component} ${s.node || '-'}`;
}
/** A selection from a link; what cannot be read selects nothing. */
export function selectionOf(text: string | undefined): Selection {
  const [kind, a, b, c] = (text ?? '').split(' ');
  if (kind === 'object' && a && b && c) return { kind: 'object', resource: a, namespace: b === '-' ? '' : b, name: c };
  if (kind === 'component' && a) return { kind: 'component', component: a, node: b && b !== '-' ? b : '' };
  return kind === 'message' && /^\d{1,9}$/.test(a ?? '') ? { kind: 'message', seq: Number(a) } : null;
}
export const documentOf = (l: Link): RunDocument => ({ scenario: l.scenario, seed: l.seed, inputs: l.inputs, ...(l.title ? { title: l.title } : {}), ...(l.note ? { note: l.note } : {}), ...(l.moment ? { moment: l.moment } : {}), ...(l.lesson ? { lesson: l.lesson } : {}) });

export interface Wish { title: string; note: string; selection: boolean; look: boolean }
/** The address of this very moment. */
export async function makeLink(wish: Wish): Promise<string> {
  const [{ encodeLink }, document, hello] = await Promise.all([import('../../scenario/link.ts'), engine().call('document', {}), engine().call('hello', { protocol: PROTOCOL })]), v = useView.getState(), selection = wish.selection ? selectionText(v.selection) : '';
  const hash = encodeLink({ behaviour: hello.behaviour, scenario: document.scenario, seed: document.seed, inputs: document.inputs, ...(document.moment ? { moment: document.moment } : {}), ...(document.lesson ? { lesson: document.lesson } : {}), ...(wish.title.trim() ? { title: wish.title.trim().slice(0, 200) } : {}), ...(wish.note.trim() ? { note: wish.note.trim().slice(0, 2000) } : {}), ...(selection ? { selection } : {}), ...(wish.look ? { language: v.language, theme: v.dark ? 'dark' as const : 'light' as const } : {}) });
  return `${location.origin === 'null' ? '' : location.origin}${location.pathname}#${hash}`;
}
