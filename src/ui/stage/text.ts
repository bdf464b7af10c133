// Cutting names to the room they have. Long names are cut in the middle, paths at the front; the full text stays in the accessible name.
/** Roughly how wide a text is drawn, in px at 11 px mono: CJK characters are wider. */
export function textWidth(s: string, per = 6.65): number { let n = 0; for (const c of s) n += c > '\u2e80' ? 11 : per; return n; }
export function cutMiddle(s: string, max: number): string {
  if (s.length <= max) return s;
  const tail = Math.max(3, Math.min(6, Math.floor((max - 1) / 2)));
  return `${s.slice(0, Math.max(1, max - tail - 1))}…${s.slice(-tail)}`;
}
/** The end of a path: "…/leases/node-2". */
export function cutFront(s: string, max: number): string {
  if (s.length <= max) return s;
  // at a slash if one leaves most of the room used, else wherever it must
  for (let i = s.length - max + 1; i < s.length - 3; i++) if (s[i] === '/') return `…${s.slice(i)}`;
  return cutMiddle(s.slice(s.lastIndexOf('/') + 1), max);
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
