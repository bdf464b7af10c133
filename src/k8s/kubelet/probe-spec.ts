/** Ports and targets of probes and hooks. Upstream: pkg/probe/util.go ResolveContainerPort, pkg/probe/http/request.go */
import type { NetworkProbe } from '../cri-api/types.ts';
import type { Any } from './pod.ts';

/** A number, a number as text, or the name of a declared port; 0: none such. */
export function resolvePort(port: unknown, container: Any): number {
  if (typeof port === 'number') return port;
  const named = (container.ports ?? []).find((p: Any) => p.name === port);
  if (named) return named.containerPort;
  return /^\d+$/.test(String(port)) ? Number(port) : 0;
}

/** The network side of a probe; undefined: it is an exec probe. */
export function networkProbe(probe: Any, container: Any): NetworkProbe | undefined {
  if (probe.httpGet) return { scheme: probe.httpGet.scheme === 'HTTPS' ? 'https' : 'http', port: resolvePort(probe.httpGet.port, container), path: probe.httpGet.path ?? '/', host: probe.httpGet.host };
  if (probe.tcpSocket) return { scheme: 'tcp', port: resolvePort(probe.tcpSocket.port, container), path: '' };
  if (probe.grpc) return { scheme: 'grpc', port: probe.grpc.port, path: '' };
  return undefined;
}
