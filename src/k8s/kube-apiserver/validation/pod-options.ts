/**
 * What an update may keep although a new pod could not have it.
 * Upstream: GetValidationOptionsFromPodSpecAndMeta in pkg/api/pod/util.go, with the default feature gates of 1.36
 * Left out: options that are the same for every pod under the default gates.
 */
import type { FieldError } from '../../apimachinery/field-error.ts';
import { path } from '../../apimachinery/field-error.ts';
import { hasInvalidLabelValue, matchAndMismatchLabelKeys, podAffinityTermSelectors } from './affinity.ts';
import { list, localNonReservedPath, validateLabelSelector, visitContainers, type Errs, type Obj } from './field-checks.ts';
import { isHugePageName } from './resource-names.ts';
import { hugePageDivisible } from './resources.ts';
import { hostSysctlProblem } from './security-context.ts';
import { parseIntError } from './tolerations.ts';

export interface PodOptions {
  /** A Pod, not a template. */
  readonly isPod: boolean;
  readonly allowInvalidDeletionCost: boolean;
  readonly allowInvalidLabelValueInSelector: boolean;
  readonly allowInvalidLabelValueInRequiredNodeAffinity: boolean;
  readonly allowIndivisibleHugePages: boolean;
  readonly allowInvalidTopologySpreadSelector: boolean;
  readonly oldViolatesMatchLabelKeys: boolean;
  readonly allowNonLocalProjectedTokenPath: boolean;
  readonly allowNamespacedSysctlsWithHost: boolean;
  readonly onlyRecursiveSELinuxChange: boolean;
  readonly allowTolerationComparison: boolean;
  readonly allowHostNetworkWithUserNamespaces: boolean;
  readonly allowVolumeDevicesWithUserNamespaces: boolean;
  readonly allowRestartContainerForInit: boolean;
}

const CREATE: PodOptions = {
  isPod: true, allowInvalidDeletionCost: false, allowInvalidLabelValueInSelector: false, allowInvalidLabelValueInRequiredNodeAffinity: false, allowIndivisibleHugePages: false,
  allowInvalidTopologySpreadSelector: false, oldViolatesMatchLabelKeys: false, allowNonLocalProjectedTokenPath: false, allowNamespacedSysctlsWithHost: false,
  onlyRecursiveSELinuxChange: true, allowTolerationComparison: false, allowHostNetworkWithUserNamespaces: false, allowVolumeDevicesWithUserNamespaces: false, allowRestartContainerForInit: false,
};
const CREATE_TEMPLATE: PodOptions = { ...CREATE, isPod: false };

export const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';

/** Whether the deletion cost annotation, if any, is a 32 bit integer written plainly. */
export function validDeletionCost(annotations: Obj): boolean {
  const v: string | undefined = annotations?.[DELETION_COST];
  if (v === undefined) return true;
  return /^(?:-|0$|[1-9])/.test(v) && parseIntError(v, 32) === undefined;
}

/** Whether a check finds something to complain about. */
function complains(check: (errs: Errs) => void): boolean {
  const errs: FieldError[] = [];
  check(errs);
  return errs.length > 0;
}

const P = path('x');

// The options of an old spec, kept with it: objects are immutable and one spec is the old one of several updates.
const known = new WeakMap<object, PodOptions>();

function fromOld(spec: Obj): PodOptions {
  const cached = known.get(spec);
  if (cached !== undefined) return cached;
  const affinity = spec.affinity ?? {};
  const terms: Obj[] = [];
  for (const a of [affinity.podAffinity, affinity.podAntiAffinity]) {
    terms.push(...list(a?.requiredDuringSchedulingIgnoredDuringExecution), ...list(a?.preferredDuringSchedulingIgnoredDuringExecution).map((t) => t.podAffinityTerm ?? {}));
  }
  const spread = list(spec.topologySpreadConstraints);
  let indivisible = Object.keys(spec.overhead ?? {}).some((k) => isHugePageName(k) && !hugePageDivisible(k, spec.overhead[k]));
  let devices = false;
  visitContainers(spec, P, (c) => {
    for (const map of [c.resources?.limits, c.resources?.requests]) for (const k of Object.keys(map ?? {})) if (isHugePageName(k) && !hugePageDivisible(k, map[k])) indivisible = true;
    if (list(c.volumeDevices).length > 0) devices = true;
  });
  const options: PodOptions = {
    isPod: true,
    allowInvalidDeletionCost: false,
    allowInvalidLabelValueInSelector: terms.some((t) => complains((e) => podAffinityTermSelectors(e, t, false, P))),
    allowInvalidLabelValueInRequiredNodeAffinity: hasInvalidLabelValue(affinity.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms),
    allowIndivisibleHugePages: indivisible,
    allowInvalidTopologySpreadSelector: spread.some((c) => complains((e) => validateLabelSelector(e, c.labelSelector, P))),
    oldViolatesMatchLabelKeys: spread.some((c) => complains((e) => matchAndMismatchLabelKeys(e, P, c.matchLabelKeys, undefined, c.labelSelector))),
    allowNonLocalProjectedTokenPath: list(spec.volumes).some((v) => list(v.projected?.sources).some((s) => s.serviceAccountToken !== undefined && complains((e) => localNonReservedPath(e, s.serviceAccountToken.path ?? '', P)))),
    allowNamespacedSysctlsWithHost: list(spec.securityContext?.sysctls).some((s) => hostSysctlProblem(s.name ?? '', spec) !== undefined),
    onlyRecursiveSELinuxChange: spec.securityContext?.seLinuxChangePolicy === undefined,
    allowTolerationComparison: list(spec.tolerations).some((t) => t.operator === 'Lt' || t.operator === 'Gt'),
    allowHostNetworkWithUserNamespaces: spec.hostUsers === false && spec.hostNetwork === true,
    allowVolumeDevicesWithUserNamespaces: spec.hostUsers === false && devices,
    allowRestartContainerForInit: list(spec.initContainers).some((c) => c.restartPolicy !== 'Always' && list(c.resizePolicy).some((p) => p.restartPolicy === 'RestartContainer')),
  };
  known.set(spec, options);
  return options;
}

/** Options for a pod (`isPod`) or a template; `oldSpec` and `oldMeta` on update. */
export function podOptions(isPod: boolean, oldSpec?: Obj, oldMeta?: Obj): PodOptions {
  if (oldSpec === undefined || oldSpec === null) return isPod ? CREATE : CREATE_TEMPLATE;
  const options = fromOld(oldSpec);
  const badCost = !validDeletionCost(oldMeta?.annotations);
  return isPod && !badCost ? options : { ...options, isPod, allowInvalidDeletionCost: badCost };
}
