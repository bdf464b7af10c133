/**
 * iptables rules as rows: what they match, where they lead, and their text as iptables-save would print it.
 * Upstream: pkg/proxy/iptables/proxier.go (chain names, probabilities)
 */
import { sha256 } from '../../base/sha256.ts';

export type Table = 'filter' | 'nat';

/** All conditions must hold. Absent: any. */
export interface Rule {
  readonly comment?: string;
  readonly dstLocal?: true;
  readonly srcLocal?: true;
  /** `%0.10f`: taken with this probability. */
  readonly probability?: string;
  /** Recorded affinity: `check` within so many seconds, or `set`. */
  readonly recent?: { readonly name: string; readonly check?: number };
  readonly protocol?: string;
  /** Address or CIDR; a leading `! ` negates. */
  readonly destination?: string;
  readonly port?: number;
  readonly source?: string;
  readonly ctstate?: string;
  /** The packet's masquerade mark must (not) be set. */
  readonly marked?: boolean;
  readonly target: string;
  /** DNAT's address. */
  readonly to?: string;
  /** MARK's operand: `--or-mark 0x4000`. */
  readonly operand?: string;
}

/** Rules that iptables-save would print the same. */
export function sameRules(a: readonly Rule[], b: readonly Rule[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as unknown as Fields, b[i] as unknown as Fields];
    if (x === y) continue;
    for (const key of Object.keys(x)) if (key !== 'recent' && x[key] !== y[key]) return false;
    for (const key of Object.keys(y)) if (x[key] === undefined && y[key] !== undefined) return false;
    if (a[i].recent?.name !== b[i].recent?.name || a[i].recent?.check !== b[i].recent?.check) return false;
  }
  return true;
}
type Fields = Readonly<Record<string, unknown>>;

export const MARK = '0x00004000';

function address(flag: string, value: string): string {
  const negated = value.startsWith('! ');
  const bare = negated ? value.slice(2) : value;
  return `${negated ? '! ' : ''}${flag} ${bare.includes('/') ? bare : `${bare}/32`}`;
}

/** `-A CHAIN …`. */
export function ruleText(chain: string, rule: Rule): string {
  const words = [`-A ${chain}`];
  if (rule.comment !== undefined) words.push(`-m comment --comment ${/[^A-Za-z0-9_./:-]/.test(rule.comment) ? `"${rule.comment}"` : rule.comment}`);
  if (rule.dstLocal) words.push('-m addrtype --dst-type LOCAL');
  if (rule.srcLocal) words.push('-m addrtype --src-type LOCAL');
  if (rule.marked !== undefined) words.push(`-m mark ${rule.marked ? '' : '! '}--mark ${MARK}/${MARK}`);
  if (rule.ctstate !== undefined) words.push(`-m conntrack --ctstate ${rule.ctstate}`);
  if (rule.probability !== undefined) words.push(`-m statistic --mode random --probability ${rule.probability}`);
  if (rule.recent !== undefined) words.push(`-m recent --name ${rule.recent.name} ${rule.recent.check === undefined ? '--set' : `--rcheck --seconds ${rule.recent.check} --reap`}`);
  if (rule.protocol !== undefined) words.push(`-m ${rule.protocol} -p ${rule.protocol}`);
  if (rule.destination !== undefined) words.push(address('-d', rule.destination));
  if (rule.port !== undefined) words.push(`--dport ${rule.port}`);
  if (rule.source !== undefined) words.push(address('-s', rule.source));
  words.push(`-j ${rule.target}`);
  if (rule.operand !== undefined) words.push(rule.operand);
  if (rule.to !== undefined) words.push(`--to-destination ${rule.to}`);
  return words.join(' ');
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Texts hashed before: every node names the same chains, at every sync. A pure memo. */
const HASHES = new Map<string, string>();

/** The first 16 base32 characters (80 bits) of the SHA-256. */
export function chainHash(text: string): string {
  let hash = HASHES.get(text);
  if (hash === undefined) {
    if (HASHES.size >= 50_000) HASHES.clear();
    HASHES.set(text, (hash = base32OfHash(text)));
  }
  return hash;
}

function base32OfHash(text: string): string {
  const hex = sha256(text).slice(0, 20);
  let out = '';
  for (let at = 0; at < 20; at += 5) {
    // 20 bits are 5 hexadecimal digits and 4 base32 characters.
    const bits = Number.parseInt(hex.slice(at, at + 5), 16);
    out += BASE32[(bits >>> 15) & 31] + BASE32[(bits >>> 10) & 31] + BASE32[(bits >>> 5) & 31] + BASE32[bits & 31];
  }
  return out;
}

export function chainName(prefix: 'SVC' | 'SVL' | 'FW' | 'EXT', servicePort: string, protocol: string): string {
  return `KUBE-${prefix}-${chainHash(servicePort + protocol)}`;
}

export function endpointChainName(servicePort: string, protocol: string, endpoint: string): string {
  return `KUBE-SEP-${chainHash(servicePort + protocol + endpoint)}`;
}

/** 1/n with ten decimals, rounded half to even as C and Go print it (no 1/n is exactly half at that place but for powers of two and five). */
export function probability(n: number): string {
  return (PROBABILITIES[n] ??= decimals(n));
}
/** A pure memo; as long as the most endpoints of a service. */
const PROBABILITIES: string[] = [];

function decimals(n: number): string {
  const scaled = 10_000_000_000n;
  const whole = scaled / BigInt(n);
  const rest = (scaled % BigInt(n)) * 2n;
  const rounded = rest > BigInt(n) || (rest === BigInt(n) && whole % 2n === 1n) ? whole + 1n : whole;
  return `${rounded / scaled}.${String(rounded % scaled).padStart(10, '0')}`;
}
