// Chromium's worker computes what Node computes: every scenario of the library, every recorded one, and runs with inputs and faults, to their end: the same hash. And what the worker weighs.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { AnswerMessage, Methods, RunDocument } from '../src/protocol/protocol.ts';
import { Engine } from '../src/host/engine.ts';
import type { ProseTable } from '../src/host/prose.ts';
import '../src/k8s/kubectl/eager.ts';
import { provideProse } from '../src/k8s/kubectl/asset.ts';
import { LIBRARY } from '../src/scenario/library/index-by-id.ts';
import { expect, test } from './page.ts';
import { openPage } from './workbench.ts';

const command = (at: number, line: string): RunDocument['inputs'][number] => ({ at: at * 1_000_000, input: { kind: 'command', line } });
const golden = new URL('../src/testing/golden/scenarios/', import.meta.url);
const runs: ReadonlyMap<string, RunDocument> = new Map<string, RunDocument>([
  ['a rollout', { scenario: '', seed: 7, inputs: [command(20, 'kubectl create deployment web --image=nginx:1.27 --replicas=3'), command(30, 'kubectl set image deployment/web nginx=nginx:1.28'), command(60, 'kubectl get pods')] }],
  ['a stopped scheduler', { scenario: '@ orrery 1\n@ nodes 5\n', seed: 2, inputs: [{ at: 21_000_000, input: { kind: 'fault', fault: 'stop', target: 'kube-scheduler' } }, command(22, 'kubectl run one --image=nginx:1.27'), { at: 30_000_000, input: { kind: 'fault', fault: 'start', target: 'kube-scheduler' } }, command(45, 'kubectl get pods')] }],
  ['a quota', { scenario: '', seed: 4_000_000_000, inputs: [command(20, 'kubectl create quota small --hard=pods=1'), command(22, 'kubectl create deployment web --image=nginx:1.27 --replicas=2'), command(40, 'kubectl describe quota small')] }],
  ...LIBRARY.map(({ id, text }) => [`library: ${id}`, { scenario: text, seed: 1, inputs: [] }] as const),
  ...readdirSync(golden).filter((file) => file.endsWith('.scenario')).sort().map((file) => [`recorded: ${file.slice(0, -'.scenario'.length)}`, { scenario: readFileSync(new URL(file, golden), 'utf8'), seed: 1, inputs: [] }] as const),
]);
interface End { at: number; hash: number }
/** One engine in this process, through all documents. */
async function inNode(documents: readonly RunDocument[]): Promise<End[]> {
  const prose = JSON.parse(readFileSync(new URL('../dist/page/explain-prose.json', import.meta.url), 'utf8')) as ProseTable;
  provideProse((type, field) => prose[type]?.[field]);
  const waiting = new Map<number, (a: AnswerMessage) => void>(), ends: End[] = [];
  const engine = new Engine({ clock: () => performance.now(), breathe: () => Promise.resolve(), build: 'test', assets: () => Promise.resolve(), post: (answer) => { if (!('progress' in answer)) waiting.get(answer.id)?.(answer); } });
  let id = 0;
  const ask = <M extends 'open' | 'view'>(method: M, params: Methods[M][0]): Promise<Methods[M][1]> => new Promise((resolve, reject) => { waiting.set(++id, (a) => ('error' in a ? reject(new Error(a.error.message)) : resolve((a as { result: Methods[M][1] }).result))); engine.take({ id, method, params } as never); });
  for (const document of documents) { const { end } = await ask('open', { document }), { traceHash } = await ask('view', { event: end.event }); ends.push({ at: end.at, hash: traceHash }); }
  return ends;
}
test('every scenario: the same trace hash in Node and in the worker', async ({ page }) => {
  test.setTimeout(240_000);
  await openPage(page);
  const url = page.workers()[0].url(), documents = [...runs.values()];
  // a worker of its own for all of them, spoken to as the page speaks to it
  const there = page.evaluate(async ({ url, documents }) => {
    const worker = new Worker(url, { type: 'module' }), waiting = new Map<number, (a: AnswerMessage) => void>(), ends: End[] = [];
    worker.onmessage = ({ data }: MessageEvent<AnswerMessage>) => { if (!('progress' in data)) waiting.get(data.id)?.(data); };
    let id = 0;
    const ask = (method: string, params: unknown): Promise<Methods['view'][1]> => new Promise((resolve, reject) => { waiting.set(++id, (a) => ('error' in a ? reject(new Error(a.error.message)) : resolve((a as { result: Methods['view'][1] }).result))); worker.postMessage({ id, method, params }); });
    for (const document of documents) { const { end } = await ask('open', { document }), { traceHash } = await ask('view', { event: end.event }); ends.push({ at: end.at, hash: traceHash }); }
    worker.terminate();
    return ends;
  }, { url, documents });
  const here = await inNode(documents), name = [...runs.keys()], said = (ends: End[]): string[] => ends.map((e, i) => `${name[i]}: ${(e.hash >>> 0).toString(16).padStart(8, '0')} at ${e.at} us`);
  expect(said(await there)).toEqual(said(here));
  expect(new Set(here.map((e) => e.hash)).size, 'runs that differ have hashes that differ').toBeGreaterThan(documents.length - 5);
});
test('the worker with all that it needs to begin is at most 350 kB gzip', async ({ page, request }) => {
  await openPage(page);
  const found = new Set(page.workers().map((w) => w.url())), sizes = new Map<string, number>();
  expect(found.size).toBe(1);
  // what it loads later, by import(), is not needed to begin
  for (const url of found) { const body = await (await request.get(url)).body(); sizes.set(url, gzipSync(body).length); for (const [, file] of body.toString().matchAll(/\bfrom ?["`]\.\/([^"`]+)["`]/g)) found.add(new URL(file, url).href); }
  expect([...sizes.values()].reduce((n, k) => n + k, 0), JSON.stringify([...sizes])).toBeLessThanOrEqual(350_000);
});
