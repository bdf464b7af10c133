/** Events the kubelet records. Upstream: pkg/kubelet/events/event.go */
import type { ClientIdentity, EventSource, ProcessContext } from '../client-go/types.ts';
import { containerReference, podReference } from './pod.ts';
import type { Pod } from './pod.ts';
import type { KubeletConfig } from './state.ts';
import { timing } from '../timing.ts';

export const USER_AGENT = 'kubelet/v1.36.3 (linux/amd64) kubernetes/0dc3671';

function identity(config: KubeletConfig, name: string): ClientIdentity {
  return {
    name, user: { username: `system:node:${config.node}`, groups: ['system:nodes', 'system:authenticated'] },
    userAgent: USER_AGENT, qps: timing.kubelet.qps, burst: timing.kubelet.burst,
  };
}
interface Identities { readonly kubelet: ClientIdentity; readonly events: ClientIdentity; readonly heartbeat: ClientIdentity; readonly source: EventSource }
/** Derived from the configuration alone, made once for each. */
const IDENTITIES = new WeakMap<KubeletConfig, Identities>();
function identities(config: KubeletConfig): Identities {
  let known = IDENTITIES.get(config);
  if (!known) {
    const events = identity(config, 'kubelet-events');
    known = { kubelet: identity(config, 'kubelet'), events, heartbeat: identity(config, 'kubelet-heartbeat'), source: { component: 'kubelet', host: config.node, client: events } };
    IDENTITIES.set(config, known);
  }
  return known;
}
/** The kubelet has a client of its own for events and one for heartbeats, so that neither waits for the other. */
export const clients = {
  kubelet: (config: KubeletConfig) => identities(config).kubelet,
  events: (config: KubeletConfig) => identities(config).events,
  heartbeat: (config: KubeletConfig) => identities(config).heartbeat,
};

export type EventType = 'Normal' | 'Warning';
const source = (config: KubeletConfig): EventSource => identities(config).source;

export function podEvent(p: ProcessContext, config: KubeletConfig, pod: Pod, type: EventType, reason: string, message: string): void {
  p.event(source(config), podReference(pod), type, reason, message);
}
export function containerEvent(p: ProcessContext, config: KubeletConfig, pod: Pod, container: string, type: EventType, reason: string, message: string): void {
  p.event(source(config), containerReference(pod, container), type, reason, message);
}
/** Events about the node itself name it without a uid or version. */
export function nodeEvent(p: ProcessContext, config: KubeletConfig, type: EventType, reason: string, message: string): void {
  p.event(source(config), { reference: true, kind: 'Node', apiVersion: 'v1', name: config.node }, type, reason, message);
}
