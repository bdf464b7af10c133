/**
 * IP addresses and CIDRs as Go's net and net/netip read and print them.
 * Upstream: k8s.io/utils/internal/third_party/forked/golang/net (ParseIPSloppy, ParseCIDRSloppy), Go's net/netip.
 * Left out: zones (`fe80::1%eth0`), which Kubernetes refuses everywhere.
 */

/** 4 or 16 bytes. `leadingZeros`: accepted by the old parser only. `mapped`: written as an IPv4-mapped IPv6 address (bytes are then 4). */
export interface Ip { readonly bytes: readonly number[]; readonly leadingZeros: boolean; readonly mapped: boolean }
export interface Cidr { readonly ip: Ip; readonly length: number; readonly leadingZeros: boolean }

function parse4(text: string): { bytes: number[]; zeros: boolean } | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  const bytes: number[] = [];
  let zeros = false;
  for (const p of parts) {
    if (!/^[0-9]+$/.test(p) || p.length > 20) return undefined;
    const n = Number(p);
    if (n > 255) return undefined;
    if (p.length > 1 && p[0] === '0') zeros = true;
    bytes.push(n);
  }
  return { bytes, zeros };
}

/** Accepts what ParseIPSloppy accepts (leading zeros too); undefined if it is no address. */
export function parseIp(text: string): Ip | undefined {
  if (text.length > 60) return undefined;
  if (!text.includes(':')) {
    const four = parse4(text);
    return four === undefined ? undefined : { bytes: four.bytes, leadingZeros: four.zeros, mapped: false };
  }
  let rest = text;
  let tail: number[] = [];
  let zeros = false;
  const dot = rest.indexOf('.');
  if (dot >= 0) {
    const colon = rest.lastIndexOf(':');
    if (colon < 0 || colon > dot) return undefined;
    const four = parse4(rest.slice(colon + 1));
    if (four === undefined) return undefined;
    tail = four.bytes; zeros = four.zeros;
    rest = rest.slice(0, colon);
    // `::1.2.3.4` leaves a bare colon: put the second one back.
    if (rest.endsWith(':') || rest === '') rest += ':';
  }
  const halves = rest.split('::');
  if (halves.length > 2) return undefined;
  const words = (s: string): number[] | undefined => {
    if (s === '') return [];
    const out: number[] = [];
    for (const w of s.split(':')) {
      if (!/^[0-9a-fA-F]{1,4}$/.test(w)) return undefined;
      const n = parseInt(w, 16);
      out.push(n >> 8, n & 255);
    }
    return out;
  };
  const head = words(halves[0]);
  const back = halves.length === 2 ? words(halves[1]) : [];
  if (head === undefined || back === undefined) return undefined;
  const known = head.length + back.length + tail.length;
  if (halves.length === 1 ? known !== 16 : known > 14) return undefined;
  const bytes = [...head, ...Array.from({ length: 16 - known }, () => 0), ...back, ...tail];
  const mapped = bytes.slice(0, 10).every((b) => b === 0) && bytes[10] === 255 && bytes[11] === 255;
  return { bytes: mapped ? bytes.slice(12) : bytes, leadingZeros: zeros, mapped };
}

/** Canonical text (RFC 5952); an IPv4-mapped address prints as IPv4, as net.IP does. */
export function ipText(ip: Ip): string {
  if (ip.bytes.length === 4) return ip.bytes.join('.');
  const w: number[] = [];
  for (let i = 0; i < 16; i += 2) w.push((ip.bytes[i] << 8) | ip.bytes[i + 1]);
  let from = -1, to = -1;
  for (let i = 0; i < 8; i++) {
    let j = i;
    while (j < 8 && w[j] === 0) j++;
    if (j - i > to - from && j - i >= 2) { from = i; to = j; }
    if (j > i) i = j;
  }
  let out = '';
  for (let i = 0; i < 8; i++) {
    if (i === from) { out += '::'; i = to; if (i >= 8) break; } else if (i > 0) out += ':';
    out += w[i].toString(16);
  }
  return out;
}

export function isIpv6(ip: Ip): boolean { return ip.bytes.length === 16; }

/** Accepts what ParseCIDRSloppy accepts. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const ip = parseIp(text.slice(0, slash));
  const digits = text.slice(slash + 1);
  if (ip === undefined || !/^[0-9]{1,8}$/.test(digits)) return undefined;
  const length = Number(digits);
  if (length > (ip.bytes.length === 4 && !ip.mapped ? 32 : 128)) return undefined;
  return { ip, length, leadingZeros: ip.leadingZeros || (digits.length > 1 && digits[0] === '0') };
}

/** Number of bits of the prefix within `cidr.ip.bytes`. */
function prefixBits(cidr: Cidr): number {
  return cidr.ip.mapped ? Math.max(0, cidr.length - 96) : cidr.length;
}

/** The network's address: bits beyond the prefix cleared. */
export function maskedIp(cidr: Cidr): Ip {
  const bits = prefixBits(cidr);
  const bytes = cidr.ip.bytes.map((b, i) => {
    const keep = Math.min(8, Math.max(0, bits - i * 8));
    return b & (0xff00 >> keep) & 0xff;
  });
  return { bytes, leadingZeros: false, mapped: false };
}

/** `10.0.0.0/24`, masked. */
export function cidrText(cidr: Cidr): string { return ipText(maskedIp(cidr)) + '/' + prefixBits(cidr); }

export function sameIp(a: Ip, b: Ip): boolean {
  return a.bytes.length === b.bytes.length && a.bytes.every((x, i) => x === b.bytes[i]);
}

export function cidrContains(cidr: Cidr, ip: Ip): boolean {
  if (cidr.ip.bytes.length !== ip.bytes.length) return false;
  return sameIp(maskedIp(cidr), maskedIp({ ip, length: cidr.ip.mapped && ip.bytes.length === 4 ? prefixBits(cidr) : cidr.length, leadingZeros: false }));
}
