/** The engine depends on nothing but its input: what could make it differ by machine, locale or moment does not occur in its text, and is not touched when it runs. */
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bootedCluster, perform, randomActs } from './random-scenario.ts';
import type { Simulator } from '../sim/simulator.ts';

const SRC = new URL('..', import.meta.url);
const ENGINE = /^(base|sim|trace|k8s|scenario)\//;

const FORBIDDEN: Readonly<Record<string, RegExp>> = {
  'clock or chance': /\bnew Date\b|\bDate\.|\bDate\(|\bMath\.random\b|\bperformance\.|\bcrypto\./g,
  'promise or timer': /\bPromise\b|\basync\b|\bawait\b|\bsetTimeout\b|\bsetInterval\b|\bqueueMicrotask\b|\brequestAnimationFrame\b/g,
  'the world outside': /\bprocess\.(?:env|argv|hrtime|cwd)\b|\brequire\(|\bfetch\('|\bXMLHttpRequest\b|\blocalStorage\b|\bindexedDB\b|\bdocument\.\w/g,
  'locale or Unicode version': /\bIntl\b|\.localeCompare\(|\.toLocale\w*\(|\.normalize\(|\\p\{/g,
  'case mapping': /\.to(?:Upper|Lower)Case\(/g,
  'floating point that differs by engine': /\bMath\.(?!floor\b|ceil\b|round\b|trunc\b|min\b|max\b|abs\b|imul\b|sqrt\b|sign\b|clz32\b)\w+/g,
};

/** `kind: file` -> why it may. */
const ALLOWED: Readonly<Record<string, string>> = {
  'case mapping: k8s/apimachinery/go-dump.ts': "the first letter of a Go field's name",
  'case mapping: k8s/apimachinery/yaml-emit.ts': 'hexadecimal digits and the e of a number',
  'case mapping: k8s/kube-apiserver/http.ts': 'the method and the media type: whatever is not ASCII is refused next',
  'case mapping: k8s/kube-apiserver/validation/internal-form.ts': "the first letter of a Go field's name",
  'case mapping: k8s/kube-proxy/service-ports.ts': 'a protocol: TCP, UDP or SCTP, nothing else passes validation',
  'case mapping: k8s/kubectl/jsonpath.ts': 'hexadecimal digits',
  'case mapping: k8s/kube-controller-manager/cronjob/schedule.ts': 'looked up among names of months and days: what is not ASCII is not found',
};

/** Without comments and texts, which may name what code may not. Template texts stay. */
export function codeOf(text: string): string {
  return text.replace(/\/\*[^]*?\*\//g, '').replace(/(^|[\s;{}(,])\/\/[^\n]*/g, '$1').replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "''");
}

export function forbidden(file: string, text: string): string[] {
  const code = codeOf(text);
  return Object.entries(FORBIDDEN).flatMap(([kind, pattern]) => (ALLOWED[`${kind}: ${file}`] ? [] : [...code.matchAll(pattern)].map((m) => `${kind}: ${file}: ${m[0]}`)));
}

const run = (sim: Simulator): number => perform(sim, randomActs(11), 600).traceHash();

describe('determinism', () => {
  it('the text of the engine names nothing that differs by machine', () => {
    const files = (readdirSync(SRC, { recursive: true }) as string[]).filter((name) => ENGINE.test(name) && name.endsWith('.ts') && !/\.(test|bench)\.ts$|\/generated\//.test(name));
    expect(files.length).toBeGreaterThan(300);
    expect(files.sort().flatMap((file) => forbidden(file, readFileSync(new URL(file, SRC), 'utf8')))).toEqual([]);
  });

  it('would notice', () => {
    const text = "// new Date is bad\nconst a = 'Math.random';\nconst b = Math.pow(2, 3); x.sort((p, q) => p.localeCompare(q)); await y; /\\p{L}/u.test(z); s.toUpperCase();\n";
    expect(forbidden('sim/x.ts', text).map((one) => one.split(': ').at(-1))).toEqual(['await', '.localeCompare(', '\\p{', '.toUpperCase(', 'Math.pow']);
    expect(forbidden('sim/x.ts', 'const t = Date.now() + Math.max(1, 2);')).toEqual(['clock or chance: sim/x.ts: Date.']);
  });

  it('runs the same where clock, chance, timers and promises throw', () => {
    const wanted = run(bootedCluster());
    const sim = bootedCluster();
    const world = globalThis as unknown as Record<string, unknown>;
    const trap = (name: string): unknown => new Proxy(function () {}, {
      apply: () => { throw new Error(`${name} was called`); },
      construct: () => { throw new Error(`${name} was constructed`); },
      get: () => { throw new Error(`${name} was read`); },
    });
    const names = ['Date', 'setTimeout', 'setInterval', 'queueMicrotask', 'Promise', 'Intl', 'performance', 'crypto', 'fetch', 'structuredClone'];
    const kept = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
    const random = Math.random;
    let hash: number;
    try {
      for (const name of names) Object.defineProperty(world, name, { configurable: true, writable: true, value: trap(name) });
      Math.random = trap('Math.random') as () => number;
      hash = run(sim);
    } finally {
      names.forEach((name, i) => kept[i] && Object.defineProperty(world, name, kept[i]));
      Math.random = random;
    }
    expect(hash).toBe(wanted);
  });

  it('does not depend on the order in which containers were filled', () => {
    const start = bootedCluster().serialise() as { scalars: unknown; containers: [string, string, unknown[]][] };
    const sims = [start, { ...start, containers: start.containers.map(([owner, name, entries]) => [owner, name, entries.toReversed()]) }].map((state) => {
      const sim = bootedCluster();
      // Emptied first: what stays where it was would keep its place.
      sim.restore({ ...start, containers: start.containers.map(([owner, name]) => [owner, name, []]) });
      sim.restore(state);
      return sim;
    });
    expect(run(sims[1])).toBe(run(sims[0]));
  });
});
