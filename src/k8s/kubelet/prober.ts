/**
 * Liveness, readiness and startup probes: one worker per container and probe, and what their results mean for a pod's status.
 * Upstream: pkg/kubelet/prober/{worker,prober,prober_manager}.go
 */
import { act } from '../../sim/program.ts';
import type { Program } from '../../sim/program.ts';
import { parseTime } from '../apimachinery/time.ts';
import type { ProcessContext } from '../client-go/types.ts';
import type { ExecSyncResponse } from '../cri-api/types.ts';
import { cri, criErrorText, criFailed } from './cri-client.ts';
import { containerEvent } from './events.ts';
import { containerShouldRestart, containerSpec, containers, initContainers, isRestartableInit, isTerminalPhase, named, uidOf } from './pod.ts';
import type { Any, Pod } from './pod.ts';
import { expand } from './container-environment.ts';
import { updatePod } from './pod-workers.ts';
import { networkProbe } from './probe-spec.ts';
import { flag, table } from './state.ts';
import type { KubeletConfig, ProbeResult, ProbeWorker } from './state.ts';
import { getStatus, setContainerReadiness, setContainerStartup } from './status-manager.ts';

type ProbeType = ProbeWorker['type'];
const TYPES: readonly ProbeType[] = ['liveness', 'readiness', 'startup'];
const INITIAL: Record<ProbeType, ProbeResult['result']> = { liveness: 'Success', readiness: 'Failure', startup: 'Unknown' };
const TITLE: Record<ProbeType, string> = { liveness: 'Liveness', readiness: 'Readiness', startup: 'Startup' };
const key = (uid: string, container: string, type: ProbeType): string => `${uid} ${container} ${type}`;
const FIELD: Record<ProbeType, string> = { liveness: 'livenessProbe', readiness: 'readinessProbe', startup: 'startupProbe' };
const specOf = (container: Any, type: ProbeType): Any => container?.[FIELD[type]];

export function probeResult(p: ProcessContext, containerId: string, type: ProbeType): ProbeResult['result'] | undefined {
  return table(p, 'probeResults').get(`${containerId} ${type}`)?.result;
}

/** Notes a result; a new one is acted upon. Upstream: results.Manager.Set and the sync loop's reading of its updates. */
function setResult(p: ProcessContext, pod: Pod, containerId: string, type: ProbeType, result: ProbeResult['result']): void {
  const results = table(p, 'probeResults');
  const name = `${containerId} ${type}`;
  if (results.get(name)?.result === result) return;
  results.set(name, { result });
  const current = table(p, 'pods').get(uidOf(pod));
  if (!current) return;
  if (type === 'readiness') setContainerReadiness(p, current, containerId, result === 'Success');
  else if (type === 'startup') setContainerStartup(p, current, containerId, result === 'Success');
  else if (result !== 'Failure') return;
  updatePod(p, { pod: current, type: 'sync' });
}

/** Begins to probe a pod's containers. */
export function addProbes(p: ProcessContext, pod: Pod): void {
  const uid = uidOf(pod);
  const workers = table(p, 'probeWorkers');
  const begin = (c: Any): void => {
    for (const type of TYPES) {
      const spec = specOf(c, type);
      if (!spec) continue;
      const name = key(uid, c.name, type);
      if (workers.has(name)) continue;
      workers.set(name, { uid, container: c.name, type, containerId: '', onHold: false, last: '', run: 0, busy: false });
      const period = (spec.periodSeconds ?? 10) * 1_000_000;
      // After a restart of the kubelet the probes of all pods do not start at once.
      const spread = p.now - flag(p, 'startedAt') < period ? Math.floor((period * (p.draw('probe-spread', name, 0) % 1000)) / 1000) : 0;
      p.setTimer(`probe ${name}`, spread);
    }
  };
  for (const c of containers(pod)) begin(c);
  for (const c of initContainers(pod)) if (isRestartableInit(c)) begin(c);
}

