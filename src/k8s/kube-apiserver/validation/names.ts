/**
 * Names of signers, cluster trust bundles and CSI drivers.
 * Upstream: pkg/apis/core/validation/names.go, ValidateCSIDriverName in validation.go
 * Left out: nothing.
 */
import type { Path } from '../../apimachinery/field-error.ts';
import { invalid, required, tooLong } from '../../apimachinery/field-error.ts';
import { isDNS1123Label, isDNS1123Subdomain, nameIsDNSSubdomain } from '../../apimachinery/validation-strings.ts';
import { asciiLower, complain, quote, type Errs } from './field-checks.ts';

export function isKubernetesSigner(name: string): boolean {
  const host = name.split('/')[0] as string;
  return host === 'kubernetes.io' || host.endsWith('.kubernetes.io');
}

/** Upstream: ValidateSignerName. */
export function signerName(errs: Errs, name: string, at: Path): void {
  if (name === '') { errs.push(required(at, '')); return; }
  const segments = name.split('/');
  if (segments.length !== 2) { errs.push(invalid(at, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'")); return; }
  const [domain, rest] = segments as [string, string];
  if (domain.length > 253) errs.push(tooLong(at, '', 253));
  const labels = domain.split('.');
  const check = (parts: readonly string[], whole: string, test: (t: string) => readonly string[]): void => {
    for (const l of parts) {
      const bad = test(l);
      for (const b of bad) errs.push(invalid(at, whole, `validating label ${quote(l)}: ${b}`));
      if (bad.length > 0) return;
    }
  };
  check(labels, domain, isDNS1123Label);
  if (labels.length < 2) errs.push(invalid(at, domain, 'should be a domain with at least two segments separated by dots'));
  check(rest.split('.'), rest, isDNS1123Subdomain);
  if (name.length > 253 + (253 + 63 + 1) + 1) errs.push(tooLong(at, '', 253 + (253 + 63 + 1) + 1));
}

/** Upstream: ValidateClusterTrustBundleName: the complaints about `name` for a signer ('': none). */
export function clusterTrustBundleName(signer: string, name: string, prefix: boolean): readonly string[] {
  if (signer === '') return name.includes(':') ? ['ClusterTrustBundle without signer name must not have ":" in its name'] : nameIsDNSSubdomain(name, prefix);
  const start = signer.replaceAll('/', ':') + ':';
  if (!name.startsWith(start)) return [`ClusterTrustBundle for signerName ${signer} must be named with prefix ${start}`];
  return nameIsDNSSubdomain(name.slice(start.length), prefix);
}

/** Upstream: ValidateCSIDriverName. */
export function csiDriverName(errs: Errs, name: string, at: Path): void {
  if (name === '') { errs.push(required(at, '')); return; }
  if (name.length > 63) errs.push(tooLong(at, '', 63));
  complain(errs, at, name, isDNS1123Subdomain(asciiLower(name)));
}
