import { describe, expect, it } from 'vitest';
import { parseYaml, parseYamlTree, splitYamlDocuments } from './yaml.ts';

const read = (text: string): unknown => { const a = parseYaml(text); return a.error ?? a.value; };
const bad = (text: string): string | undefined => parseYaml(text).error;

describe('YAML', () => {
  it('reads what people paste', () => {
    expect(read('a: 1\nb:\n- x\n- p: z\n  w: [1, {k: v}, "q\\n"]\nc: |\n  one\n   two\n\nd: >-\n  f\n  g\n\n  h\ne:\n  f: \'it\'\'s\'\n')).toEqual({ a: 1, b: ['x', { p: 'z', w: [1, { k: 'v' }, 'q\n'] }], c: 'one\n two\n', d: 'f g\nh', e: { f: "it's" } });
    expect(read('# c\n---\na: b # d\n...\n')).toEqual({ a: 'b' });
    expect(read('a: http://x:80/y?z\nb: -1\nc: "#x"\nd: a#b\n')).toEqual({ a: 'http://x:80/y?z', b: -1, c: '#x', d: 'a#b' });
    expect(read('')).toBe(null);
    expect(read('a: 1\n---\nb: [')).toEqual({ a: 1 });
    expect(read('{"a": [1, 2,], "b" : null}')).toEqual({ a: [1, 2], b: null });
    expect(read('a: |+\n  x\n\nb: |2\n   y\n')).toEqual({ a: 'x\n\n', b: ' y\n' });
    expect(read('a: long text\n  goes on\n\n  here\n')).toEqual({ a: 'long text goes on\nhere' });
    expect(read('? a\n: b\n')).toEqual({ a: 'b' });
    expect(read('a:\nb: ~\n')).toEqual({ a: null, b: null });
  });
  it('YAML 1.1 counts', () => {
    expect(read('[y, No, on, 0100, 0x1F, 0b11, 1_000, 1e3, .5, 08, 1.0, 12:30, 2020-01-01, "yes", 0o17]')).toEqual([true, false, true, 64, 31, 3, 1000, 1000, 0.5, 8, 1, '12:30', '2020-01-01', 'yes', 15]);
    expect(read('1: a\ntrue: b\n')).toEqual({ 1: 'a', true: 'b' });
    expect(read('a: !!str 1\nb: !!int "2"\n')).toEqual({ a: '1', b: 2 });
  });
  it('anchors, aliases and merges', () => {
    expect(read('a: &x {b: 1}\nc: *x\nd:\n  <<: *x\n  e: 2\n')).toEqual({ a: { b: 1 }, c: { b: 1 }, d: { b: 1, e: 2 } });
    expect(bad('a: *nope')).toBe("yaml: unknown anchor 'nope' referenced");
    expect(bad('a: &a [*a]')).toBe("yaml: anchor 'a' value contains itself");
  });
  it('fails in upstream’s words', () => {
    expect(bad('a: b: c')).toBe('yaml: mapping values are not allowed in this context');
    expect(bad('a: 1\nb: x: y')).toBe('yaml: line 2: mapping values are not allowed in this context');
    expect(bad('a: 1\nb:\n\tc: 1')).toBe('yaml: line 3: found character that cannot start any token');
    expect(bad('a: "x\nb: 1\n')).toBe('yaml: line 3: found unexpected end of stream');
    expect(bad('a:\n  b: 1\n c: 2\n')).toBe('yaml: line 2: did not find expected key');
    expect(bad('a: [1, 2\nb: 1\n')).toBe("yaml: line 1: did not find expected ',' or ']'");
    expect(bad('a: 1\nb\nc: 2')).toBe("yaml: line 3: could not find expected ':'");
    expect(bad('a: @x')).toBe('yaml: found character that cannot start any token');
    expect(bad('a: \u0001')).toBe('yaml: control characters are not allowed');
  });
  it('notes duplicate keys at the second value’s line', () => {
    const a = parseYaml('kind: A\nmetadata:\n  name: x\nkind: B\n');
    expect(a).toEqual({ value: { kind: 'B', metadata: { name: 'x' } }, duplicates: [{ line: 4, key: 'kind' }] });
  });
  it('refuses bombs quickly', () => {
    expect(bad('['.repeat(100_000))).toMatch(/exceeded max depth/);
    expect(bad(Array.from({ length: 5000 }, (_, i) => ' '.repeat(i) + 'a:').join('\n'))).toMatch(/exceeded max depth/);
    const laughs = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]', ...Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill('*a' + i).join(', ')}]`)].join('\n');
    expect(bad(laughs)).toBe('yaml: document contains excessive aliasing');
    expect(read('__proto__: {x: 1}')).toEqual(JSON.parse('{"__proto__":{"x":1}}'));
  });
  it('knows where things stand', () => {
    const t = parseYamlTree('a:\n  b: [1,\n    2]\n');
    if ('error' in t) throw new Error(t.error);
    const b = t.root!.children[1].children[1];
    expect([b.start, b.end, b.children[1].start]).toMatchObject([{ line: 1, column: 5 }, { line: 2, column: 6 }, { line: 2, column: 4 }]);
  });
  it('cuts documents as kubectl does', () => {
    expect(splitYamlDocuments('---\na: 1\n---\n\n--- # c\nb: 2\n')).toEqual([{ text: 'a: 1', line: 1 }, { text: 'b: 2\n', line: 5 }]);
  });
});
