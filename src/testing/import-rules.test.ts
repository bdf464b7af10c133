/** Who may import whom. A part is a folder of src, or of src/k8s; tests may import what they like. */
import { readFileSync, readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = new URL('..', import.meta.url);

const K8S_COMPONENTS = ['container-runtime', 'coredns', 'kube-apiserver', 'kube-controller-manager', 'kube-proxy', 'kube-scheduler', 'kubectl', 'kubelet'].map((name) => `k8s/${name}`);
const SHARED = ['base', 'sim', 'trace', 'k8s/api', 'k8s/apimachinery', 'k8s/client-go', 'k8s/timing.ts'];

/** Part -> what it may import besides itself. A part that is missing here may import nothing. */
const RULES: Readonly<Record<string, readonly string[]>> = {
  base: [], trace: ['base'], sim: ['trace', 'base'],
  'k8s/apimachinery': ['base', 'k8s/api'], 'k8s/api': ['k8s/apimachinery'], 'k8s/client-go': ['base', 'sim', 'trace', 'k8s/api', 'k8s/apimachinery'],
  'k8s/cri-api': ['sim'], 'k8s/etcd': ['sim', 'base'], 'k8s/timing.ts': [], 'k8s/addons.ts': ['k8s/api'],
  ...Object.fromEntries(K8S_COMPONENTS.map((name) => [name, SHARED])),
  'k8s/kube-apiserver': [...SHARED, 'k8s/etcd'], 'k8s/kubelet': [...SHARED, 'k8s/cri-api'],
  // Containers and the workstation use one shell; the workstation's shell has a kubectl.
  'k8s/container-runtime': [...SHARED, 'k8s/cri-api', 'k8s/shell'], 'k8s/shell': [...SHARED, 'k8s/kubectl'],
  'k8s/cluster.ts': ['base', 'sim', 'k8s/*'],
  scenario: ['base', 'protocol'], lesson: ['trace', 'base', 'protocol'], protocol: [], i18n: [],
  host: ['base', 'sim', 'trace', 'k8s/*', 'scenario', 'lesson', 'protocol'],
  ui: ['protocol', 'scenario', 'lesson', 'trace', 'base', 'i18n'],
  'cli.ts': ['host', 'k8s/kubectl'], 'worker.ts': ['host', 'protocol', 'k8s/kubectl'], 'main.tsx': ['ui'], 'sw.ts': [], server: ['host', 'base', 'sim', 'k8s/*', 'protocol'],
};

/** `importing file -> imported part`, each with the reason why it is allowed all the same. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'host/cli-api.ts -> testing': '`orrery api` answers the very cases that the tests answer, by the same code',
};
/** Of these parts only types may be imported by those who are not listed above. */
const TYPES_ONLY: Readonly<Record<string, readonly string[]>> = { 'k8s/apimachinery': ['sim'] };

const partOf = (path: string): string => {
  const [first, second] = path.split('/');
  return first === 'k8s' ? `k8s/${second}` : first;
};
const files = (readdirSync(SRC, { recursive: true }) as string[]).filter((name) => /\.tsx?$/.test(name)).sort();
const isTest = (name: string): boolean => /\.(test|bench)\.tsx?$/.test(name) || name.startsWith('testing/');

interface Import { readonly file: string; readonly to: string; readonly types: boolean }

export function importsOf(file: string, text: string): Import[] {
  const out: Import[] = [];
  for (const m of text.matchAll(/^(?:import|export)\s+(type\s)?[^;'"]*?from\s+'(\.[^']+)'|^import\s+'(\.[^']+)'|\bimport\(\s*'(\.[^']+)'/gm)) {
    const path = m[2] ?? m[3] ?? m[4];
    out.push({ file, to: posix.join(posix.dirname(file), path), types: m[1] !== undefined });
  }
  return out;
}

export function wrong({ file, to, types }: Import): string | undefined {
  const [from, part] = [partOf(file), partOf(to)];
  if (from === part || EXCEPTIONS[`${file} -> ${part}`]) return undefined;
  const allowed = RULES[from] ?? [];
  if (allowed.includes(part) || (part.startsWith('k8s/') && allowed.includes('k8s/*'))) return undefined;
  if (types && TYPES_ONLY[from]?.includes(part)) return undefined;
  return `${file} imports ${to}: ${from} may not import ${part}`;
}

describe('import rules', () => {
  it('hold in every file', () => {
    const all = files.filter((name) => !isTest(name)).flatMap((file) => importsOf(file, readFileSync(new URL(file, SRC), 'utf8')));
    expect(all.length).toBeGreaterThan(500);
    expect(all.map(wrong).filter((one) => one !== undefined)).toEqual([]);
  });

  it('would catch a component that imports another, a page that imports the engine, a value where only types may go', () => {
    const text = "import { a } from '../kube-scheduler/cache.ts';\nimport type {\n  B } from '../../sim/types.ts';\n";
    expect(importsOf('k8s/kubelet/x.ts', text).map(wrong)).toEqual(['k8s/kubelet/x.ts imports k8s/kube-scheduler/cache.ts: k8s/kubelet may not import k8s/kube-scheduler', undefined]);
    expect(importsOf('ui/x.tsx', "const x = import('../sim/simulator.ts');").map(wrong)[0]).toContain('ui may not import sim');
    expect(importsOf('k8s/apimachinery/x.ts', "import { x } from '../../sim/types.ts';").map(wrong)[0]).toContain('may not import sim');
  });

  it('protocol holds types alone', () => {
    for (const file of files.filter((name) => name.startsWith('protocol/'))) expect(readFileSync(new URL(file, SRC), 'utf8'), file).not.toMatch(/^(?:export\s+)?(?:function|class|let|var)\s|^import\s+(?!type)/m);
  });

  it('the engine imports no package', () => {
    const foreign = files.filter((name) => !isTest(name) && /^(base|sim|trace|k8s|scenario)\//.test(name))
      .flatMap((file) => [...readFileSync(new URL(file, SRC), 'utf8').matchAll(/^(?:import|export)[^;'"]*?from\s+'([^.'][^']*)'/gm)].map((m) => `${file}: ${m[1]}`));
    expect(foreign).toEqual(ALLOWED_PACKAGES);
  });
});

/** Links are inflated and deflated by fflate: pure, synchronous, without clock or chance. */
const ALLOWED_PACKAGES: readonly string[] = files.filter((file) => file === 'scenario/link.ts').map((file) => `${file}: fflate`);
