import { describe, expect, it } from 'vitest';
import { schemaOf, schemaOfObject } from '../api/schema.ts';
import { decodeBody } from './decode-body.ts';
import { base64Error, decodeBuilt, decodeTyped, normalise } from './decode.ts';
import { parseJson } from './json.ts';

const deployment = schemaOf('apps', 'v1', 'Deployment')!;
const pod = schemaOf('', 'v1', 'Pod')!;
const error = (text: string): string | undefined => parseJson(text).error;

describe('JSON', () => {
  it('fails in Go’s words', () => {
    expect(error('')).toBe('unexpected end of JSON input');
    expect(error('{"a":1,}')).toBe("invalid character '}' looking for beginning of object key string");
    expect(error("{'a':1}")).toBe("invalid character '\\'' looking for beginning of object key string");
    expect(error('hello')).toBe("invalid character 'h' looking for beginning of value");
    expect(error('{"a":"\\x"}')).toBe("invalid character 'x' in string escape code");
    expect(error('{}{')).toBe("invalid character '{' after top-level value");
    expect(error('tru')).toBe('unexpected end of JSON input');
    expect(error('trux')).toBe("invalid character 'x' in literal true (expecting 'e')");
    expect(error('[1 2]')).toBe("invalid character '2' after array element");
    expect(error('"a\nb"')).toBe("invalid character '\\n' in string literal");
    expect(error('é')).toBe("invalid character 'Ã' looking for beginning of value");
    expect(error('['.repeat(100_000))).toBe('exceeded max depth');
  });
  it('reads escapes, keeps the last of two keys, and a hostile one as data', () => {
    expect(parseJson('{"a":"\\u00e9\\n","a":[-1.5e2,null]}').value).toEqual({ a: [-150, null] });
    const v = parseJson('{"__proto__":{"x":1}}').value as object;
    expect(Object.keys(v)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

describe('typed decoding', () => {
  it('fills in what Go writes and drops what it does not', () => {
    const d = decodeTyped(deployment, { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', labels: null, annotations: {}, creationTimestamp: null }, spec: { replicas: 0, paused: false, selector: null, template: { spec: { containers: [{ name: 'a', command: [] }] } } } });
    expect(d.value).toEqual({
      apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' },
      spec: { replicas: 0, selector: null, strategy: {}, template: { metadata: {}, spec: { containers: [{ name: 'a', resources: {} }] } } }, status: {},
    });
  });
  it('returns what is canonical already by reference', () => {
    const once = normalise(pod, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [] } } as object);
    expect(normalise(pod, once)).toBe(once);
    expect(normalise(pod, JSON.parse(JSON.stringify(once)))).toEqual(once);
  });
  it('reports wrong types with Go’s struct and path, and the first of several', () => {
    const bad = (type: typeof pod, v: unknown): string | undefined => decodeTyped(type, v).error;
    expect(bad(deployment, { spec: { replicas: '3' } })).toBe('json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32');
    expect(bad(pod, { spec: { containers: [{ env: [{ value: 1 }] }] } })).toBe('json: cannot unmarshal number into Go struct field EnvVar.spec.containers.env.value of type string');
    expect(bad(pod, { metadata: { labels: { a: true } } })).toBe('json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string');
    expect(bad(pod, { spec: [] })).toBe('json: cannot unmarshal array into Go struct field Pod.spec of type v1.PodSpec');
    expect(bad(pod, { spec: { terminationGracePeriodSeconds: 1.5 } })).toBe('json: cannot unmarshal number 1.5 into Go struct field PodSpec.spec.terminationGracePeriodSeconds of type int64');
    expect(bad(pod, { spec: { hostNetwork: 'x', containers: [{ resources: { limits: { cpu: 'lots' } } }] } })).toMatch(/^quantities must match/);
    expect(bad(pod, { metadata: { creationTimestamp: 'yesterday' } })).toBe('parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"');
  });
  it('lists unknown and duplicate fields where they stand', () => {
    const raw = parseJson('{"metadata":{"name":"a","name":"b"},"spec":{"containers":[{"imgae":"x"}],"bogus":1}}').value;
    expect(decodeTyped(pod, raw).strict).toEqual(['duplicate field "metadata.name"', 'unknown field "spec.containers[0].imgae"', 'unknown field "spec.bogus"']);
  });
  it('finds the wrong byte of base64', () => {
    expect([base64Error('aGVsbG8='), base64Error('!!'), base64Error('abc'), base64Error('aGVs bG8='), base64Error('YQ=='), base64Error('YQ=')]).toEqual([-1, 0, 0, 4, -1, 3]);
  });
});

describe('bodies', () => {
  const post = (text: string, fieldValidation: 'Warn' | 'Strict' = 'Warn') => decodeBody({ text, contentType: 'application/json', group: '', version: 'v1', kind: 'ConfigMap', fieldValidation, schema: schemaOfObject });
  it('refuses as the server does', () => {
    expect(post('').status!.message).toBe("the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: unexpected end of JSON input (<empty>)");
    expect(post('{"kind":"ConfigMaps","apiVersion":"v1"}').status!.message).toBe('ConfigMaps in version "v1" cannot be handled as a ConfigMap: no kind "ConfigMaps" is registered for version "v1" in scheme "pkg/runtime/scheme.go:111"');
    expect(post('{"kind":"Pod","apiVersion":"v1"}').status!.message).toBe('Pod in version "v1" cannot be handled as a ConfigMap: converting (v1.Pod) to (core.ConfigMap): unknown conversion');
    expect(post('{"x":1}', 'Strict').status!.message).toBe('ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "x"');
  });
  it('fills in kind and version from the URL and warns', () => {
    const a = post('{"metadata":{"name":"a"},"x":1}');
    expect(a.status).toBeUndefined();
    expect(a.object).toEqual({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } });
    expect('warnings' in a && a.warnings).toEqual(['unknown field "x"']);
  });
});

describe('the quick way of typed clients', () => {
  /** A pod of every shape of field, and at each place each of these instead of what stands there. */
  const whole = {
    apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', labels: { app: 'web' }, creationTimestamp: '2026-01-01T00:00:00Z', finalizers: ['x'], generation: 1, managedFields: [{ manager: 'm', fieldsV1: { 'f:spec': {} }, time: '2026-01-01T00:00:00Z' }] },
    spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '100m' } }, livenessProbe: { httpGet: { port: 80 } }, env: [{ name: 'A' }] }], terminationGracePeriodSeconds: 30, hostNetwork: true, volumes: [{ name: 'v', emptyDir: {} }] },
    status: { conditions: [{ type: 'Ready', status: 'True', lastProbeTime: null, lastTransitionTime: '2026-01-01T00:00:00Z' }], startTime: '2026-01-01T00:00:00Z' },
  };
  const others: unknown[] = [null, undefined, '', 0, false, {}, [], 'text', '1000m', '2026-02-30T00:00:00Z', 1.5, 3e9, 1e300, true, [null], { a: null }, { unknown: 1 }, [{}]];
  function* variants(value: unknown): Generator<unknown> {
    yield* others;
    if (Array.isArray(value)) for (const [i, item] of value.entries()) for (const other of variants(item)) yield value.map((v, j) => (i === j ? other : v));
    else if (typeof value === 'object' && value !== null) for (const [key, item] of Object.entries(value)) for (const other of variants(item)) yield { ...value, [key]: other };
  }
  it('says what the slow way says, of every value at every place', () => {
    let n = 0;
    for (const one of [whole, ...variants(whole)]) {
      expect(decodeBuilt(pod, one), JSON.stringify(one)).toStrictEqual(decodeTyped(pod, one));
      expect(decodeBuilt(pod, one, whole).value, JSON.stringify(one)).toEqual(decodeTyped(pod, one).value);
      n++;
    }
    expect(n).toBeGreaterThan(800);
  });
});
