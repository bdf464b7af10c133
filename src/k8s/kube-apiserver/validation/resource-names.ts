/**
 * Which names of compute resources are standard where.
 * Upstream: pkg/apis/core/helper/helpers.go, validateResourceName & co. in pkg/apis/core/validation/validation.go
 * Left out: nothing.
 */
import type { Path } from '../../apimachinery/field-error.ts';
import { invalid, notSupported } from '../../apimachinery/field-error.ts';
import { isQualifiedName } from '../../apimachinery/validation-strings.ts';
import { complain, type Errs } from './field-checks.ts';

const CONTAINER = new Set(['cpu', 'memory', 'ephemeral-storage']);
const INTEGER = new Set(['pods', 'resourcequotas', 'services', 'replicationcontrollers', 'secrets', 'configmaps', 'persistentvolumeclaims', 'services.nodeports', 'services.loadbalancers']);
const QUOTA = new Set(['cpu', 'memory', 'ephemeral-storage', 'requests.cpu', 'requests.memory', 'requests.storage', 'requests.ephemeral-storage', 'limits.cpu', 'limits.memory',
  'limits.ephemeral-storage', ...INTEGER]);
const STANDARD = new Set([...QUOTA, 'storage']);
const POD_LEVEL = new Set(['cpu', 'memory']);

export const isHugePageName = (n: string): boolean => n.startsWith('hugepages-');
const isQuotaHugePageName = (n: string): boolean => n.startsWith('hugepages-') || n.startsWith('requests.hugepages-');
export const isStandardContainerResource = (n: string): boolean => CONTAINER.has(n) || isHugePageName(n);
export const isNativeResource = (n: string): boolean => !n.includes('/') || n.includes('kubernetes.io/');
export const isExtendedResource = (n: string): boolean => !isNativeResource(n) && !n.startsWith('requests.') && isQualifiedName('requests.' + n).length === 0;
export const isOvercommitAllowed = (n: string): boolean => isNativeResource(n) && !isHugePageName(n);
export const isStandardQuotaResource = (n: string): boolean => QUOTA.has(n) || isQuotaHugePageName(n);
export const isStandardResource = (n: string): boolean => STANDARD.has(n) || isQuotaHugePageName(n);
export const isIntegerResource = (n: string): boolean => INTEGER.has(n) || isExtendedResource(n);

/** Upstream: validateResourceName. False if it complained. */
export function resourceName(errs: Errs, name: string, at: Path): boolean {
  const bad = isQualifiedName(name);
  if (bad.length > 0) { complain(errs, at, name, bad); return false; }
  if (!name.includes('/') && !isStandardResource(name)) { errs.push(invalid(at, name, 'must be a standard resource type or fully qualified')); return false; }
  return true;
}

/** Upstream: validateContainerResourceName. */
export function containerResourceName(errs: Errs, name: string, at: Path): void {
  if (CONTAINER.has(name)) return;
  resourceName(errs, name, at);
  if (!name.includes('/')) {
    if (!isStandardContainerResource(name)) errs.push(invalid(at, name, 'must be a standard resource for containers'));
  } else if (!isNativeResource(name) && !isExtendedResource(name)) errs.push(invalid(at, name, "doesn't follow extended resource name standard"));
}

/** Upstream: validatePodResourceName: pod-level resources are cpu, memory and huge pages. */
export function podResourceName(errs: Errs, name: string, at: Path): void {
  if (!resourceName(errs, name, at)) return;
  if (!POD_LEVEL.has(name) && !isHugePageName(name)) errs.push(notSupported(at, name, ['cpu', 'hugepages-', 'memory']));
}

/** Upstream: ValidateResourceQuotaResourceName. */
export function quotaResourceName(errs: Errs, name: string, at: Path): void {
  resourceName(errs, name, at);
  if (!name.includes('/') && !isStandardQuotaResource(name)) errs.push(invalid(at, name, 'must be a standard resource for quota'));
}
