// Changed fields, a line for what went and a line for what came. Long paths may break after a dot.
import type { JSX } from 'react';
import type { FieldChange } from '../../protocol/protocol.ts';
import { useT } from '../words.tsx';

const cut = (v: string): string => (v.length > 300 ? `${v.slice(0, 300)}…` : v);
export const dotted = (path: string): string => path.replace(/([.\]])/g, '$1\u200b');
export function Diff({ changes }: { changes: readonly FieldChange[] }): JSX.Element {
  const t = useT(), shown = changes.slice(0, 24);
  return <div className="diff">{shown.map((c) => <div key={c.path}>{c.before !== undefined && <div className="del"><b>-</b> <span>{dotted(c.path)}: {cut(c.before)}</span></div>}{c.after !== undefined && <div className="ins"><b>+</b> <span>{dotted(c.path)}: {cut(c.after)}</span></div>}</div>)}{changes.length > shown.length && <div className="quiet">{t('insp.moreFields', { n: changes.length - shown.length })}</div>}</div>;
}
