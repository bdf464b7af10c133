/**
 * Names and uids that the server draws. Each is a function of what it is for and of how many were drawn for it before.
 * Upstream: staging/src/k8s.io/apiserver/pkg/storage/names/generate.go, apimachinery/pkg/util/uuid
 */
import type { Context } from '../../sim/types.ts';
import type { State } from './state.ts';

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const MAX_NAME = 63;
const SUFFIX = 5;

function next(state: State, key: string): number {
  const n = state.counters.get(key) ?? 0;
  state.counters.set(key, n + 1);
  return n;
}

const hex = (n: number, digits: number): string => (n >>> 0).toString(16).padStart(8, '0').slice(8 - digits);

/** A version 4 uuid. `key`: the object's place in etcd. */
export function drawUid(state: State, ctx: Context, key: string): string {
  const n = next(state, key) * 4;
  const a = ctx.draw('uid', key, n), b = ctx.draw('uid', key, n + 1), c = ctx.draw('uid', key, n + 2), d = ctx.draw('uid', key, n + 3);
  // Joined: a uid is kept as long as its object, and a template would keep its ten parts.
  return [hex(a, 8), '-', hex(b, 8).slice(0, 4), '-4', hex(b, 3), '-', (8 + ((c >>> 28) & 3)).toString(16), hex(c, 3), '-', hex(c >>> 12, 4), hex(d, 8)].join('');
}

/** base + 5 characters; the base is cut so that the whole has at most 63. */
export function drawName(state: State, ctx: Context, prefix: string, base: string): string {
  let r = ctx.draw('name', prefix + base, next(state, prefix + base));
  let suffix = '';
  for (let i = 0; i < SUFFIX; i++) {
    suffix += ALPHABET[r % 27];
    r = Math.floor(r / 27);
  }
  return base.slice(0, MAX_NAME - SUFFIX) + suffix;
}
