/** Events the kubelet records. Upstream: pkg/kubelet/events/event.go */
import type { ClientIdentity, ProcessContext } from '../client-go/types.ts';
import { containerReference, podReference } from './pod.ts';
import type { Pod } from './pod.ts';
import type { KubeletConfig } from './state.ts';
import { timing } from '../timing.ts';

export const USER_AGENT = 'kubelet/v1.36.3 (linux/amd64) kubernetes/0dc3671';

export function identity(config: KubeletConfig, name: string): ClientIdentity {
  return {
    name, user: { username: `system:node:${config.node}`, groups: ['system:nodes', 'system:authenticated'] },
    userAgent: USER_AGENT, qps: timing.kubelet.qps, burst: timing.kubelet.burst,
  };
}
/** The kubelet has a client of its own for events and one for heartbeats, so that neither waits for the other. */
export const clients = {
  kubelet: (config: KubeletConfig) => identity(config, 'kubelet'),
  events: (config: KubeletConfig) => identity(config, 'kubelet-events'),
  heartbeat: (config: KubeletConfig) => identity(config, 'kubelet-heartbeat'),
};

export type EventType = 'Normal' | 'Warning';
const source = (config: KubeletConfig) => ({ component: 'kubelet', host: config.node, client: clients.events(config) });

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