function remove(p: ProcessContext, name: string): void {
  const workers = table(p, 'probeWorkers');
  const w = workers.get(name);
  if (!w) return;
  if (w.containerId) table(p, 'probeResults').delete(`${w.containerId} ${w.type}`);
  workers.delete(name);
  p.clearTimer(`probe ${name}`);
}
export function removeProbes(p: ProcessContext, uid: string): void {
  for (const name of table(p, 'probeWorkers').prefix(`${uid} `)) remove(p, name);
}
export function stopLivenessAndStartup(p: ProcessContext, pod: Pod): void {
  const uid = uidOf(pod);
  for (const name of table(p, 'probeWorkers').prefix(`${uid} `)) if (!name.endsWith(' readiness')) remove(p, name);
}

/** One turn of a probe's worker. */
export function probeTimer(p: ProcessContext, config: KubeletConfig, name: string): void {
  const workers = table(p, 'probeWorkers');
  let w = workers.get(name);
  if (!w) return;
  const pod = table(p, 'pods').get(w.uid);
  const status = getStatus(p, w.uid);
  const spec = pod ? containerSpec(pod, w.container) : undefined;
  const probe = specOf(spec, w.type);
  if (!pod || !probe) return remove(p, name);
  p.setTimer(`probe ${name}`, (probe.periodSeconds ?? 10) * 1_000_000);
  if (!status || w.busy) return;
  if (isTerminalPhase(status.phase)) return remove(p, name);
  const c = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])].find((s: Any) => s.name === w!.container);
  if (!c?.containerID) return;
  const id = String(c.containerID).slice('containerd://'.length);
  const startedAt = parseTime(c.state?.running?.startedAt) ?? 0;
  // 10 s before the kubelet's own start: such a container ran before, and keeps the readiness it had.
  const ranBefore = c.state?.running && startedAt < flag(p, 'startedAt') - 10_000_000;
  if (w.containerId !== id) {
    if (w.containerId) table(p, 'probeResults').delete(`${w.containerId} ${w.type}`);
    w = { ...w, containerId: id, onHold: false };
    workers.set(name, w);
    if (w.type === 'startup' && c.started === true && isRestartableInit(spec)) setResult(p, pod, id, w.type, 'Success');
    if (!ranBefore) setResult(p, pod, id, w.type, INITIAL[w.type]);
  }
  if (w.onHold) return;
  if (!c.state?.running) {
    setResult(p, pod, id, w.type, 'Failure');
    if (c.state?.terminated && !containerShouldRestart(spec, pod, c.state.terminated.exitCode ?? 0)) remove(p, name);
    return;
  }
  if (pod.metadata.deletionTimestamp !== undefined && w.type !== 'readiness') {
    setResult(p, pod, id, w.type, 'Success');
    return remove(p, name);
  }
  if (Math.floor((p.now - startedAt) / 1_000_000) < (probe.initialDelaySeconds ?? 0)) return;
  if (c.started === true ? w.type === 'startup' : w.type !== 'startup') return;
  workers.set(name, { ...w, busy: true });
  p.spawn('probe', { config, name, pod, container: spec, probe, id, type: w.type } satisfies ProbeArgs);
}

export interface ProbeArgs {
  readonly config: KubeletConfig;
  readonly name: string;
  readonly pod: Pod;
  readonly container: Any;
  readonly probe: Any;
  readonly id: string;
  readonly type: ProbeType;
}

/** Upstream: maxProbeRetries. */
const RETRIES = 3;

