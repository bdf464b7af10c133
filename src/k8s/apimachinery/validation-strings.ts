/**
 * The string formats of the API. Each `is…` returns upstream's complaints, an empty list if the text is valid.
 * Upstream: staging/src/k8s.io/apimachinery/pkg/util/validation/{validation,ip}.go, pkg/api/validate/content/*.go, pkg/api/validation/generic.go
 * Left out: nothing.
 */
import type { FieldError, Path } from './field-error.ts';
import { invalid, required } from './field-error.ts';
import { goQuote } from './goquote.ts';
import { cidrText, ipText, maskedIp, parseCidr, parseIp, sameIp } from './ip.ts';
import { utf8Length } from './utf8.ts';

export type Complaints = readonly string[];
const NONE: Complaints = [];

/** Upstream joins the examples oddly (`'a',  or 'b', regex …`); the oddness is interface. */
export function regexError(message: string, pattern: string, ...examples: readonly string[]): string {
  let text = message + ' (';
  examples.forEach((e, i) => { text += (i === 0 ? 'e.g. ' : ' or ') + `'${e}', `; });
  return text + `regex used for validation is '${pattern}')`;
}
/** Wording of checks declared in util/validation; those of label keys and values say `bytes` (`maxBytesError`). */
export const maxLenError = (n: number): string => `must be no more than ${n} characters`;
export const maxBytesError = (n: number): string => `must be no more than ${n} bytes`;
export const emptyError = (): string => 'must be non-empty';
export const inclusiveRangeError = (lo: number, hi: number): string => `must be between ${lo} and ${hi}, inclusive`;
export const minError = (min: number): string => `must be greater than or equal to ${min}`;
export const maxError = (max: number): string => `must be less than or equal to ${max}`;
export const NEGATIVE_ERROR = 'must be greater than or equal to 0';

export const DNS1123_LABEL_MAX = 63;
export const DNS1123_SUBDOMAIN_MAX = 253;
export const LABEL_VALUE_MAX = 63;

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const LABEL_ERROR = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
const SUBDOMAIN = LABEL + '(\\.' + LABEL + ')*';
const SUBDOMAIN_ERROR = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
const LABEL_U = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const SUBDOMAIN_U = LABEL_U + '(\\.' + LABEL_U + ')*';
const SUBDOMAIN_U_ERROR = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character";
const SUBDOMAIN_CASELESS_ERROR = "an RFC 1123 subdomain must consist of alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const LABEL_1035_ERROR = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
const WILDCARD = '\\*\\.' + SUBDOMAIN;
const WILDCARD_ERROR = "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character";
const NAME = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const NAME_ERROR = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const VALUE = '(' + NAME + ')?';
const VALUE_ERROR = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

