// Share: a link to this very moment. Everything stands in the address; nothing is sent anywhere.
import { useEffect, useState } from 'react';
import type { JSX } from 'react';
import { hasEngine } from '../stores/engine.ts';
import { useSession } from '../stores/session.ts';
import { setView, useView } from '../stores/view.ts';
import { useT } from '../words.tsx';
import { makeLink } from './link.ts';

export default function Share(): JSX.Element {
  const t = useT(), [title, setTitle] = useState(''), [note, setNote] = useState(''), [look, setLook] = useState(false), [link, setLink] = useState(''), [copied, setCopied] = useState(false), [error, setError] = useState(''), event = useSession((s) => s.cursor.event), selection = useView((s) => s.selection);
  useEffect(() => {
    let live = true;
    if (!hasEngine()) return;
    const wait = setTimeout(() => { makeLink({ title, note, selection: true, look }).then((l) => { if (live) { setLink(l); setCopied(false); setError(''); } }, (e: unknown) => { if (live) setError(e instanceof Error ? e.message : String(e)); }); }, 200);
    return () => { live = false; clearTimeout(wait); };
  }, [title, note, look, event, selection]);
  const copy = async (): Promise<void> => {
    const fresh = hasEngine() ? await makeLink({ title, note, selection: true, look }) : link;
    setLink(fresh);
    try { await navigator.clipboard.writeText(fresh); setCopied(true); } catch { const f = document.querySelector<HTMLInputElement>('#share-link'); f?.select(); setError(t('share.byHand')); }
  };
  return (
    <div className="panel share">
      <label className="col"><span>{t('share.title')}</span><input className="field" value={title} maxLength={200} onChange={(e) => setTitle(e.target.value)} /></label>
      <label className="col grow"><span>{t('share.note')}</span><input className="field" value={note} maxLength={2000} onChange={(e) => setNote(e.target.value)} /></label>
      <label className="tick"><input type="checkbox" checked={look} onChange={(e) => setLook(e.target.checked)} />{t('share.look')}</label>
      <div className="col grow"><label htmlFor="share-link">{t('share.link', { n: Math.max(0, link.length - link.indexOf('#') - 1) })}</label><input id="share-link" className="field m" readOnly value={link} onFocus={(e) => e.currentTarget.select()} /></div>
      <button type="button" className="btn" disabled={link === ''} onClick={() => void copy()}>{copied ? t('share.copied') : t('share.copy')}</button>
      <button type="button" className="btn close" onClick={() => setView({ panel: null })}>{t('set.close')}</button>
      <p className="note" role="status">{error || t('share.why')}</p>
    </div>
  );
}
