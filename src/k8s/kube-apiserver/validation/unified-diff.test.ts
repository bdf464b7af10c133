import { describe, expect, it } from 'vitest';
import { unifiedDiff } from './unified-diff.ts';

const numbers = (n: number): string => Array.from({ length: n }, (_, i) => `line ${i}`).join('\n');

describe('unifiedDiff', () => {
  it('is empty for equal texts', () => expect(unifiedDiff('a\nb', 'a\nb')).toBe(''));
  it('shows three lines of context', () => {
    expect(unifiedDiff(numbers(9), numbers(9).replace('line 4', 'LINE'))).toBe('@@ -2,7 +2,7 @@\n line 1\n line 2\n line 3\n-line 4\n+LINE\n line 5\n line 6\n line 7\n');
  });
  it('splits distant changes', () => {
    const diff = unifiedDiff(numbers(40), numbers(40).replace('line 5\n', 'A\n').replace('line 30', 'B'));
    expect(diff.match(/^@@.*@@$/gm)).toEqual(['@@ -3,7 +3,7 @@', '@@ -28,7 +28,7 @@']);
  });
  it('numbers additions and removals', () => {
    expect(unifiedDiff('a', 'a\nb')).toBe('@@ -1 +1,2 @@\n a\n+b\n');
    expect(unifiedDiff('a\nb', 'b')).toBe('@@ -1,2 +1 @@\n-a\n b\n');
  });
  it('does not anchor on lines that are everywhere', () => {
    const a = numbers(150) + '\n}'.repeat(60);
    expect(unifiedDiff(a, a + '\nend')).toContain('+end\n');
  });
});
