/**
 * PodSecurity: a namespace's labels say which level its pods must keep; pods are refused or warned about, templates only warned about.
 * Upstream: staging/src/k8s.io/pod-security-admission/admission/admission.go, api/helpers.go
 * Left out: exemptions (none by default), audit annotations.
 */
import type { KubeObject, ObjectMeta, Status } from '../../api/types.ts';
import { semanticEqual } from '../../apimachinery/change.ts';
import { invalid, path } from '../../apimachinery/field-error.ts';
import type { FieldError } from '../../apimachinery/field-error.ts';
import { invalid as invalidStatus } from '../../apimachinery/status-errors.ts';
import { listObjects } from '../state.ts';
import { forbid, isPods } from './forbidden.ts';
import type { Attributes, Plugin } from './plugin.ts';
import { violations } from './pod-security-checks.ts';
import type { Level } from './pod-security-checks.ts';

/* eslint-disable @typescript-eslint/no-explicit-any */
type Any = any;
const PREFIX = 'pod-security.kubernetes.io/';
const LEVELS = ['privileged', 'baseline', 'restricted'];
interface Policy { readonly enforce: readonly [Level, string]; readonly warn: readonly [Level, string]; readonly errors: readonly FieldError[] }

function policyOf(labels: Readonly<Record<string, string>> | undefined): Policy {
  const errors: FieldError[] = [];
  const at = path('metadata', 'labels');
  const read = (mode: string): [Level, string] => {
    const level = labels?.[PREFIX + mode];
    const version = labels?.[PREFIX + mode + '-version'];
    let out: Level = 'privileged';
    if (level !== undefined) {
      if (LEVELS.includes(level)) out = level as Level;
      else {
        errors.push(invalid(at.key(PREFIX + mode), level, 'must be one of privileged, baseline, restricted'));
        out = 'restricted';
      }
    }
    if (version !== undefined && version !== 'latest' && !/^v1\.(0|[1-9]\d*)$/.test(version)) errors.push(invalid(at.key(PREFIX + mode + '-version'), version, 'must be "latest" or "v1.x"'));
    return [out, version ?? 'latest'];
  };
  const enforce = read('enforce');
  read('audit');
  let warn = read('warn');
  // A namespace that enforces but does not warn warns about what it would refuse.
  if (labels?.[PREFIX + 'warn'] === undefined && labels?.[PREFIX + 'enforce'] !== undefined) warn = enforce;
  return { enforce, warn, errors };
}

const template = (o: KubeObject): Any => (o.kind === 'CronJob' ? o['spec']?.jobTemplate?.spec?.template : o.kind === 'PodTemplate' ? o['template'] : o['spec']?.template);
const CONTROLLERS = new Set(['replicationcontrollers', 'podtemplates', 'apps/replicasets', 'apps/deployments', 'apps/statefulsets', 'apps/daemonsets', 'batch/jobs', 'batch/cronjobs']);

function validateNamespace(a: Attributes): Status | undefined {
  const next = policyOf(a.object!.metadata.labels);
  const old = a.old === undefined ? undefined : policyOf(a.old.metadata.labels);
  if (next.errors.length > 0 && (old === undefined || old.errors.length === 0 || !semanticEqual(next.errors, old.errors))) return invalidStatus({ group: '', kind: 'Namespace' }, a.object!.metadata.name, next.errors);
  if (old === undefined || (next.enforce[0] === old.enforce[0] && next.enforce[1] === old.enforce[1])) return undefined;
  if (next.enforce[1] === old.enforce[1] && LEVELS.indexOf(next.enforce[0]) <= LEVELS.indexOf(old.enforce[0])) return undefined;
  warnAboutPods(a, next);
  return undefined;
}

function warnAboutPods(a: Attributes, policy: Policy): void {
  const groups = new Map<string, string[]>();
  for (const p of listObjects(a.state, '/registry/pods/' + a.object!.metadata.name + '/')) {
    const why = violations(policy.enforce[0], p.metadata, p['spec']);
    if (why === undefined) continue;
    const reasons = why.replaceAll(/ \((?:[^()]|\([^()]*\))*\)/g, '');
    groups.set(reasons, [...(groups.get(reasons) ?? []), p.metadata.name]);
  }
  if (groups.size === 0) return;
  a.warn(`existing pods in namespace "${a.object!.metadata.name}" violate the new PodSecurity enforce level "${policy.enforce[0]}:${policy.enforce[1]}"`);
  for (const why of [...groups.keys()].sort()) {
    const names = groups.get(why)!;
    a.warn(`${names[0]}${names.length === 1 ? '' : names.length === 2 ? ' (and 1 other pod)' : ` (and ${names.length - 1} other pods)`}: ${why}`);
  }
}

function evaluate(a: Attributes, meta: Partial<ObjectMeta>, spec: Any, enforce: boolean): Status | undefined {
  const namespace = a.state.objects.get('/registry/namespaces/' + a.namespace);
  const policy = policyOf(namespace?.metadata.labels);
  if (enforce) {
    const why = violations(policy.enforce[0], meta, spec);
    if (why !== undefined) return forbid(a, `violates PodSecurity "${policy.enforce[0]}:${policy.enforce[1]}": ${why}`);
  }
  const warned = violations(policy.warn[0], meta, spec);
  if (warned !== undefined) a.warn(`would violate PodSecurity "${policy.warn[0]}:${policy.warn[1]}": ${warned}`);
  return undefined;
}

export const podSecurity: Plugin = {
  name: 'PodSecurity',
  handles: ['CREATE', 'UPDATE'],
  validate(a) {
    if (a.resource.resource === 'namespaces' && a.resource.group === '') return a.subresource === '' ? validateNamespace(a) : undefined;
    if (isPods(a)) {
      if (a.subresource !== '' && a.subresource !== 'ephemeralcontainers' && a.subresource !== 'resize') return undefined;
      if (a.operation === 'UPDATE' && a.subresource !== 'ephemeralcontainers' && semanticEqual(a.object!['spec'], a.old!['spec'])) return undefined;
      return evaluate(a, a.object!.metadata, a.object!['spec'], true);
    }
    if (a.subresource !== '' || !CONTROLLERS.has((a.resource.group === '' ? '' : a.resource.group + '/') + a.resource.resource)) return undefined;
    const t = template(a.object!);
    return t?.spec === undefined ? undefined : evaluate(a, t.metadata ?? {}, t.spec, false);
  },
};
