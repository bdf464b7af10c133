import { describe, expect, it } from 'vitest';
import { toJson } from './json-emit.ts';
import { toYaml } from './yaml-emit.ts';
import { parseYaml } from './yaml.ts';

describe('YAML output', () => {
  it('sorts naturally, keeps lists at their key, quotes what would read as something else', () => {
    expect(toYaml({ b10: 1, b2: [{ name: 'x', env: [] }, ['y', 'p']], a: { on: 'on', v: '1', t: '2020-01-01', s: '12:30', n: null, e: '', h: '# x', c: 'a: b', z: 'it’s "q"', tab: 'a\tb' } }))
      .toBe('a:\n  c: \'a: b\'\n  e: ""\n  h: \'# x\'\n  "n": null\n  "on": "on"\n  s: "12:30"\n  t: "2020-01-01"\n  tab: "a\\tb"\n  v: "1"\n  z: it’s "q"\nb2:\n- env: []\n  name: x\n- - "y"\n  - p\nb10: 1\n');
  });
  it('literals and their chomping', () => {
    expect(toYaml({ a: 'x\ny\n', b: 'x\ny', c: 'x\n\n', d: ' x\ny', e: 'x \ny' })).toBe('a: |\n  x\n  y\nb: |-\n  x\n  y\nc: |+\n  x\n\nd: |2-\n   x\n  y\ne: "x \\ny"\n');
  });
  it('folds at 80 columns, never in a key', () => {
    const words = Array(20).fill('words').join(' ');
    expect(toYaml({ message: words, [words]: 1 })).toBe(`message: ${Array(13).fill('words').join(' ')}\n  ${Array(7).fill('words').join(' ')}\n${words}: 1\n`);
  });
  it('reads back as it was', () => {
    const v = { a: ['', ' ', 'y', '0x1', '-', '- a', '[', '\u0007', '😀', 'null', '1e3', '~', '<<', 'a #b', "'", '"', '\\', 'é', '%', '@'], n: [0, -1, 1.5, 1e21, 1e-7, 123456789012] };
    expect(parseYaml(toYaml(v))).toMatchObject({ value: v });
  });
});

describe('JSON output', () => {
  it('as MarshalIndent with HTML escapes', () => {
    expect(toJson({ b: [1, {}], a: '<&>\u2028"' }, { indent: '    ' })).toBe('{\n    "a": "\\u003c\\u0026\\u003e\\u2028\\"",\n    "b": [\n        1,\n        {}\n    ]\n}');
  });
});
