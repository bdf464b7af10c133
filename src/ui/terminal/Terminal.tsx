// The terminal: what was typed and printed up to this moment, and a prompt. Enter acts at the cursor; in the past that leaves the rest on its own run.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { ClipboardEvent, JSX, KeyboardEvent } from 'react';
import type { Completion, TranscriptChunk } from '../../protocol/protocol.ts';
import { engine, hasEngine, input } from '../stores/engine.ts';
import { useSession } from '../stores/session.ts';
import { setView, useView } from '../stores/view.ts';
import { Rich, useT } from '../words.tsx';
import { commonStart, searchBack, typedLines } from './history.ts';
import { leaveTyping, typeLines, useTyping } from './typing.ts';

interface Block { process: number; line: string; parts: { stream: string; text: string }[] }
/** The transcript as blocks, a command each, in the order in which the commands were started. */
export function blocksOf(transcript: readonly TranscriptChunk[]): Block[] {
  const out = new Map<number, Block>();
  for (const c of transcript) {
    let b = out.get(c.process);
    if (!b) { b = { process: c.process, line: '', parts: [] }; out.set(c.process, b); }
    if (c.stream === 'in') { b.line += c.text.replace(/\n$/, ''); continue; }
    const last = b.parts.at(-1);
    if (last?.stream === c.stream) last.text += c.text; else b.parts.push({ stream: c.stream, text: c.text });
  }
  return [...out.values()];
}
/** A command of several lines as it was typed, behind the prompts of a shell. */
const Prompted = ({ text }: { text: string }): JSX.Element => <div className="tty-in">{text.split('\n').map((l, i) => <span key={i}><i>{i === 0 ? '$ ' : '\n> '}</i>{l}</span>)}</div>;

