// What the terminal and the editor ask: completion, structure, errors with places; and a document that is found again by its times.
import { expect, it } from 'vitest';
import type { AnswerMessage, Input, Method, Methods, View } from '../protocol/protocol.ts';
import { checkManifest } from './check.ts';
import { Engine } from './engine.ts';
import { schemaAt } from './schema.ts';

function engine(): <M extends Method>(method: M, params: Methods[M][0]) => Promise<Methods[M][1]> {
  const waiting = new Map<number, (answer: AnswerMessage) => void>();
  const made = new Engine({ post: (answer) => { if (!('progress' in answer)) waiting.get(answer.id)?.(answer); }, clock: () => performance.now(), breathe: () => Promise.resolve(), build: 'test', assets: () => Promise.resolve() });
  let id = 0;
  return (method, params) => new Promise((resolve, reject) => {
    id++;
    waiting.set(id, (answer) => ('error' in answer ? reject(new Error(answer.error.message)) : resolve((answer as unknown as { result: never }).result)));
    made.take({ id, method, params } as never);
  });
}
const run = (call: ReturnType<typeof engine>, input: Input): Promise<View> => call('input', { input });

it('completes words, flags, resources and names of this moment', async () => {
  const call = engine();
  await call('open', { document: { scenario: '', seed: 1, inputs: [] } });
  const texts = async (line: string): Promise<string[]> => (await call('complete', { line, cursor: line.length })).items.map((item) => item.text);
  expect(await texts('kubectl rollout u')).toEqual(['undo']);
  expect(await texts('kubectl get deploy')).toEqual(['deployments']);
  expect(await texts('kubectl describe node node-')).toEqual(['node-1', 'node-2', 'node-3']);
  expect(await texts('kubectl get pods -n kube-s')).toEqual(['kube-system']);
  expect(await texts('kubectl get pods --out')).toContain('--output=');
  expect((await call('complete', { line: 'kubectl get node/node-', cursor: 22 })).from).toBe(17);
});

it('saves, applies, interrupts; the same document gives the same hash', async () => {
  const call = engine();
  await call('open', { document: { scenario: '', seed: 3, inputs: [] } });
  await run(call, { kind: 'edit', path: 'web.yaml', text: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  a: b\n', apply: true });
  const { cursor } = await call('view', { at: 22_000_000 });
  await run(call, { kind: 'command', line: 'kubectl get configmap web -w' });
  await call('view', { at: cursor.at + 1_000_000 });
  const stopped = await run(call, { kind: 'interrupt' });
  const after = await call('view', { at: stopped.cursor.at + 1_000_000 });
  expect(after.transcript.map((chunk) => chunk.text).join('')).toMatch(/configmap\/web created[^]*\^C/);
  expect(after.projection.terminal.running).toBe(false);
  expect((await call('files', {})).files.map((file) => file.path)).toEqual(['web.yaml']);
  const document = await call('document', {});
  const again = await engine()('open', { document });
  expect([again.traceHash, again.cursor.event]).toEqual([after.traceHash, after.cursor.event]);
});

it('a scenario with steps becomes a document of inputs, and stands at its beginning', async () => {
  const call = engine();
  const view = await call('open', { document: { scenario: '$ kubectl create namespace one\n$ kubectl apply -f -\n| apiVersion: v1\n| kind: Namespace\n| metadata:\n|   name: two\n', seed: 1, inputs: [] } });
  expect(view.later).toBe(3);
  const document = await call('document', { moment: false });
  expect(document.inputs.map((one) => one.input.kind)).toEqual(['command', 'edit', 'command']);
  expect(document.scenario).toBe('@ orrery 1\n');
  await expect(call('open', { document: { scenario: '@ nodes 9999', seed: 1, inputs: [] } })).rejects.toThrow(/line 1/);
});

it('knows the fields at a place', () => {
  expect(schemaAt('apps/v1', 'Deployment', ['spec', 'template', 'spec', 'containers']).fields.map((field) => field.name)).toContain('readinessProbe');
  expect(schemaAt('v1', 'Pod', ['spec', 'restartPolicy']).fields).toEqual([]);
  expect(schemaAt('', '', []).fields.find((field) => field.name === 'kind')?.values).toContain('Deployment');
});

it('finds errors where they are', () => {
  const at = (text: string): string[] => checkManifest(text).errors.map((error) => `${error.line}:${error.column} ${error.message}`);
  const head = 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n';
  expect(at(`${head}  replicas: "three"\n`)).toEqual(['6:3 spec.replicas expects int32, got a string']);
  expect(at(`${head}  replcas: 3\n`)[0]).toMatch(/^6:3 unknown field/);
  expect(at('a: [\n')[0]).toMatch(/^\d+:1 yaml:/);
  expect(at('kind: Pod\n')).toEqual(['1:1 apiVersion not set']);
  expect(at('---\napiVersion: v1\nkind: Pd\n')[0]).toMatch(/^3:1 no matches/);
  const whole = `${head}  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n      - name: Web_1\n        image: nginx\n`;
  expect(at(whole)[0]).toMatch(/^11:9 spec.template.spec.containers\[0\].name: Invalid value/);
  expect(at(whole.replace('Web_1', 'web'))).toEqual([]);
});
