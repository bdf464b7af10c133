import { describe, expect, it } from 'vitest';
import { equal, semanticEqual, setAt, shareUnchanged, withField, withoutField } from './change.ts';

describe('immutable change', () => {
  const pod = { metadata: { name: 'p', labels: { a: 'b' } }, spec: { containers: [{ name: 'c' }, { name: 'd' }] } };
  it('shares what did not change', () => {
    const next = setAt(pod, ['spec', 'containers', 1, 'image'], 'x');
    expect(next.spec.containers[0]).toBe(pod.spec.containers[0]);
    expect(next.metadata).toBe(pod.metadata);
    expect(pod.spec.containers[1]).toEqual({ name: 'd' });
    expect(setAt(pod, ['metadata', 'name'], 'p')).toBe(pod);
    expect(setAt(pod, ['status', 'phase'], undefined)).toBe(pod);
    expect(withoutField(pod, 'nope')).toBe(pod);
    expect(withField(pod.metadata, 'name', undefined)).toEqual({ labels: { a: 'b' } });
  });
  it('restores references after decoding', () => {
    const copy = JSON.parse(JSON.stringify(pod));
    expect(shareUnchanged(pod, copy)).toBe(pod);
    const changed = shareUnchanged(pod, { ...copy, spec: { containers: [...copy.spec.containers, { name: 'e' }] } });
    expect(changed.metadata).toBe(pod.metadata);
    expect(changed.spec.containers[0]).toBe(pod.spec.containers[0]);
  });
  it('equality', () => {
    expect(equal({ a: 1, b: undefined }, { a: 1 })).toBe(true);
    expect(equal({ a: [] }, {})).toBe(false);
    expect(semanticEqual({ a: [], b: { c: {} } }, { b: {} })).toBe(true);
    expect(semanticEqual({ a: [1] }, {})).toBe(false);
    expect(equal([1], { 0: 1 })).toBe(false);
  });
});
