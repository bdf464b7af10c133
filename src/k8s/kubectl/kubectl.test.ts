import { describe, expect, it } from 'vitest';
import type { ApiRequest, ApiResponse } from '../apimachinery/request.ts';
import { act, runProgram } from '../../sim/program.ts';
import type { Program } from '../../sim/program.ts';
import { complete } from './complete.ts';
import { kubectl } from './kubectl.ts';
import type { KubectlIo } from './session.ts';

type Answer = (r: ApiRequest) => ApiResponse | undefined;

const notFound = (r: ApiRequest): ApiResponse => ({
  code: 404,
  body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason: 'NotFound', code: 404, message: `${r.resource}${r.group === '' ? '' : '.' + r.group} "${r.name}" not found`, details: { name: r.name, kind: r.resource } },
});

/** Runs a command against a table of answers. */
function run(argv: string[], answer: Answer = () => undefined, stdin?: string, files: Record<string, string> = {}) {
  let out = '';
  let err = '';
  const requests: ApiRequest[] = [];
  const io: KubectlIo = {
    *write(fd, text) { yield* act(() => { if (fd === 1) out += text; else err += text; }); },
    readFile: (path) => files[path], listDirectory: () => undefined, contextNamespace: () => '', setContextNamespace: () => undefined,
    *request(r): Program<ApiResponse> { requests.push(r); return answer(r) ?? notFound(r); },
    *watch() { return 'box'; }, *unwatch() { /* closed */ },
  };
  const { result } = runProgram(kubectl({ argv, ...(stdin === undefined ? {} : { stdin }) }, io), { now: 60_000_000, draw: () => 0 }, () => undefined);
  return { out, err, code: result, requests };
}

const echoed: Answer = (r) => (r.verb === 'create' ? { code: 201, body: JSON.parse(r.text!) } : undefined);
const web = {
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default', uid: 'u', resourceVersion: '5', creationTimestamp: '2026-01-01T00:00:00Z', generation: 1 },
  spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'nginx', image: 'nginx:1' }] } } }, status: {},
};
const stored: Answer = (r) => (r.verb === 'get' && r.name === 'web' ? { code: 200, body: web } : r.verb === 'patch' ? { code: 200, body: web } : undefined);

describe('what the real kubectl answers without a cluster', () => {
  it.each([
    [['frobnicate'], 'error: unknown command "frobnicate" for "kubectl"\n', 1],
    [['gett'], 'error: unknown command "gett" for "kubectl"\n\nDid you mean this?\n\tset\n\tget\n', 1],
    [['get', 'pods', '--frob'], 'error: unknown flag: --frob\nSee \'kubectl get --help\' for usage.\n', 1],
    [['get', 'pods', '-Z'], "error: unknown shorthand flag: 'Z' in -Z\nSee 'kubectl get --help' for usage.\n", 1],
    [['create', 'deployment', 'web'], 'error: required flag(s) "image" not set\n', 1],
    [['create', 'configmap', 'big', '--from-literal=a'], 'error: invalid literal source a, expected key=value\n', 1],
    [['run', 'web', '--image=nginx', '--restart=Sometimes'], "error: invalid restart policy: Sometimes\nSee 'kubectl run -h' for help and examples\n", 1],
    [['create', 'deployment', 'a', 'b', '--image=x', '--replicas=z'], 'error: invalid argument "z" for "-r, --replicas" flag: strconv.ParseInt: parsing "z": invalid syntax\nSee \'kubectl create deployment --help\' for usage.\n', 1],
    [['get', 'pod', 'nothing'], 'Error from server (NotFound): pods "nothing" not found\n', 1],
    [['get', 'things'], 'error: the server doesn\'t have a resource type "things"\n', 1],
    [['top', 'nodes'], 'error: Metrics API not available\n', 1],
  ])('%j', (argv, err, code) => {
    const r = run(argv as string[]);
    expect(r.err).toBe(err);
    expect(r.code).toBe(code);
  });
});