export function* runProbe(args: ProbeArgs): Program {
  const { config, pod, container, probe, id, type } = args;
  const subject = `${pod.metadata.namespace}/${pod.metadata.name} ${container.name}`;
  const timeout: number = probe.timeoutSeconds ?? 1;
  const network = networkProbe(probe, container);
  const env: Record<string, string> = {};
  for (const item of container.env ?? []) if (item.value !== undefined) env[item.name] = item.value;
  let result: 'Success' | 'Failure' | undefined;
  let output = '';
  let error = '';
  for (let i = 0; i < RETRIES && result === undefined; i++) {
    const answer = yield* cri<ExecSyncResponse>(config.node, network
      ? { method: 'Probe', containerId: id, probe: network }
      : { method: 'ExecSync', containerId: id, cmd: (probe.exec?.command ?? []).map((word: string) => expand(word, env)), timeoutSeconds: timeout }, subject);
    if (!criFailed(answer)) {
      result = answer.exitCode === 0 ? 'Success' : 'Failure';
      output = answer.stdout + answer.stderr;
    } else if ('code' in answer && answer.code === 'DeadlineExceeded') {
      result = 'Failure';
      output = `command timed out: ${JSON.stringify(criErrorText(answer))}`;
    } else error = criErrorText(answer);
  }
  yield* act((p: ProcessContext) => {
    const workers = table(p, 'probeWorkers');
    const w = workers.get(args.name);
    if (result === undefined) containerEvent(p, config, pod, container.name, 'Warning', 'Unhealthy', `${TITLE[type]} probe errored and resulted in unknown state: ${error}`);
    else if (result === 'Failure') containerEvent(p, config, pod, container.name, 'Warning', 'Unhealthy', `${TITLE[type]} probe failed: ${output}`);
    if (!w) return;
    if (result === undefined || w.containerId !== id) {
      workers.set(args.name, { ...w, busy: false });
      return;
    }
    const run = w.last === result ? w.run + 1 : 1;
    const enough = run >= (result === 'Failure' ? (probe.failureThreshold ?? 3) : (probe.successThreshold ?? 1));
    const hold = enough && ((type === 'liveness' && result === 'Failure') || type === 'startup');
    workers.set(args.name, { ...w, busy: false, last: result, run: hold ? 0 : run, onHold: hold });
    if (enough) setResult(p, pod, id, type, result);
  });
}

const idOf = (c: Any): string => String(c.containerID).slice('containerd://'.length);

function isStarted(p: ProcessContext, uid: string, c: Any, spec: Any): boolean {
  if (!c.state.running) return false;
  if (spec && !spec.startupProbe) return true;
  const result = probeResult(p, idOf(c), 'startup');
  if (result !== undefined) return result === 'Success';
  if (c.started === true) return true;
  return !table(p, 'probeWorkers').has(key(uid, c.name, 'startup'));
}

function isReady(p: ProcessContext, pod: Pod, c: Any, spec: Any): boolean {
  if (!c.state.running) return false;
  if (spec && !spec.readinessProbe) return true;
  const id = idOf(c);
  const known = probeResult(p, id, 'readiness');
  if (known === 'Success') return true;
  const name = key(uidOf(pod), c.name, 'readiness');
  let ready = !table(p, 'probeWorkers').has(name);
  if (!ready) p.setTimer(`probe ${name}`, 0);
  const startedAt = parseTime(c.state.running.startedAt) ?? 0;
  if (startedAt > 0 && startedAt < flag(p, 'startedAt') - 10_000_000) {
    if (!ready && known === undefined) ready = true;
    if (spec?.readinessProbe && !(pod.status?.conditions ?? []).some((d: Any) => d.type === 'Ready' && d.status === 'True')) ready = false;
  }
  return ready;
}

/** Fills `started` and `ready`. A readiness probe that has no success yet is run at once when its container is seen running. */
export function updatePodStatus(p: ProcessContext, pod: Pod, regular: readonly Any[], init: readonly Any[]): { regular: Any[]; init: Any[] } {
  const uid = uidOf(pod);
  const out: { regular: Any[]; init: Any[] } = { regular: [], init: [] };
  for (const c of regular) {
    const spec = containerSpec(pod, c.name);
    const next: Any = { ...c };
    next.started = isStarted(p, uid, c, spec);
    next.ready = next.started ? isReady(p, pod, c, spec) : c.ready && !c.state.terminated && !c.state.waiting ? c.ready : false;
    out.regular.push(next);
  }
  for (const c of init) {
    const spec = named(initContainers(pod), c.name);
    const next: Any = { ...c };
    next.started = isStarted(p, uid, c, spec);
    if (!spec || !isRestartableInit(spec)) next.ready = c.state.terminated?.exitCode === 0 ? true : c.ready;
    else next.ready = next.started ? isReady(p, pod, c, spec) : false;
    out.init.push(next);
  }
  return out;
}
