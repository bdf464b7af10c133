/**
 * Probes, lifecycle hooks and their handlers.
 * Upstream: validateProbe, validateHandler, validateLifecycle in pkg/apis/core/validation/validation.go
 * Left out: nothing.
 */
import type { Path } from '../../apimachinery/field-error.ts';
import { forbidden, invalid, notSupported, required } from '../../apimachinery/field-error.ts';
import { isHTTPHeaderName } from '../../apimachinery/validation-strings.ts';
import { complain, has, list, nonNegativeField, portNumOrName, type Errs, type Obj } from './field-checks.ts';

const RT_MIN = Array.from({ length: 15 }, (_, i) => `SIGRTMIN+${i + 1}`);
const RT_MAX = Array.from({ length: 14 }, (_, i) => `SIGRTMAX-${i + 1}`);
const LINUX_SIGNALS = ['SIGABRT', 'SIGALRM', 'SIGBUS', 'SIGCHLD', 'SIGCLD', 'SIGCONT', 'SIGFPE', 'SIGHUP', 'SIGILL', 'SIGINT', 'SIGIO', 'SIGIOT', 'SIGKILL', 'SIGPIPE', 'SIGPOLL',
  'SIGPROF', 'SIGPWR', 'SIGQUIT', 'SIGRTMAX', 'SIGRTMIN', 'SIGSEGV', 'SIGSTKFLT', 'SIGSTOP', 'SIGSYS', 'SIGTERM', 'SIGTRAP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU', 'SIGURG', 'SIGUSR1',
  'SIGUSR2', 'SIGVTALRM', 'SIGWINCH', 'SIGXCPU', 'SIGXFSZ', ...RT_MIN, ...RT_MAX].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
const WINDOWS_SIGNALS = ['SIGKILL', 'SIGTERM'];

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const;

function validateHandler(errs: Errs, handler: Obj, grace: number | undefined, at: Path, kinds: readonly (typeof HANDLERS)[number][]): void {
  let n = 0;
  for (const kind of kinds) {
    const h = handler[kind];
    if (!has(h)) continue;
    if (n > 0) { errs.push(forbidden(at.child(kind), 'may not specify more than 1 handler type')); continue; }
    n++;
    const p = at.child(kind);
    switch (kind) {
      case 'exec':
        if (list(h.command).length === 0) errs.push(required(p.child('command'), ''));
        break;
      case 'httpGet':
        if (!h.path) errs.push(required(p.child('path'), ''));
        portNumOrName(errs, h.port, p.child('port'));
        if (h.scheme !== 'HTTP' && h.scheme !== 'HTTPS') errs.push(notSupported(p.child('scheme'), h.scheme ?? '', ['HTTP', 'HTTPS']));
        for (const header of list(h.httpHeaders)) complain(errs, p.child('httpHeaders'), header.name ?? '', isHTTPHeaderName(header.name ?? ''));
        break;
      case 'tcpSocket': case 'grpc':
        portNumOrName(errs, h.port, p.child('port'));
        break;
      default: {
        const s = h.seconds ?? 0;
        if (grace !== undefined && (s < 0 || s > grace)) errs.push(invalid(p, s, `must be non-negative and less than terminationGracePeriodSeconds (${grace})`));
      }
    }
  }
  if (n === 0) errs.push(required(at, 'must specify a handler type'));
}

const PROBE_HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc'] as const;
const HOOK_HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'sleep'] as const;

function validateProbe(errs: Errs, probe: Obj, grace: number | undefined, at: Path): void {
  validateHandler(errs, probe, grace, at, PROBE_HANDLERS);
  for (const f of ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold']) nonNegativeField(errs, probe, f, at);
  if (has(probe.terminationGracePeriodSeconds) && probe.terminationGracePeriodSeconds <= 0) {
    errs.push(invalid(at.child('terminationGracePeriodSeconds'), probe.terminationGracePeriodSeconds, 'must be greater than 0'));
  }
}

/** Liveness, readiness and startup probe of a container. */
export function validateProbes(errs: Errs, container: Obj, grace: number | undefined, at: Path): void {
  const once = (field: string): void => {
    const probe = container[field];
    if (!has(probe)) return;
    const p = at.child(field);
    validateProbe(errs, probe, grace, p);
    if ((probe.successThreshold ?? 0) !== 1) errs.push(invalid(p.child('successThreshold'), probe.successThreshold ?? 0, 'must be 1'));
  };
  once('livenessProbe');
  const ready = container.readinessProbe;
  if (has(ready)) {
    const p = at.child('readinessProbe');
    validateProbe(errs, ready, grace, p);
    if (has(ready.terminationGracePeriodSeconds)) errs.push(invalid(p.child('terminationGracePeriodSeconds'), ready.terminationGracePeriodSeconds, 'must not be set for readinessProbes'));
  }
  once('startupProbe');
}

/** Upstream: validateLifecycle. */
export function validateLifecycle(errs: Errs, lifecycle: Obj, grace: number | undefined, at: Path, os: Obj): void {
  if (has(lifecycle.postStart)) validateHandler(errs, lifecycle.postStart, grace, at.child('postStart'), HOOK_HANDLERS);
  if (has(lifecycle.preStop)) validateHandler(errs, lifecycle.preStop, grace, at.child('preStop'), HOOK_HANDLERS);
  const signal = lifecycle.stopSignal;
  if (!has(signal)) return;
  const p = at.child('stopSignal');
  if (!has(os)) errs.push(forbidden(p, 'may not be set for containers with empty `spec.os.name`'));
  else if (os.name === 'windows' && !WINDOWS_SIGNALS.includes(signal)) errs.push(notSupported(p, signal, WINDOWS_SIGNALS));
  else if (os.name === 'linux' && !LINUX_SIGNALS.includes(signal)) errs.push(notSupported(p, signal, LINUX_SIGNALS));
}