describe('requests', () => {
  it('create deployment posts JSON with its manager and strict validation', () => {
    const r = run(['create', 'deployment', 'web', '--image=nginx:1.27', '--replicas=3', '--port=80'], echoed);
    expect(r.out).toBe('deployment.apps/web created\n');
    expect(r.requests).toHaveLength(1);
    expect(r.requests[0]).toMatchObject({ verb: 'create', group: 'apps', resource: 'deployments', namespace: 'default', options: { fieldManager: 'kubectl-create', fieldValidation: 'Strict' }, contentType: 'application/json' });
    expect(JSON.parse(r.requests[0].text!).spec.template.spec.containers).toEqual([{ name: 'nginx', image: 'nginx:1.27', ports: [{ containerPort: 80 }], resources: {} }]);
  });

  it('dry run prints what would be sent', () => {
    const r = run(['create', 'deployment', 'web', '--image=nginx', '--dry-run=client', '-o', 'yaml']);
    expect(r.requests).toHaveLength(0);
    expect(r.out).toBe(`apiVersion: apps/v1
kind: Deployment
metadata:
  labels:
    app: web
  name: web
spec:
  replicas: 1
  selector:
    matchLabels:
      app: web
  strategy: {}
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
      - image: nginx
        name: nginx
        resources: {}
status: {}
`);
  });

  it('apply creates with the annotation, then sends only differences', () => {
    const manifest = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 2}\n';
    const first = run(['apply', '-f', '-'], echoed, manifest);
    expect(first.out).toBe('deployment.apps/web created\n');
    const body = JSON.parse(first.requests[1].text!);
    expect(first.requests[1].options).toMatchObject({ fieldManager: 'kubectl-client-side-apply', fieldValidation: 'Strict' });
    const live = { ...web, ...body, metadata: { ...web.metadata, ...body.metadata } };
    const get: Answer = (r) => (r.verb === 'get' ? { code: 200, body: live } : { code: 200, body: live });
    expect(run(['apply', '-f', '-'], get, manifest).out).toBe('deployment.apps/web unchanged\n');
    const changed = run(['apply', '-f', '-'], get, manifest.replace('2', '5'));
    expect(changed.out).toBe('deployment.apps/web configured\n');
    expect(JSON.parse(changed.requests[1].text!).spec).toEqual({ replicas: 5 });
  });

  it('set image patches the one container', () => {
    const r = run(['set', 'image', 'deployment/web', 'nginx=nginx:2'], stored);
    expect(r.out).toBe('deployment.apps/web image updated\n');
    expect(JSON.parse(r.requests[1].text!)).toEqual({ spec: { template: { spec: { '$setElementOrder/containers': [{ name: 'nginx' }], containers: [{ image: 'nginx:2', name: 'nginx' }] } } } });
    expect(run(['set', 'image', 'deployment/web', 'other=x'], stored).err).toBe('error: unable to find container named "other"\n');
  });

  it('scale patches the subresource', () => {
    const r = run(['scale', 'deployment', 'web', '--replicas=4'], stored);
    expect(r.out).toBe('deployment.apps/web scaled\n');
    expect(r.requests[1]).toMatchObject({ verb: 'patch', subresource: 'scale', text: '{"spec":{"replicas":4}}' });
  });

  it('label refuses to overwrite', () => {
    const labelled: Answer = (r) => (r.verb === 'get' ? { code: 200, body: { ...web, metadata: { ...web.metadata, labels: { tier: 'a' } } } } : { code: 200, body: web });
    expect(run(['label', 'deployment', 'web', 'tier=b'], labelled).err).toBe("error: 'tier' already has a value (a), and --overwrite is false\n");
    const r = run(['label', 'deployment', 'web', 'tier-', 'x=y'], labelled);
    expect(r.out).toBe('deployment.apps/web modified\n');
    expect(JSON.parse(r.requests[1].text!)).toEqual({ metadata: { labels: { x: 'y', tier: null } } });
  });

  it('reports every missing name and each refusal as the real one', () => {
    const r = run(['get', 'pods', 'a', 'b']);
    expect(r.err).toBe('Error from server (NotFound): pods "a" not found\nError from server (NotFound): pods "b" not found\n');
    const invalid: Answer = (q) => (q.verb === 'create' ? { code: 422, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason: 'Invalid', code: 422, message: 'm', details: { name: 'web', kind: 'Pod', causes: [{ field: 'a', message: 'x' }, { field: 'b', message: 'y' }] } } } : undefined);
    expect(run(['apply', '-f', '-'], invalid, 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}').err).toBe('The Pod "web" is invalid: \n* a: x\n* b: y\n');
    expect(run(['get', 'pods'], () => ({ code: 0, body: 'connection refused' })).err).toBe('The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?\n');
  });

  it('manifests that are wrong say so before anything is sent', () => {
    const bad = (text: string): string => run(['apply', '-f', '-'], undefined, text).err;
    expect(bad('kind: Pod')).toBe('error: error validating "STDIN": error validating data: apiVersion not set; if you choose to ignore these errors, turn validation off with --validate=false\n');
    expect(bad('apiVersion: apps/v2\nkind: Deployment\nmetadata: {name: web}')).toBe('error: resource mapping not found for name: "web" namespace: "" from "STDIN": no matches for kind "Deployment" in version "apps/v2"\nensure CRDs are installed first\n');
    expect(run(['apply', '-f', 'nope.yaml']).err).toBe('error: the path "nope.yaml" does not exist\n');
    expect(bad('')).toBe('error: no objects passed to apply\n');
  });
});

