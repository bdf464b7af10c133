// The YAML editor: the workstation's files, completion from the API's structure, errors at their field, Apply as an input at the cursor.
import { autocompletion, completionKeymap } from '@codemirror/autocomplete';
import type { CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { HighlightStyle, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { forceLinting, linter, lintGutter } from '@codemirror/lint';
import type { Diagnostic } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef, useState } from 'react';
import type { JSX } from 'react';
import { begin, letHappen } from '../stores/clock.ts';
import { engine, hasEngine, input } from '../stores/engine.ts';
import { setView, useView } from '../stores/view.ts';
import { useNow } from '../inspector/now.ts';
import { refOf } from '../inspector/Inspector.tsx';
import { useT } from '../words.tsx';
import { placeAt } from './place.ts';

const FIRST = 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 3\n  selector:\n    matchLabels:\n      app: web\n  template:\n    metadata:\n      labels:\n        app: web\n    spec:\n      containers:\n      - name: nginx\n        image: nginx:1.27\n        ports:\n        - containerPort: 80\n';
/** What is written and not saved, a file each; it outlives the panel. */
const drafts = new Map<string, string>();
let current = 'web.yaml';

async function fields(context: CompletionContext): Promise<CompletionResult | null> {
  const p = placeAt(context.state.doc.toString(), context.pos);
  if (!hasEngine() || (p.word === '' && !context.explicit && p.key === '')) return null;
  const { fields: all } = await engine().call('schema', { apiVersion: p.apiVersion, kind: p.kind, path: p.path });
  if (p.key !== '') {
    let values = all.find((f) => f.name === p.key)?.values ?? [];
    if (p.path.length === 0 && (p.key === 'kind' || p.key === 'apiVersion')) values = (await engine().call('schema', { apiVersion: p.key === 'kind' ? p.apiVersion : '', kind: '', path: [] })).fields.find((f) => f.name === p.key)?.values ?? [];
    return values.length === 0 ? null : { from: p.from, options: values.map((label) => ({ label, type: 'enum' })) };
  }
  return all.length === 0 ? null : { from: p.from, validFor: /^\w*$/, options: all.map((f) => ({ label: f.name, detail: f.type, type: 'property', info: f.doc === '' ? undefined : f.doc, boost: f.required ? 2 : 0, apply: /^(\[\]|map|.*[A-Z].*$)/.test(f.type) && !/^(Time|Quantity|IntOrString|MicroTime)$/.test(f.type) ? `${f.name}:` : `${f.name}: ` })) };
}
async function check(view: EditorView): Promise<Diagnostic[]> {
  if (!hasEngine()) return [];
  const doc = view.state.doc, { errors } = await engine().call('check', { text: doc.toString() });
  return errors.map((e) => {
    const line = doc.line(Math.max(1, Math.min(doc.lines, e.line))), from = Math.min(line.to, line.from + Math.max(0, e.column - 1));
    return { from, to: Math.max(from, line.to), severity: 'error', message: e.message };
  });
}
const colours = HighlightStyle.define([{ tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--req)' }, { tag: [tags.string, tags.content], color: 'var(--t1)' }, { tag: tags.comment, color: 'var(--t3)' }, { tag: [tags.punctuation, tags.separator, tags.meta], color: 'var(--t2)' }]);
const look = EditorView.theme({ '&': { height: '100%', background: 'transparent', color: 'var(--t1)', fontSize: '12.5px' }, '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55' }, '.cm-gutters': { background: 'transparent', color: 'var(--t3)', border: '0' }, '&.cm-focused': { outline: 'none' }, '.cm-activeLine, .cm-activeLineGutter': { background: 'color-mix(in srgb, var(--t1) 5%, transparent)' }, '.cm-cursor': { borderLeftColor: 'var(--brass)', borderLeftWidth: '2px' }, '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': { background: 'var(--brass-soft)' }, '.cm-tooltip': { background: 'var(--panel)', border: '1px solid var(--line)', borderRadius: '6px', color: 'var(--t1)' }, '.cm-tooltip-autocomplete > ul > li': { padding: '2px 8px', font: '12px/1.6 var(--mono)' }, '.cm-tooltip-autocomplete > ul > li[aria-selected]': { background: 'var(--raised)', color: 'var(--t1)' }, '.cm-completionDetail': { color: 'var(--t3)', fontStyle: 'normal', float: 'right', marginLeft: '18px' }, '.cm-diagnostic': { font: '12px/1.5 var(--sans)', color: 'var(--bad)', border: '0' }, '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--bad) 1px' } });

export default function Editor(): JSX.Element {
  const t = useT(), host = useRef<HTMLDivElement>(null), editor = useRef<EditorView | null>(null), files = useNow('files', {}), [path, setPath] = useState(current), [errors, setErrors] = useState<readonly { line: number; message: string }[]>([]), [said, setSaid] = useState(''), [shown, setShown] = useState(0), error = errors[Math.min(shown, errors.length - 1)];
  const selection = useView((s) => s.selection), object = useNow('object', selection?.kind === 'object' ? { ref: refOf(selection) } : null);
  const names = [...new Set([...(files?.files.map((f) => f.path) ?? []), ...drafts.keys(), path])].sort();
  const stored = files?.files.find((f) => f.path === path)?.text;
  const apply = async (): Promise<void> => {
    const view = editor.current;
    if (!view || !hasEngine()) return;
    begin();
    try { await input({ kind: 'edit', path, text: view.state.doc.toString(), apply: true }); letHappen(); setSaid(t('edit.applied', { path })); } catch (e) { setSaid(e instanceof Error ? e.message : String(e)); }
  };
  const run = useRef(apply);
  run.current = apply;
  useEffect(() => {
    const parent = host.current;
    if (!parent) return;
    current = path;
    const doc = drafts.get(path) ?? stored ?? (names.length <= 1 ? FIRST : '');
    const view = new EditorView({ parent, state: EditorState.create({ doc, extensions: [
      lineNumbers(), history(), drawSelection(), highlightActiveLine(), indentUnit.of('  '), EditorState.tabSize.of(2), yaml(), syntaxHighlighting(colours), look, lintGutter(),
      EditorView.contentAttributes.of({ 'aria-label': t('edit.name', { path }), 'aria-multiline': 'true' }),
      autocompletion({ override: [fields], icons: false, activateOnTyping: true }),
      linter(async (v) => { const found = await check(v); setErrors(found.map((d) => ({ line: v.state.doc.lineAt(d.from).number, message: d.message }))); return found; }, { delay: 300 }),
      keymap.of([{ key: 'Mod-Enter', run: () => { void run.current(); return true; } }, { key: 'Escape', run: (v) => { v.contentDOM.blur(); return true; } }, ...completionKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
      EditorView.updateListener.of((u) => { if (u.docChanged) { drafts.set(path, u.state.doc.toString()); setSaid(''); } }),
    ] }) });
    editor.current = view;
    // a long manifest scrolls by keyboard too
    view.scrollDOM.tabIndex = 0;
    forceLinting(view);
    return () => { view.destroy(); editor.current = null; };
    // one editor a file and language; what the engine says later does not overwrite what is being written
  }, [path, t, stored !== undefined && !drafts.has(path)]);
  const create = (): void => { let n = 1; while (names.includes(`manifest-${n}.yaml`)) n++; drafts.set(`manifest-${n}.yaml`, ''); setPath(`manifest-${n}.yaml`); };
  const load = (): void => {
    if (!object?.exists || !object.yaml) return;
    const name = `${object.ref.kind.toLowerCase()}-${object.ref.name}.yaml`;
    drafts.set(name, object.yaml.replace(/\nstatus:\n(?:[ -].*\n?)*/, '\n').replace(/\n {2}(uid|resourceVersion|creationTimestamp|generation):.*/g, '')); setPath(name);
  };
  const go = (line: number): void => { const v = editor.current; if (!v) return; v.dispatch({ selection: { anchor: v.state.doc.line(Math.min(line, v.state.doc.lines)).from }, scrollIntoView: true }); v.focus(); };
  return (
    <div className="edit">
      <div className="pane-head"><select aria-label={t('edit.file')} value={path} onChange={(e) => setPath(e.target.value)}>{names.map((n) => <option key={n}>{n}</option>)}</select><button type="button" className="chip" onClick={create}>{t('edit.new')}</button>{object?.exists && selection?.kind === 'object' && <button type="button" className="chip" onClick={load}>{t('edit.load', { name: object.ref.name.length > 18 ? `…${object.ref.name.slice(-12)}` : object.ref.name })}</button>}<span className="sp" />{errors.length > 0 && <button type="button" className="chip bad" onClick={() => go(error.line)}>{t('edit.errors', { n: errors.length })}</button>}<button type="button" className="chip on" aria-keyshortcuts="Control+Enter" onClick={() => void apply()}>{t('edit.apply')}</button><button type="button" className="pane-x" aria-label={t('edit.close')} onClick={() => setView({ editor: false })}>×</button></div>
      <div className="edit-host" ref={host} />
      <p className="edit-foot" role="status">{errors.length > 0 ? <>{errors.length > 1 && <button type="button" className="chip" aria-label={t('edit.next')} onClick={() => { const next = (Math.min(shown, errors.length - 1) + 1) % errors.length; setShown(next); go(errors[next].line); }}>{t('edit.of', { n: Math.min(shown, errors.length - 1) + 1, of: errors.length })} ›</button>}<b>{t('edit.line', { n: error.line })}</b> {error.message}</> : said}</p>
    </div>
  );
}
