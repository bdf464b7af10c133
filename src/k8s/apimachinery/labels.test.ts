import { describe, expect, it } from 'vitest';
import { fieldsMatch, parseFieldSelector } from './fields.ts';
import { EVERYTHING, matches, parseSelector, selectorMatches, selectorOf, selectorText } from './labels.ts';

const round = (s: string): string => { const p = parseSelector(s); return p.error ?? selectorText(p.value!); };

describe('label selectors', () => {
  it('read and print', () => {
    expect(round('tier in (b, a),app=web,!gone,x')).toBe('app=web,!gone,tier in (a,b),x');
    expect(round('x in (foo,,baz),y,z notin ()')).toBe('x in (,baz,foo),y,z notin ()');
    expect(round('in in (in)')).toBe('in in (in)');
    expect(round('a=')).toBe('a=');
    expect(round('')).toBe('');
  });
  it('fail as upstream', () => {
    expect(round('a=b=c')).toBe("found '=', expected: ',' or 'end of string'");
    expect(round('a b')).toBe("unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt");
    expect(round('a,')).toBe("found '', expected: identifier after ','");
    expect(round('a in b')).toBe("unable to parse requirement: found 'b' expected: '('");
    expect(round('=x')).toBe("found '=', expected: !, identifier, or 'end of string'");
    expect(round('-a=b')).toMatch(/^unable to parse requirement: <nil>: Invalid value: "-a": name part must consist of/);
    expect(round('a=-b')).toMatch(/^unable to parse requirement: values\[0\]\[a\]: Invalid value: "-b": a valid label must be/);
    expect(round('a>x')).toMatch(/for 'Gt', 'Lt' operators, the value must be an integer/);
  });
  it('match', () => {
    expect(matches(parseSelector('a!=b').value!, {})).toBe(true);
    expect(matches(parseSelector('a>5').value!, { a: '10' })).toBe(true);
    expect(matches(parseSelector('constructor').value!, {})).toBe(false);
    expect(matches(EVERYTHING, undefined)).toBe(true);
    expect(selectorMatches(undefined, {})).toBe(false);
    expect(selectorMatches({}, {})).toBe(true);
    expect(selectorMatches({ matchLabels: { a: 'b' }, matchExpressions: [{ key: 'c', operator: 'NotIn', values: ['d'] }] }, { a: 'b', c: 'e' })).toBe(true);
    expect(selectorOf({ matchExpressions: [{ key: 'c', operator: 'Nope' }] }).error).toBe('"Nope" is not a valid label selector operator');
  });
});

describe('field selectors', () => {
  it('read, match and fail', () => {
    const s = parseFieldSelector('status.phase!=Running,spec.nodeName==n\\,1').value!;
    expect(fieldsMatch(s, (f) => (f === 'spec.nodeName' ? 'n,1' : ''))).toBe(true);
    expect(parseFieldSelector('x').error).toBe("invalid selector: 'x'; can't understand 'x'");
    expect(parseFieldSelector('a=b=c').error).toBe('invalid field selector: unescaped character in value: 61');
  });
});