describe('formats', () => {
  const object: Answer = () => ({ code: 200, body: web });
  it.each([
    ['name', 'deployment.apps/web\n'],
    ['jsonpath={.spec.template.spec.containers[*].image}', 'nginx:1'],
    ['jsonpath={range .spec.template.spec.containers[?(@.name=="nginx")]}{.name}={.image}{"\\n"}{end}', 'nginx=nginx:1\n'],
    ['jsonpath={..image}', 'nginx:1'],
    ['jsonpath={.nothing}', ''],
    ['custom-columns=NAME:.metadata.name,N:.spec.replicas,X:.none', 'NAME   N     X\nweb    1     <none>\n'],
    ['go-template={{range .spec.template.spec.containers}}{{.name}} {{.image}}{{"\\n"}}{{end}}', 'nginx nginx:1\n'],
  ])('%s', (format, out) => {
    expect(run(['get', 'deployment', 'web', '-o', format], object).out).toBe(out);
  });

  it('refuses an unknown one', () => {
    expect(run(['get', 'pods', '-o', 'xml'], object).err).toContain('unable to match a printer suitable for the output format "xml", allowed formats are: custom-columns,');
  });
});

describe('completion', () => {
  const lookups = { names: () => ['db-0', 'web-1', 'web-2'], namespaces: () => ['default', 'shop'], commands: () => ['grep'], files: () => ['a.yaml'] };
  it.each([
    ['kubectl des', ['describe']],
    ['kubectl get po', ['poddisruptionbudgets', 'pods', 'podtemplates']],
    ['kubectl get pods web', ['web-1', 'web-2']],
    ['kubectl delete pod web-1 w', ['web-2']],
    ['kubectl rollout st', ['status']],
    ['kubectl get pods -n sh', ['shop']],
    ['kubectl get pods -o ya', ['yaml']],
    ['kubectl get pods --show', ['--show-kind', '--show-labels', '--show-managed-fields']],
    ['kubectl get pod/we', ['web-1', 'web-2']],
    ['kubectl get pods | gr', ['grep']],
  ])('%s', (line, options) => {
    expect(complete(line, line.length, lookups).options).toEqual(options);
  });
});
