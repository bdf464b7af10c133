/**
 * `kubectl run`.
 * Upstream: k8s.io/kubectl/pkg/cmd/run/run.go, pkg/generate/versioned/run.go
 * Left out: attaching (-i, -t, --rm) to the started container.
 */
import { parseJson } from '../apimachinery/json.ts';
import type { Program } from '../../sim/program.ts';
import { KubectlError, usageError } from './errors.ts';
import type { Flag, Flags } from './flags.ts';
import { createObject, makeObject, printCreated, requireFlags } from './generator.ts';
import { DRY_RUN_FLAG, fieldManagerFlag, PRINT_FLAGS } from './result.ts';
import type { Command, Session } from './session.ts';

const FLAGS: readonly Flag[] = [
  ...PRINT_FLAGS, DRY_RUN_FLAG, fieldManagerFlag('kubectl-run'),
  { name: 'image', type: 'string' }, { name: 'image-pull-policy', type: 'string' }, { name: 'port', type: 'string' }, { name: 'labels', short: 'l', type: 'string' }, { name: 'env', type: 'array' }, { name: 'annotations', type: 'array' },
  { name: 'restart', type: 'string', default: 'Always' }, { name: 'command', type: 'bool' }, { name: 'expose', type: 'bool' }, { name: 'overrides', type: 'string' }, { name: 'override-type', type: 'string', default: 'merge' }, { name: 'privileged', type: 'bool' },
  { name: 'stdin', short: 'i', type: 'bool' }, { name: 'tty', short: 't', type: 'bool' }, { name: 'rm', type: 'bool' }, { name: 'attach', type: 'bool' }, { name: 'quiet', short: 'q', type: 'bool' }, { name: 'leave-stdin-open', type: 'bool' },
  { name: 'pod-running-timeout', type: 'duration', default: '1m0s' }, { name: 'force', type: 'bool' }, { name: 'grace-period', type: 'int', default: -1 }, { name: 'timeout', type: 'duration', default: '0' }, { name: 'wait', type: 'bool' },
  { name: 'save-config', type: 'bool' },
];

function restartPolicy(flags: Flags): string {
  const value = flags.string('restart');
  if (value === '') return flags.bool('stdin') ? 'OnFailure' : 'Always';
  if (value === 'Always' || value === 'OnFailure' || value === 'Never') return value;
  throw usageError('kubectl run', `invalid restart policy: ${value}`);
}

/** `key=value` pairs of --labels. */
function labelsOf(text: string): Record<string, string> {
  const out: Record<string, string> = {};
  for (const part of text.split(',')) {
    const words = part.split('=');
    if (words.length !== 2 || words[0] === '') throw new KubectlError(`unexpected label spec: ${part}`);
    out[words[0]] = words[1];
  }
  return out;
}

function envOf(list: readonly string[]): { name: string; value: string }[] {
  return list.map((text) => {
    const eq = text.indexOf('=');
    if (eq <= 0) throw new KubectlError(`invalid env: ${text}`);
    return { name: text.slice(0, eq), value: text.slice(eq + 1) };
  });
}

function mergeInto(base: unknown, over: unknown, depth = 0): unknown {
  if (depth > 100 || typeof over !== 'object' || over === null || Array.isArray(over) || typeof base !== 'object' || base === null || Array.isArray(base)) return over;
  const out: Record<string, unknown> = { ...(base as Record<string, unknown>) };
  for (const [key, value] of Object.entries(over)) {
    if (value === null) delete out[key];
    else out[key] = out[key] === undefined ? value : mergeInto(out[key], value, depth + 1);
  }
  return out;
}

function* run(k: Session, flags: Flags): Program {
  requireFlags(flags, ['image']);
  if (flags.args.length === 0 || flags.dash === 0) throw usageError('kubectl run', 'NAME is required for run');
  const image = flags.string('image');
  if (image === '') throw new KubectlError('--image is required');
  if (!/^(?:[A-Za-z0-9][\w.-]*(?::\d+)?\/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*(?::[\w][\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$/.test(image)) {
    throw new KubectlError(`Invalid image name "${image}": invalid reference format`);
  }
  if (flags.bool('tty') && !flags.bool('stdin')) throw usageError('kubectl run', '-i/--stdin is required for containers with -t/--tty=true');
  const port = flags.string('port');
  if (flags.bool('expose') && port === '') throw usageError('kubectl run', '--port must be set when exposing a service');
  const restart = restartPolicy(flags);
  const attach = flags.changed('attach') ? flags.bool('attach') : flags.bool('stdin');
  if (!attach && flags.bool('rm')) throw usageError('kubectl run', '--rm should only be used for attached containers');
  const pull = flags.string('image-pull-policy');
  if (!['', 'Always', 'IfNotPresent', 'Never'].includes(pull)) throw usageError('kubectl run', `invalid image pull policy: ${pull}`);
  if (attach) throw new KubectlError('attaching to containers (-i, -t, --attach, --rm) is not supported here: run without it, then use kubectl logs');
  if (port !== '' && !/^\d+$/.test(port)) throw new KubectlError(`strconv.Atoi: parsing "${port}": invalid syntax`);
  const name = flags.args[0];
  const rest = flags.args.slice(1);
  const labels = flags.string('labels') === '' ? { run: name } : labelsOf(flags.string('labels'));
  const annotations: Record<string, string> = {};
  for (const a of flags.list('annotations')) annotations[a.slice(0, a.indexOf('='))] = a.slice(a.indexOf('=') + 1);
  let pod: Record<string, unknown> = {
    apiVersion: 'v1', kind: 'Pod', metadata: { name, labels, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
    spec: {
      containers: [{
        name, image, ...(pull === '' ? {} : { imagePullPolicy: pull }), ...(rest.length === 0 ? {} : flags.bool('command') ? { command: rest } : { args: rest }),
        ...(flags.list('env').length === 0 ? {} : { env: envOf(flags.list('env')) }), ...(port === '' ? {} : { ports: [{ containerPort: Number(port) }] }),
        ...(flags.bool('privileged') ? { securityContext: { privileged: true } } : {}),
      }],
      dnsPolicy: 'ClusterFirst', restartPolicy: restart,
    },
  };
  if (flags.string('overrides') !== '') {
    const parsed = parseJson(flags.string('overrides'));
    if (parsed.error !== undefined) throw new KubectlError(`Invalid JSON Patch: ${parsed.error}`);
    pod = mergeInto(pod, parsed.value) as Record<string, unknown>;
  }
  // The pod is made first and told of last.
  const made = yield* makeObject(k, flags, pod);
  if (flags.bool('expose')) {
    yield* createObject(k, flags, {
      apiVersion: 'v1', kind: 'Service', metadata: { name, ...(flags.string('labels') === '' ? {} : { labels }) },
      spec: { ports: [{ port: Number(port), protocol: 'TCP', targetPort: Number(port) }], selector: labels },
    });
    if (flags.string('output') === 'yaml') yield* k.out('---\n');
  }
  yield* printCreated(k, flags, made);
}

export const RUN: Command = { name: 'run', short: 'Run a particular image on the cluster', usage: 'run NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...]', flags: FLAGS, run };