export default function Terminal(): JSX.Element {
  const t = useT(), transcript = useSession((s) => s.transcript), offer = useSession((s) => s.offer), running = useSession((s) => s.projection?.terminal.running ?? false), later = useSession((s) => s.later), phone = useView((s) => s.width === 'phone');
  const [text, setText] = useState(''), [at, setAt] = useState(-1), [search, setSearch] = useState<string | null>(null), [menu, setMenu] = useState<{ c: Completion; index: number } | null>(null);
  const { open, waiting, error, typed } = useTyping();
  const blocks = useMemo(() => blocksOf(transcript), [transcript]), history = useMemo(() => typedLines(blocks.map((b) => b.line), typed), [blocks, typed]);
  // a way out for who typed what does not exist: in the page's own words, below what the terminal printed
  const lost = !running && text === '' && (blocks.at(-1)?.parts.some((p) => p.stream === 'err' && /unknown (command|shorthand flag|flag)|command not found|doesn't have a resource type/.test(p.text)) ?? false);
  const field = useRef<HTMLTextAreaElement>(null), end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    field.current?.focus();
    const box = end.current?.parentElement;
    if (!box) return;
    const o = new ResizeObserver(() => { box.scrollTop = box.scrollHeight; });
    o.observe(box);
    return () => o.disconnect();
  }, []);
  useLayoutEffect(() => { const box = end.current?.parentElement; if (box) box.scrollTop = box.scrollHeight; }, [blocks, running, menu, open, waiting]);
  useLayoutEffect(() => { const f = field.current; if (f) { f.style.height = 'auto'; f.style.height = `${f.scrollHeight}px`; } }, [text]);

  const send = (lines: readonly string[]): void => {
    setText(''); setAt(-1); setMenu(null); setSearch(null);
    typeLines(lines);
  };
  const put = (c: Completion, item: string): void => { const f = field.current, caret = f?.selectionStart ?? text.length, tail = text.slice(caret), next = text.slice(0, c.from) + item + (/[=/]$/.test(item) || tail !== '' ? '' : ' '); setText(next + tail); requestAnimationFrame(() => f?.setSelectionRange(next.length, next.length)); };
  const complete = async (): Promise<void> => {
    const caret = field.current?.selectionStart ?? text.length;
    if (!hasEngine()) return;
    const c = await engine().call('complete', { line: text, cursor: caret });
    if (c.items.length === 0) { setMenu(null); return; }
    if (c.items.length === 1) { put(c, c.items[0].text); setMenu(null); return; }
    const common = commonStart(c.items.map((i) => i.text)), word = text.slice(c.from, caret);
    if (common.length > word.length) { const next = text.slice(0, c.from) + common; setText(next + text.slice(caret)); }
    setMenu({ c, index: -1 });
  };
  const interrupt = (): void => { const left = open !== '' || waiting.length > 0; leaveTyping(); if (running && open === '' && hasEngine()) void input({ kind: 'interrupt' }); else if (left || text !== '') { setText(''); setMenu(null); } };
  const key = (e: KeyboardEvent<HTMLTextAreaElement>): void => {
    // a command of several lines that was taken from the history and not changed is left by the arrows again
    const many = text.includes('\n') && (at < 0 || text !== history[history.length - 1 - at]);
    if (search !== null) {
      if (e.key === 'Escape') { e.preventDefault(); setSearch(null); return; }
      if (e.key === 'Enter') { e.preventDefault(); setText(searchBack(history, search) ?? text); setSearch(null); return; }
    }
    if (e.ctrlKey && e.key === 'r') { e.preventDefault(); setSearch(search ?? ''); setText(search ?? ''); return; }
    if (e.ctrlKey && e.key === 'c' && field.current?.selectionStart === field.current?.selectionEnd) { e.preventDefault(); interrupt(); return; }
    if (e.ctrlKey && e.key === 'l') { e.preventDefault(); end.current?.scrollIntoView({ block: 'start' }); return; }
    if (e.ctrlKey && e.key === 'u') { e.preventDefault(); setText(''); return; }
    if (e.key === '`' && text === '') { e.preventDefault(); e.stopPropagation(); setView({ terminal: false }); return; }
    if (e.key === 'Tab' && !e.shiftKey && text.trim() !== '') {
      e.preventDefault();
      if (menu) { const index = (menu.index + 1) % menu.c.items.length, item = menu.c.items[index].text; setMenu({ ...menu, index }); setText(text.slice(0, menu.c.from) + item); return; }
      void complete();
      return;
    }
    if (e.key === 'Escape') { e.preventDefault(); if (menu) setMenu(null); else field.current?.blur(); return; }
    if (e.key === 'Enter' && !e.shiftKey) { e.preventDefault(); if (menu && menu.index >= 0) { put(menu.c, menu.c.items[menu.index].text); setMenu(null); return; } send(text.split('\n')); return; }
    if (!many && (e.key === 'ArrowUp' || e.key === 'ArrowDown')) {
      e.preventDefault();
      const to = e.key === 'ArrowUp' ? Math.min(history.length - 1, at + 1) : Math.max(-1, at - 1);
      setAt(to); setText(to < 0 ? '' : history[history.length - 1 - to]); setMenu(null);
    }
  };
  const paste = (e: ClipboardEvent<HTMLTextAreaElement>): void => {
    // several lines that end in a line break are typed one after the other, as a terminal does
    const lines = e.clipboardData.getData('text').replaceAll('\r\n', '\n').split('\n');
    if (lines.length < 2) return;
    e.preventDefault();
    const first = text + lines[0], rest = lines.slice(1, -1);
    send([first, ...rest]); setText(lines.at(-1) ?? '');
  };
  const found = search === null ? undefined : searchBack(history, search);
  return (
    <div className="tty" onClick={(e) => { if (e.target === e.currentTarget) field.current?.focus(); }}>
      <div className="pane-head"><b>{t('term.title')}</b><span className="ns m">default</span><span className="sp" /><span className="hint">{phone ? '' : at >= 0 ? t('term.history', { n: history.length - at, of: history.length }) : t('term.hint')}</span>{running && <button type="button" className="chip" onClick={interrupt}>{t('term.interrupt')}</button>}<button type="button" className="pane-x" aria-label={t('term.close')} onClick={() => setView({ terminal: false })}>×</button></div>
      <div className="tty-text" role="log" aria-label={t('term.log')} tabIndex={0} onMouseUp={(e) => { if (window.getSelection()?.isCollapsed !== false && !(e.target as Element).closest('button, textarea')) field.current?.focus(); }}>
        {blocks.map((b) => <div key={b.process}><Prompted text={b.line} />{b.parts.map((p, i) => <div key={i} className={`tty-${p.stream}`}>{p.text.replace(/\n$/, '')}</div>)}</div>)}
        {waiting.map((line, i) => <div key={i} className="tty-wait"><Prompted text={line} /></div>)}
        {open !== '' && <Prompted text={open} />}
        {error !== '' && <div className="tty-err" role="alert">{error}</div>}
        <div className="tty-prompt"><label className="tty-mark" htmlFor="tty-line">{search === null ? (open !== '' ? '>' : running ? '…' : '$') : `(${t('term.search')})`}</label><textarea id="tty-line" ref={field} rows={1} value={text} aria-label={t('term.prompt')} autoCapitalize="off" autoCorrect="off" autoComplete="off" spellCheck={false} placeholder={blocks.length === 0 && offer !== '' ? offer : ''} onChange={(e) => { setText(e.target.value); setMenu(null); setAt(-1); if (search !== null) setSearch(e.target.value); }} onKeyDown={key} onPaste={paste} /></div>
        {found !== undefined && <div className="tty-found">{found}</div>}
        {menu && <ul className="tty-menu" aria-label={t('term.completions')}>{menu.c.items.slice(0, 24).map((item, i) => <li key={item.text}><button type="button" className={i === menu.index ? 'on' : ''} tabIndex={-1} onClick={() => { put(menu.c, item.text); setMenu(null); field.current?.focus(); }}>{item.text}</button></li>)}{menu.c.items.length > 24 && <li>{t('term.more', { n: menu.c.items.length - 24 })}</li>}<li className="d" role="status">{menu.index >= 0 ? menu.c.items[menu.index].detail : ''}</li></ul>}
        <div ref={end} />
      </div>
      {lost && <p className="tty-fork" role="status"><Rich text={t('term.way')} /></p>}
      {later > 0 && <p className="tty-fork">{t('term.fork', { n: later })}</p>}
    </div>
  );
}
