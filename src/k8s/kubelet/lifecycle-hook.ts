/**
 * postStart and preStop hooks.
 * Upstream: pkg/kubelet/lifecycle/handlers.go
 * Left out: the fallback from HTTPS to HTTP.
 */
import { sleep } from '../../sim/program.ts';
import type { Program } from '../../sim/program.ts';
import { goQuote } from '../apimachinery/goquote.ts';
import type { ExecSyncResponse } from '../cri-api/types.ts';
import { cri, criErrorText, criFailed } from './cri-client.ts';
import type { Any, Pod } from './pod.ts';
import { resolvePort } from './probe-spec.ts';
import type { KubeletConfig } from './state.ts';

/** error '': success. `late`: the time was over first. */
export function* runHook(config: KubeletConfig, pod: Pod, container: Any, id: string, handler: Any, limitSeconds = 0): Program<{ error: string; late: boolean }> {
  const subject = `${pod.metadata.namespace}/${pod.metadata.name} ${container.name}`;
  if (handler.exec) {
    const command: readonly string[] = handler.exec.command ?? [];
    const answer = yield* cri<ExecSyncResponse>(config.node, { method: 'ExecSync', containerId: id, cmd: command, timeoutSeconds: limitSeconds }, subject);
    if (criFailed(answer)) return { error: criErrorText(answer), late: 'code' in answer && answer.code === 'DeadlineExceeded' };
    if (answer.exitCode !== 0) {
      return { error: `Exec lifecycle hook (${goList(command)}) for Container ${goQuote(container.name)} in Pod ${goQuote(`${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`)} failed - error: command '${command.join(' ')}' exited with ${answer.exitCode}: ${answer.stderr}, message: ${goQuote(answer.stdout + answer.stderr)}`, late: false };
    }
    return { error: '', late: false };
  }
  if (handler.httpGet) {
    const http = handler.httpGet;
    const answer = yield* cri<ExecSyncResponse>(config.node, { method: 'Probe', containerId: id, probe: { scheme: http.scheme === 'HTTPS' ? 'https' : 'http', port: resolvePort(http.port, container), path: http.path ?? '/', host: http.host } }, subject);
    if (criFailed(answer)) return { error: criErrorText(answer), late: false };
    // Any HTTP answer is a success; only a connection that failed is an error.
    return { error: answer.exitCode !== 0 && !answer.stdout.startsWith('HTTP probe failed') ? answer.stdout : '', late: false };
  }
  if (handler.sleep) {
    const seconds = handler.sleep.seconds ?? 0;
    const late = limitSeconds > 0 && seconds > limitSeconds;
    yield* sleep(Math.min(seconds, limitSeconds > 0 ? limitSeconds : seconds) * 1_000_000);
    return { error: '', late };
  }
  return { error: 'invalid handler: ', late: false };
}

function goList(words: readonly string[]): string {
  return `[${words.join(' ')}]`;
}
