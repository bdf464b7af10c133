/**
 * What a connection to a pod's port finds: a server listens on its declared ports and on its image's usual one, a moment after its start.
 * Upstream: pkg/probe/{http,tcp,grpc} (the texts), net/http's errors.
 */
import type { Context } from '../../sim/types.ts';
import type { NetworkProbe } from '../cri-api/types.ts';
import { timing } from '../timing.ts';
import { readFile } from './files.ts';
import { imageBase } from './image-reference.ts';
import { imageProgram } from './images/catalogue.ts';
import type { RuntimeState } from './state.ts';

/** exitCode 0: success; 1: failure with `stdout` as its text; or a CRI error when the container does not run. */
export function answerProbe(ctx: Context, state: RuntimeState, containerId: string, probe: NetworkProbe): unknown {
  const record = state.containers.get(containerId);
  if (!record) return { code: 'NotFound', message: `an error occurred when try to find container "${containerId}": not found` };
  if (record.status.state !== 'CONTAINER_RUNNING') return { code: 'Unknown', message: `failed to exec in container: container is in ${record.status.state} state` };
  const image = imageProgram(imageBase(record.config.userSpecifiedImage));
  const age = ctx.now - record.status.startedAt;
  const ip = state.sandboxes.get(record.status.sandboxId)?.ip || '127.0.0.1';
  const listens = record.serves && age > timing.containerRuntime.serverListens && (image.port === probe.port || record.config.ports.includes(probe.port));
  const failure = (stdout: string) => ({ exitCode: 1, stdout, stderr: '' });
  if (!listens) {
    const refused = `dial tcp ${ip}:${probe.port}: connect: connection refused`;
    if (probe.scheme === 'http' || probe.scheme === 'https') return failure(`Get "${probe.scheme}://${ip}:${probe.port}${probe.path}": ${refused}`);
    if (probe.scheme === 'grpc') return failure(`timeout: failed to connect service "${ip}:${probe.port}" within 1s: context deadline exceeded`);
    return failure(refused);
  }
  if (probe.scheme === 'tcp' || probe.scheme === 'grpc') return { exitCode: 0, stdout: '', stderr: '' };
  // A lesson can make a server ill: the file overrides its answer.
  const override = readFile(state, record, '/tmp/http-status');
  const code = override !== undefined ? Number(override.trim()) || 0 : (image.http?.(probe.path, age, record.config.args, (file) => readFile(state, record, file) !== undefined) ?? 200);
  return code >= 200 && code < 400 ? { exitCode: 0, stdout: '', stderr: '' } : failure(`HTTP probe failed with statuscode: ${code}`);
}
