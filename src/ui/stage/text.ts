// Cutting names to the room they have. Long names are cut in the middle, paths at the front; the full text stays in the accessible name.
/** Roughly how wide a text is drawn, in px at 11 px mono: CJK characters are wider. */
export function textWidth(s: string, per = 6.65): number { let n = 0; for (const c of s) n += c > '\u2e80' ? 11 : per; return n; }
export function cutMiddle(s: string, max: number): string {
  if (s.length <= max) return s;
  const tail = Math.max(3, Math.min(6, Math.floor((max - 1) / 2)));
  return `${s.slice(0, Math.max(1, max - tail - 1))}…${s.slice(-tail)}`;
}
/** A Pod's own part of its name: what follows the template hash; a DaemonSet's or system Pod's first word. */
export function shortPod(name: string): string {
  const parts = name.split('-');
  if (parts.length >= 3 && /^[a-z0-9]{8,10}$/.test(parts[parts.length - 2]) && /^[a-z0-9]{5}$/.test(parts[parts.length - 1])) return /^(coredns|kindnet|kube)/.test(name) ? parts[0] : parts[parts.length - 1];
  if (parts.length >= 2 && /^[a-z0-9]{5}$/.test(parts[parts.length - 1]) && /\d/.test(parts[parts.length - 1])) return parts.slice(0, -1).join('-');
  return name;
}
/** An etcd key without its prefix: "/registry/pods/default/web-abc" to "pods/default/web-abc". */
export const keyTail = (key: string): string => key.replace(/^\/registry\//, '');

const OWN = /^(.+)-[a-z0-9]{8,10}-([a-z0-9]{5})$/;
/** "kube-system/coredns-589f44dc88-d2v7h" and "pods/web-7d876db474-" with what a reader does not need cut out of the middle. */
export const shortName = (name: string): string => { const m = OWN.exec(name); return m ? `${m[1]}-…-${m[2]}` : name.replace(/-[a-z0-9]{8,10}-$/, '-…').replace(/-[a-z0-9]{8,10}\.[0-9a-f]+$/, '-…'); };
/**
 * A message's label ("POST pods/web-7d876db474-7794x/binding") in at most `max` characters: the template hash goes first, then the name's
 * stem, then the resource or the namespace; what is left is the verb. The full text stays in the title and in the caption.
 */
export function shortLabel(label: string, max: number): string {
  const at = label.indexOf(' '), verb = at < 0 ? label : label.slice(0, at), rest = at < 0 ? '' : label.slice(at + 1).replace(/^…\//, '');
  if (rest === '' || /^\d{3}$/.test(verb)) return label.length <= max ? label : verb.slice(0, Math.max(3, max));
  if (label.length <= max) return label;
  const parts = rest.split('/'), i = parts.findIndex((p) => OWN.test(p) || /-[a-z0-9]{8,10}[-.]/.test(p)), name = i < 0 ? '' : parts[i], own = OWN.exec(name)?.[2], after = i < 0 ? [] : parts.slice(i + 1);
  const tries = i >= 0
    ? [[...parts.slice(0, i), shortName(name), ...after], [shortName(name), ...after], own ? [`…-${own}`, ...after] : [parts[0], '…'], own ? [`…-${own}`] : [parts[0]], own ? [own] : [parts[0]]]
    : [parts, parts.length > 2 ? [parts[0], '…', parts[parts.length - 1]] : parts, parts.length > 1 ? ['…', parts[parts.length - 1]] : parts, parts.length > 1 ? [parts[0], '…'] : parts];
  for (const t of tries) { const text = `${verb} ${t.join('/')}`; if (text.length <= max) return text; }
  return i < 0 && verb.length + 6 <= max ? `${verb} ${cutMiddle(parts[0], max - verb.length - 1)}` : verb.slice(0, Math.max(3, max));
}
/** An etcd key for a narrow ledger: resource and the name's telling end, "pods/…7794x", "leases/…". */
export function ledgerKey(key: string, max: number): string {
  const parts = keyTail(key).split('/').filter((p, i) => !(i === 0 && p.includes('.')) && p !== 'specs'), name = parts[parts.length - 1] ?? '', what = parts.length > 1 ? parts[0].replace('minions', 'nodes') : '', own = OWN.exec(name)?.[2];
  const event = /^(.*)\.[0-9a-f]{10,}$/.exec(name), stem = event ? event[1] : name, last = OWN.exec(stem)?.[2];
  for (const t of [`${what}/${name}`, `${what}/${shortName(stem)}`, own ?? last ? `${what}/…${own ?? last}` : `${what}/${stem}`, own ?? last ? `…${own ?? last}` : `…/${name}`, `${what}/…`]) if (t.length <= max) return t.replace(/^\//, '');
  return cutMiddle(what || name, Math.max(4, max));
}
