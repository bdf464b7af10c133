/**
 * /containerLogs of the kubelet's server: what `kubectl logs` reads.
 * Upstream: pkg/kubelet/kubelet_pods.go GetKubeletContainerLogs, staging/src/k8s.io/cri-client/pkg/logs
 */
import { act } from '../../sim/program.ts';
import type { Program } from '../../sim/program.ts';
import { goQuote } from '../apimachinery/goquote.ts';
import { formatMicroTime, parseTime } from '../apimachinery/time.ts';
import type { ProcessContext } from '../client-go/types.ts';
import type { LogLine } from '../cri-api/types.ts';
import { cri, criErrorText, criFailed } from './cri-client.ts';
import { uidOf } from './pod.ts';
import type { Any } from './pod.ts';
import type { KubeletConfig } from './state.ts';
import { getStatus } from './status-manager.ts';

export interface LogRequest { readonly path: string; readonly query?: Readonly<Record<string, string>> }
export interface LogAnswer { readonly code: number; readonly text: string; /** The container whose log it is, for who follows it. */ readonly containerId?: string; readonly lines?: number }

/** The container to read, or why there is none. */
function target(p: ProcessContext, namespace: string, name: string, container: string, previous: boolean): { id: string } | { code: number; text: string } {
  const pod = p.informer('pods').get(`${namespace}/${name}`);
  if (!pod) return { code: 404, text: `pod ${goQuote(name)} not found` };
  const status = getStatus(p, uidOf(pod)) ?? pod.status ?? {};
  const found = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? []), ...(status.ephemeralContainerStatuses ?? [])].find((c: Any) => c.name === container);
  if (!found) return { code: 404, text: `container ${goQuote(container)} not found in pod ${goQuote(name)}` };
  const bad = (text: string) => ({ code: 400, text });
  const { waiting, running, terminated } = found.state ?? {};
  const last = found.lastState?.terminated;
  const id = (full: unknown): string => String(full).slice('containerd://'.length);
  if (previous) {
    if (!last?.containerID) return bad(`previous terminated container ${goQuote(container)} in pod ${goQuote(name)} not found`);
    return { id: id(last.containerID) };
  }
  if (running) return { id: id(found.containerID) };
  if (terminated) {
    if (terminated.containerID) return { id: id(terminated.containerID) };
    if (last?.containerID) return { id: id(last.containerID) };
    return bad(`container ${goQuote(container)} in pod ${goQuote(name)} is terminated`);
  }
  if (last?.containerID) return { id: id(last.containerID) };
  if (waiting) {
    const reason: string = waiting.reason ?? '';
    if (reason === 'ErrImagePull') return bad(`container ${goQuote(container)} in pod ${goQuote(name)} is waiting to start: image can't be pulled`);
    if (reason === 'ImagePullBackOff') return bad(`container ${goQuote(container)} in pod ${goQuote(name)} is waiting to start: trying and failing to pull image`);
    return bad(`container ${goQuote(container)} in pod ${goQuote(name)} is waiting to start: ${reason}`);
  }
  return bad(`container ${goQuote(container)} in pod ${goQuote(name)} is not available`);
}

export function formatLines(lines: readonly LogLine[], query: Readonly<Record<string, string>>, now: number): string {
  let kept = lines;
  const since = query.sinceTime ? parseTime(query.sinceTime) : query.sinceSeconds ? now - Number(query.sinceSeconds) * 1_000_000 : undefined;
  if (since !== undefined) kept = kept.filter((line) => line.at >= since);
  if (query.tailLines !== undefined && Number(query.tailLines) >= 0) kept = Number(query.tailLines) === 0 ? [] : kept.slice(-Number(query.tailLines));
  let text = kept.map((line) => `${query.timestamps === 'true' ? `${formatMicroTime(line.at).slice(0, -1)}000Z ` : ''}${line.text}\n`).join('');
  if (query.limitBytes !== undefined) text = text.slice(0, Math.max(0, Number(query.limitBytes)));
  return text;
}

export function* containerLogs(config: KubeletConfig, request: LogRequest): Program<LogAnswer> {
  const [, , namespace, name, container] = request.path.split('/');
  const query = request.query ?? {};
  const found = yield* act((p: ProcessContext) => target(p, namespace ?? '', name ?? '', container ?? '', query.previous === 'true'));
  if (!('id' in found)) return found;
  const log = yield* cri<{ lines: readonly LogLine[] }>(config.node, { method: 'ReadLog', containerId: found.id }, `${namespace}/${name} ${container}`);
  if (criFailed(log)) return { code: 500, text: criErrorText(log) };
  const now = yield* act((p: ProcessContext) => p.now);
  return { code: 200, text: formatLines(log.lines, query, now), containerId: found.id, lines: log.lines.length };
}