// The patterns above backtrack quadratically on long hostile text; these equivalents do not.
const LABEL_RE = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const LABEL_U_RE = /^_?[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?$/;
const LABEL_ANY_RE = /^[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$/;
const LABEL_1035_RE = /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/;
const NAME_RE = /^(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

const everyPart = (value: string, re: RegExp): boolean => value.split('.').every((p) => re.test(p));

export function isDNS1123Label(value: string): Complaints {
  if (value.length <= DNS1123_LABEL_MAX && LABEL_RE.test(value)) return NONE;
  const errs: string[] = [];
  if (utf8Length(value) > DNS1123_LABEL_MAX) errs.push(maxLenError(DNS1123_LABEL_MAX));
  if (!LABEL_RE.test(value)) errs.push(everyPart(value, LABEL_RE) ? 'must not contain dots' : regexError(LABEL_ERROR, LABEL, 'my-name', '123-abc'));
  return errs;
}

export function isDNS1123Subdomain(value: string): Complaints {
  const errs: string[] = [];
  if (utf8Length(value) > DNS1123_SUBDOMAIN_MAX) errs.push(maxLenError(DNS1123_SUBDOMAIN_MAX));
  if (!everyPart(value, LABEL_RE)) errs.push(regexError(SUBDOMAIN_ERROR, SUBDOMAIN, 'example.com'));
  return errs;
}

export function isDNS1123SubdomainWithUnderscore(value: string): Complaints {
  const errs: string[] = [];
  if (utf8Length(value) > DNS1123_SUBDOMAIN_MAX) errs.push(maxLenError(DNS1123_SUBDOMAIN_MAX));
  if (!everyPart(value, LABEL_U_RE)) errs.push(regexError(SUBDOMAIN_U_ERROR, SUBDOMAIN_U, 'example.com'));
  return errs;
}

export function isDNS1123SubdomainCaseless(value: string): Complaints {
  const errs: string[] = [];
  if (utf8Length(value) > DNS1123_SUBDOMAIN_MAX) errs.push(maxBytesError(DNS1123_SUBDOMAIN_MAX));
  if (!everyPart(value, LABEL_ANY_RE)) errs.push(regexError(SUBDOMAIN_CASELESS_ERROR, SUBDOMAIN, 'Example.com'));
  return errs;
}

export function isDNS1035Label(value: string): Complaints {
  const errs: string[] = [];
  if (utf8Length(value) > 63) errs.push(maxLenError(63));
  if (!LABEL_1035_RE.test(value)) errs.push(regexError(LABEL_1035_ERROR, LABEL_1035, 'my-name', 'abc-123'));
  return errs;
}

export function isWildcardDNS1123Subdomain(value: string): Complaints {
  const errs: string[] = [];
  if (utf8Length(value) > DNS1123_SUBDOMAIN_MAX) errs.push(maxLenError(DNS1123_SUBDOMAIN_MAX));
  if (!value.startsWith('*.') || !everyPart(value.slice(2), LABEL_RE)) errs.push(regexError(WILDCARD_ERROR, WILDCARD, '*.example.com'));
  return errs;
}

/** Label keys, annotation keys (after lower-casing, by the caller), resource names, finalizers. Upstream: IsLabelKey. */
export function isQualifiedName(value: string): Complaints {
  const parts = value.split('/');
  if (parts.length > 2) return [`a valid label key ${regexError(NAME_ERROR, NAME, 'MyName', 'my.name', '123-abc')} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  const errs: string[] = [];
  let name = parts[0];
  if (parts.length === 2) {
    name = parts[1];
    if (parts[0] === '') errs.push('prefix part ' + emptyError());
    else {
      if (utf8Length(parts[0]) > DNS1123_SUBDOMAIN_MAX) errs.push('prefix part ' + maxBytesError(DNS1123_SUBDOMAIN_MAX));
      if (!everyPart(parts[0], LABEL_RE)) errs.push('prefix part ' + regexError(SUBDOMAIN_ERROR, SUBDOMAIN, 'example.com'));
    }
  }
  if (name === '') errs.push('name part ' + emptyError());
  else if (utf8Length(name) > 63) errs.push('name part ' + maxBytesError(63));
  if (!NAME_RE.test(name)) errs.push('name part ' + regexError(NAME_ERROR, NAME, 'MyName', 'my.name', '123-abc'));
  return errs;
}

export function isValidLabelValue(value: string): Complaints {
  const errs: string[] = [];
  if (utf8Length(value) > LABEL_VALUE_MAX) errs.push(maxBytesError(LABEL_VALUE_MAX));
  if (value !== '' && !NAME_RE.test(value)) errs.push(regexError(VALUE_ERROR, VALUE, 'MyValue', 'my_value', '12345'));
  return errs;
}

export function isCIdentifier(value: string): Complaints {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(value) ? NONE
    : [regexError("a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'", '[A-Za-z_][A-Za-z0-9_]*', 'my_name', 'MY_NAME', 'MyName')];
}

export function isInRange(value: number, lo: number, hi: number): Complaints { return value >= lo && value <= hi ? NONE : [inclusiveRangeError(lo, hi)]; }
export function isValidPortNum(port: number): Complaints { return isInRange(port, 1, 65535); }
export function isValidGroupID(gid: number): Complaints { return isInRange(gid, 0, 2147483647); }
export function isValidUserID(uid: number): Complaints { return isInRange(uid, 0, 2147483647); }

export function isValidPortName(port: string): Complaints {
  const errs: string[] = [];
  if (utf8Length(port) > 15) errs.push(maxLenError(15));
  if (!/^[-a-z0-9]+$/.test(port)) errs.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(port)) errs.push('must contain at least one letter (a-z)');
  if (port.includes('--')) errs.push('must not contain consecutive hyphens');
  if (port.startsWith('-') || port.endsWith('-')) errs.push('must not begin or end with a hyphen');
  return errs;
}

export function isValidPercent(percent: string): Complaints {
  return /^[0-9]+%$/.test(percent) ? NONE : [regexError("a valid percent string must be a numeric string followed by an ending '%'", '[0-9]+%', '1%', '93%')];
}

export function isHTTPHeaderName(value: string): Complaints {
  return /^[-A-Za-z0-9]+$/.test(value) ? NONE : [regexError("a valid HTTP header must consist of alphanumeric characters or '-'", '[-A-Za-z0-9]+', 'X-Header-Name')];
}

function chDirPrefix(value: string): string[] {
  if (value === '.') return ["must not be '.'"];
  if (value === '..') return ["must not be '..'"];
  return value.startsWith('..') ? ["must not start with '..'"] : [];
}

export function isEnvVarName(value: string): Complaints {
  const errs: string[] = [];
  if (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(value)) {
    errs.push(regexError("a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit", '[-._a-zA-Z][-._a-zA-Z0-9]*', 'my.env-name', 'MY_ENV.NAME', 'MyEnvName1'));
  }
  return [...errs, ...chDirPrefix(value)];
}

export function isRelaxedEnvVarName(value: string): Complaints {
  if (value === '') return ['environment variable name ' + emptyError()];
  return /^[ -<>-~]*$/.test(value) ? NONE : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

export function isConfigMapKey(value: string): Complaints {
  const errs: string[] = [];
  if (utf8Length(value) > DNS1123_SUBDOMAIN_MAX) errs.push(maxLenError(DNS1123_SUBDOMAIN_MAX));
  if (!/^[-._a-zA-Z0-9]+$/.test(value)) errs.push(regexError("a valid config key must consist of alphanumeric characters, '-', '_' or '.'", '[-._a-zA-Z0-9]+', 'key.name', 'KEY_NAME', 'key-name'));
  return [...errs, ...chDirPrefix(value)];
}

export function isDecimalInteger(value: string): Complaints {
  if (value === '') return [emptyError()];
  return /^(0|-?[1-9][0-9]*)$/.test(value) ? NONE : ['must be a valid decimal integer in canonical form'];
}

/** Names that become a segment of a URL. `prefix`: more text follows, so `.` and `..` pass. */
export function isPathSegmentName(name: string, prefix = false): Complaints {
  if (!prefix && (name === '.' || name === '..')) return [`may not be '${name}'`];
  return ['/', '%'].filter((c) => name.includes(c)).map((c) => `may not contain '${c}'`);
}

/** A name check as a kind's strategy holds it; `prefix` is true for generateName. */
export type NameCheck = (name: string, prefix: boolean) => Complaints;

// Not a slip: upstream drops one character more than it adds.
const maskTrailingDash = (name: string): string => (name.length > 1 && name.endsWith('-') ? name.slice(0, -2) + 'a' : name);

export const nameIsDNSSubdomain: NameCheck = (name, prefix) => isDNS1123Subdomain(prefix ? maskTrailingDash(name) : name);
export const nameIsDNSLabel: NameCheck = (name, prefix) => isDNS1123Label(prefix ? maskTrailingDash(name) : name);
export const nameIsDNS1035Label: NameCheck = (name, prefix) => isDNS1035Label(prefix ? maskTrailingDash(name) : name);
export const nameIsPathSegment: NameCheck = (name, prefix) => isPathSegmentName(name, prefix);

export function isFullyQualifiedName(at: Path, name: string): FieldError[] {
  if (name === '') return [required(at)];
  const errs = isDNS1123Subdomain(name);
  if (errs.length > 0) return [invalid(at, name, errs.join(','))];
  return name.split('.').length < 3 ? [invalid(at, name, 'should be a domain with at least three segments separated by dots')] : [];
}

export function isFullyQualifiedDomainName(at: Path, fqdn: string): FieldError[] {
  if (fqdn === '') return [required(at)];
  const name = fqdn.endsWith('.') ? fqdn.slice(0, -1) : fqdn;
  const errs = isDNS1123Subdomain(name);
  if (errs.length > 0) return [invalid(at, name, errs.join(','))];
  if (name.split('.').length < 2) return [invalid(at, name, 'should be a domain with at least two segments separated by dots')];
  for (const label of name.split('.')) {
    const bad = isDNS1123Label(label);
    if (bad.length > 0) return [invalid(at, label, bad.join(','))];
  }
  return [];
}

const HTTP_PATH = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";

export function isDomainPrefixedPath(at: Path, value: string): FieldError[] {
  if (value === '') return [required(at)];
  const slash = value.indexOf('/');
  if (slash <= 0 || slash === value.length - 1) return [invalid(at, value, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  const host = value.slice(0, slash), rest = value.slice(slash + 1);
  const errs = isDNS1123Subdomain(host).map((e) => invalid(at, host, e));
  if (!/^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(rest)) errs.push(invalid(at, rest, regexError('Invalid path', HTTP_PATH)));
  return errs;
}

export function isDomainPrefixedKey(at: Path, key: string): FieldError[] {
  if (key === '') return [required(at)];
  const errs = isQualifiedName(key).map((e) => invalid(at, key, e));
  if (errs.length > 0) return errs;
  return key.split('/').length !== 2 ? [invalid(at, key, 'must be a domain-prefixed key (such as "acme.io/foo")')] : [];
}

const BAD_IP = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const BAD_CIDR = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

/** For fields older than strict parsing: leading zeros and mapped addresses pass unless `strict`; `old` values always pass. */
export function isValidIPForLegacyField(at: Path, value: string, strict: boolean, old: readonly string[] = []): FieldError[] {
  if (old.includes(value)) return [];
  const ip = parseIp(value);
  if (ip === undefined) return [invalid(at, value, BAD_IP)];
  if (!strict) return [];
  const errs: FieldError[] = [];
  if (ip.leadingZeros) errs.push(invalid(at, value, 'must not have leading 0s'));
  else if (ip.mapped) errs.push(invalid(at, value, 'must not be an IPv4-mapped IPv6 address'));
  return errs;
}

export function isValidIP(at: Path, value: string): FieldError[] {
  const errs = isValidIPForLegacyField(at, value, true);
  if (errs.length > 0) return errs;
  const canonical = ipText(parseIp(value)!);
  return value === canonical ? [] : [invalid(at, value, `must be in canonical form (${goQuote(canonical)})`)];
}

export function isValidCIDRForLegacyField(at: Path, value: string, strict: boolean, old: readonly string[] = []): FieldError[] {
  if (old.includes(value)) return [];
  const cidr = parseCidr(value);
  if (cidr === undefined) return [invalid(at, value, BAD_CIDR)];
  if (!strict) return [];
  if (cidr.leadingZeros) return [invalid(at, value, 'must not have leading 0s in IP or prefix length')];
  if (cidr.ip.mapped) return [invalid(at, value, 'must not have an IPv4-mapped IPv6 address')];
  return sameIp(cidr.ip, maskedIp(cidr)) ? [] : [invalid(at, value, 'must not have bits set beyond the prefix length')];
}

export function isValidCIDR(at: Path, value: string): FieldError[] {
  const errs = isValidCIDRForLegacyField(at, value, true);
  if (errs.length > 0) return errs;
  const canonical = cidrText(parseCidr(value)!);
  return value === canonical ? [] : [invalid(at, value, `must be in canonical form (${goQuote(canonical)})`)];
}

/** Texts of warnings about a valid but unusual address. */
export function warningsForIP(at: Path, value: string): string[] {
  const ip = parseIp(value);
  if (ip === undefined) return [];
  const canonical = ipText(ip);
  if (ip.leadingZeros || ip.mapped) return [`${at}: non-standard IP address ${goQuote(value)} is invalid: use ${goQuote(canonical)}`];
  if (ip.bytes.length === 16 && canonical !== value) return [`${at}: IPv6 address ${goQuote(value)} should be in RFC 5952 canonical format (${goQuote(canonical)})`];
  return [];
}

export function warningsForCIDR(at: Path, value: string): string[] {
  const cidr = parseCidr(value);
  if (cidr === undefined) return [];
  const out: string[] = [];
  const net = cidrText(cidr);
  if (!sameIp(cidr.ip, maskedIp(cidr))) out.push(`${at}: CIDR value ${goQuote(value)} is ambiguous in this context (should be ${goQuote(net)} or ${goQuote(ipText(cidr.ip) + '/' + (cidr.ip.bytes.length * 8))}?)`);
  if (cidr.leadingZeros || cidr.ip.mapped) out.push(`${at}: non-standard CIDR value ${goQuote(value)} is invalid: use ${goQuote(net)}`);
  const canonical = ipText(cidr.ip) + '/' + cidr.length;
  if (out.length === 0 && cidr.ip.bytes.length === 16 && canonical !== value) out.push(`${at}: IPv6 CIDR value ${goQuote(value)} should be in RFC 5952 canonical format (${goQuote(canonical)})`);
  return out;
}
