import { describe, expect, it } from 'vitest';
import { path } from './field-error.ts';
import { parseCidr, parseIp, cidrContains, ipText } from './ip.ts';
import * as v from './validation-strings.ts';

describe('formats', () => {
  it('keeps upstream’s odd joining of examples', () => {
    expect(v.isDNS1123Label('Web')).toEqual(["a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"]);
  });
  it('tells a dotted label from a bad one, and counts bytes', () => {
    expect(v.isDNS1123Label('a.b')).toEqual(['must not contain dots']);
    expect(v.isDNS1123Label('a'.repeat(64))).toContain('must be no more than 63 characters');
    expect(v.isValidLabelValue('é'.repeat(32))[0]).toBe('must be no more than 63 bytes');
  });
  it('label keys', () => {
    expect(v.isQualifiedName('example.com/My_name')).toEqual([]);
    expect(v.isQualifiedName('/x')).toEqual(['prefix part must be non-empty']);
    expect(v.isQualifiedName('')).toHaveLength(2);
    expect(v.isQualifiedName('a/b/c')[0]).toMatch(/^a valid label key must consist of .* with an optional DNS subdomain prefix and '\/' \(e\.g\. 'example\.com\/MyName'\)$/);
  });
  it('generateName may end in a dash', () => {
    expect(v.nameIsDNSLabel('web-', true)).toEqual([]);
    expect(v.nameIsDNSLabel('web-', false)).toHaveLength(1);
  });
  it('port names', () => {
    expect(v.isValidPortName('8080')).toEqual(['must contain at least one letter (a-z)']);
    expect(v.isValidPortName('-a--')).toEqual(['must not contain consecutive hyphens', 'must not begin or end with a hyphen']);
  });
  it('does not hang on long hostile names', () => {
    expect(v.isDNS1123Subdomain('-'.repeat(200_000)).length).toBe(2);
    expect(v.isQualifiedName('a'.repeat(200_000) + '-').length).toBe(2);
  });
});

describe('addresses', () => {
  it('reads and prints IPv6', () => {
    expect(ipText(parseIp('2001:DB8:0:0:1:0:0:1')!)).toBe('2001:db8::1:0:0:1');
    expect(ipText(parseIp('::')!)).toBe('::');
    expect(ipText(parseIp('::ffff:10.0.0.1')!)).toBe('10.0.0.1');
    expect(ipText(parseIp('1::')!)).toBe('1::');
    for (const bad of ['1:2:3', '::1::', '1.2.3', '1.2.3.256', '12345::', ':', '1:::2', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7::8:9']) expect(parseIp(bad), bad).toBeUndefined();
  });
  it('strictness', () => {
    const at = path('ip');
    expect(v.isValidIPForLegacyField(at, '010.0.0.1', false)).toEqual([]);
    expect(v.isValidIPForLegacyField(at, '010.0.0.1', true)[0].detail).toBe('must not have leading 0s');
    expect(v.isValidIP(at, '2001:DB8::1')[0].detail).toBe('must be in canonical form ("2001:db8::1")');
    expect(v.isValidCIDR(at, '10.0.0.1/8')[0].detail).toBe('must not have bits set beyond the prefix length');
  });
  it('containment', () => {
    expect(cidrContains(parseCidr('10.96.0.0/12')!, parseIp('10.111.255.1')!)).toBe(true);
    expect(cidrContains(parseCidr('10.96.0.0/12')!, parseIp('10.112.0.1')!)).toBe(false);
  });
});
