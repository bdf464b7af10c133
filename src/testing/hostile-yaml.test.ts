/**
 * YAML from strangers, on its whole way: reader, editor's check, kubectl apply, kube-apiserver. Mutations of real manifests, bombs, and a
 * script in every string: each is taken or refused with a text that says what is wrong, in few steps, and nothing else is touched.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { checkManifest } from '../host/check.ts';
import { Peek } from '../host/peek.ts';
import { startCommand, transcriptOf } from '../host/workstation.ts';
import { decodeDocuments } from '../k8s/kubectl/decode.ts';
import '../k8s/kubectl/eager.ts';
import { createWorkstation } from '../k8s/shell/workstation.ts';
import { LIBRARY } from '../scenario/library/index-by-id.ts';
import { parseScenario } from '../scenario/scenario.ts';
import { createApiHarness } from './api-harness.ts';
import type { ApiHarness } from './api-harness.ts';
import type { AdmissionCase } from './admission-cases.ts';
import { drawer, mutate, SCRIPT, scripted } from './mutate-manifest.ts';

const COUNT = process.env.ORRERY_FULL === '1' ? 10_000 : 2_000;
/** Events that one `kubectl apply` of one text may take, whatever is in it: a request and its answer are about a dozen. */
const EVENTS = 2_000;
/** What only an error of ours would say. */
const OURS = /undefined|\[object|Cannot read|not a function|not iterable|Maximum call|Invalid array|Invalid regular expression|JSON at position|Unexpected token|(?<!unsupported value: )NaN\b|panic/;

const here = new URL('golden/', import.meta.url);
const stdins = (text: string): string[] => parseScenario(text).steps.flatMap((step) => (step.kind === 'command' && step.stdin !== undefined ? [step.stdin] : []));
const corpus: readonly string[] = [
  ...readdirSync(new URL('scenarios/', here)).sort().flatMap((file) => stdins(readFileSync(new URL(`scenarios/${file}`, here), 'utf8'))),
  ...LIBRARY.flatMap((entry) => stdins(entry.text)),
  ...readFileSync(new URL('admission.jsonl', here), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as AdmissionCase)
    .filter((one) => /\/valid$|\/large/.test(one.id) && one.request.contentType === 'application/yaml').flatMap((one) => one.request.body ?? []),
];

interface Applied { readonly code: number; readonly out: string; readonly err: string; readonly events: number }
function desk(): { api: ApiHarness; apply: (text: string) => Applied; kept: () => unknown } {
  const api = createApiHarness({}, 1, [createWorkstation]);
  api.ask({ verb: 'create', resource: 'serviceaccounts', namespace: 'default', body: { metadata: { name: 'default' } } });
  api.ask({ verb: 'create', resource: 'namespaces', body: { metadata: { name: 'kept' } } });
  api.ask({ verb: 'create', resource: 'configmaps', namespace: 'kept', body: { metadata: { name: 'work' }, data: { hours: '3' } } });
  const { sim } = api;
  const peek = new Peek(sim);
  return {
    api, kept: () => api.ask({ verb: 'get', resource: 'configmaps', namespace: 'kept', name: 'work' }).body,
    apply(text) {
      const id = startCommand(sim, 'kubectl apply -f -', text);
      const ended = (): number | null | undefined => peek.container<{ exitCode: number | null }>('workstation', 'processes')?.get(String(id).padStart(8, '0'))?.exitCode;
      let events = 0;
      while (typeof ended() !== 'number' && events < EVENTS) {
        sim.step();
        events++;
      }
      const chunks = transcriptOf(peek).chunks.filter((chunk) => chunk.process === id);
      return { code: ended() ?? -1, out: chunks.filter((chunk) => chunk.stream === 'out').map((chunk) => chunk.text).join(''), err: chunks.filter((chunk) => chunk.stream === 'err').map((chunk) => chunk.text).join(''), events };
    },
  };
}
/** Says what is wrong with how a text was answered; nothing if all is well. */
function wrongs(text: string, applied: Applied): string[] {
  const out: string[] = [];
  // YAML knows more line breaks than an editor shows; the editor keeps within its own
  const lines = text.split(/\r\n|[\n\r\u0085\u2028\u2029]/).length;
  for (const { line, column, message } of checkManifest(text).errors) {
    if (!(line >= 1 && line <= lines + 1 && column >= 1)) out.push(`check: line ${line}, column ${column} of ${lines} lines: ${message}`);
    if (message.trim() === '' || (OURS.test(message) && !OURS.test(text))) out.push(`check says: ${message}`);
  }
  const decoded = decodeDocuments(text);
  if (decoded.error !== undefined && (decoded.error.trim() === '' || (OURS.test(decoded.error) && !OURS.test(text)))) out.push(`decoding says: ${decoded.error}`);
  if (applied.events >= EVENTS) out.push(`apply did not end within ${EVENTS} events`);
  const said = applied.out + applied.err;
  if (said.trim() === '') out.push(`apply said nothing and ended with ${applied.code}`);
  if (applied.code > 0 && applied.err.trim() === '') out.push(`apply failed with ${applied.code} without an error text`);
  if (OURS.test(said) && !OURS.test(text)) out.push(`apply says: ${said.slice(0, 300)}`);
  return out;
}

let clean: string[];
beforeAll(() => { clean = Object.getOwnPropertyNames(Object.prototype); });
const unharmed = (): void => {
  expect('broken' in globalThis).toBe(false);
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(clean);
};

it('the manifests themselves are taken', () => {
  expect(corpus.length).toBeGreaterThan(25);
  const { apply } = desk();
  expect(corpus.filter((text) => checkManifest(text).errors.length === 0 && apply(text).code === 0).length).toBeGreaterThan(corpus.length / 2);
});

it(`${COUNT} mutations: each is taken or refused with a text, in few steps, and leaves the rest alone`, () => {
  const draw = drawer(20260101);
  const bad: string[] = [];
  let taken = 0;
  for (let i = 0; i < COUNT && bad.length < 20;) {
    // a cluster for every five hundred, so that what was taken does not pile up
    const { apply, kept } = desk();
    const before = kept();
    for (const end = Math.min(COUNT, i + 500); i < end && bad.length < 20; i++) {
      const text = mutate(corpus[draw(corpus.length)], corpus[draw(corpus.length)], draw);
      try {
        const applied = apply(text);
        if (applied.code === 0) taken++;
        for (const wrong of wrongs(text, applied)) bad.push(`${i}: ${wrong}\n${text.slice(0, 1500)}`);
      } catch (error) {
        bad.push(`${i}: threw ${(error as Error).stack?.slice(0, 500)}\n${text.slice(0, 1500)}`);
      }
    }
    expect(kept()).toEqual(before);
  }
  expect(bad).toEqual([]);
  // some are still good manifests, most are not: else this test says little
  expect(taken).toBeGreaterThan(COUNT / 50);
  expect(taken).toBeLessThan((COUNT * 4) / 5);
  unharmed();
}, 600_000);

it('a script in every string: stored as text or refused, never run', () => {
  const { apply, api } = desk();
  const bad: string[] = [];
  for (const text of corpus.flatMap((one) => [scripted(one, true), scripted(one, false)])) for (const wrong of wrongs(text, apply(text))) bad.push(wrong);
  expect(bad).toEqual([]);
  expect(apply(`apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: scripts\n  annotations:\n    note: ${JSON.stringify(SCRIPT)}\ndata:\n  page.html: ${JSON.stringify(SCRIPT)}\n`)).toMatchObject({ code: 0 });
  expect((api.ask({ verb: 'get', resource: 'configmaps', namespace: 'default', name: 'scripts' }).body as unknown as { data: unknown }).data).toEqual({ 'page.html': SCRIPT });
  unharmed();
});
