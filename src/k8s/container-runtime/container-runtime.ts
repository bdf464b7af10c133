/**
 * The container runtime of one node: a CRI server in a process of its own, so that containers outlive a stopped kubelet.
 * Upstream: containerd's CRI plugin behind staging/src/k8s.io/cri-api.
 * Left out: namespaces and cgroups as such, stats, image garbage.
 *
 * The kubelet relists once a second. When a container ended by itself the runtime says so (a `signal`, as CRI's GetContainerEvents
 * would), at most once between two relists: the kubelet still looks only at its next tick, but an idle node exchanges nothing.
 */
import { act } from '../../sim/program.ts';
import type { Program } from '../../sim/program.ts';
import type { Component, Context, Host, Message } from '../../sim/types.ts';
import { runtimeAddress } from '../cri-api/types.ts';
import type { ContainerConfig, ContainerStatus, CriError, CriRequest, PodSandboxConfig } from '../cri-api/types.ts';
import { timing } from '../timing.ts';
import { readFile } from './files.ts';
import { imageBase, imageInRegistry, isMissing, parseImageReference } from './image-reference.ts';
import { answerProbe } from './network-probe.ts';
import { commandLine, howItStarts, runProcess } from './process.ts';
import type { ProcessArgs, ProcessResult } from './process.ts';
import { imageProgram } from './images/catalogue.ts';
import { RuntimeState } from './state.ts';
import type { ContainerRecord } from './state.ts';

const time = timing.containerRuntime;

export interface ContainerRuntimeConfig {
  readonly node: string;
  /** From 1; decides the addresses given out until the kubelet names the node's own pod CIDR. */
  readonly ordinal?: number;
  /** Images that are there from the start. */
  readonly images?: readonly string[];
}

interface ExecArgs extends ProcessArgs { readonly request: Message }

export function createContainerRuntime(host: Host, config: ContainerRuntimeConfig): Component {
  const address = runtimeAddress(config.node);
  const kubelet = `kubelet/${config.node}`;
  const state = new RuntimeState(host, address, `10.244.${config.ordinal ?? 1}.0/24`);

  const answer = (ctx: Context, request: Message, body: unknown): void => {
    const failed = typeof body === 'object' && body !== null && 'code' in body && 'message' in body;
    ctx.reply(request, body, { verb: request.label.verb, subject: request.label.subject, code: failed ? 500 : 200 });
  };
  const fail = (code: string, message: string): CriError => ({ code, message });
  /** Does the rest of a request after `delay`, and up to a tenth of it more: no two disks and lines are equally fast, nor one twice. */
  const later = (ctx: Context, delay: number, request: Message): void => {
    const n = state.count('timers');
    ctx.setTimer(`cri ${n}`, delay + Math.floor((delay * (ctx.draw('runtime', '', n) % 1000)) / 10_000), request);
  };
  const announce = (ctx: Context): void => {
    if (state.number('announced') !== 0) return;
    state.setNumber('announced', state.number('token'));
    ctx.send(kubelet, 'signal', { method: 'ContainersChanged' }, { verb: 'GetContainerEvents', subject: config.node });
  };

  const findImage = (ref: string) => {
    const byId = ref.startsWith('sha256:') ? state.images.get(ref) : ref.length === 64 ? state.images.get(`sha256:${ref}`) : undefined;
    if (byId) return byId;
    return state.imageNamed(parseImageReference(ref).full);
  };

  const runSandbox = (ctx: Context, cfg: PodSandboxConfig): unknown => {
    const id = state.newId(ctx);
    const ip = cfg.hostNetwork ? '' : state.newIp();
    state.addSandbox({ id, name: cfg.name, namespace: cfg.namespace, uid: cfg.uid, attempt: cfg.attempt, state: 'SANDBOX_READY', createdAt: ctx.now, ip, hostNetwork: cfg.hostNetwork });
    ctx.record('state', 'Sandbox', `${cfg.namespace}/${cfg.name}`);
    return { podSandboxId: id, ip };
  };

  const createContainer = (ctx: Context, podSandboxId: string, cfg: ContainerConfig): unknown => {
    const sandbox = state.sandboxes.get(podSandboxId);
    if (sandbox?.state !== 'SANDBOX_READY') return fail('NotFound', `failed to find sandbox id "${podSandboxId}": not found`);
    const image = findImage(cfg.image);
    if (!image) return fail('NotFound', `failed to get image from containerd "${cfg.image}": not found`);
    for (const volume of cfg.volumes) for (const path of Object.keys(volume.files)) state.files.set(`${volume.hostPath}/${path}`, volume.files[path]);
    const id = state.newId(ctx);
    const status: ContainerStatus = {
      id, sandboxId: podSandboxId, podUid: sandbox.uid, name: cfg.name, attempt: cfg.attempt, state: 'CONTAINER_CREATED', createdAt: ctx.now, startedAt: 0, finishedAt: 0,
      exitCode: 0, reason: '', message: '', image: image.repoTags[0] ?? cfg.image, imageRef: image.repoDigest, imageId: image.id, hash: cfg.hash, user: cfg.user, resources: cfg.resources, ports: cfg.ports,
    };
    state.addContainer({ status, config: cfg, argv: commandLine(cfg), program: 0, serves: false, graceful: false, terminating: false, stopping: [], oom: false });
    return { containerId: id };
  };

  const startContainer = (ctx: Context, id: string): unknown => {
    const record = state.containers.get(id);
    if (!record) return fail('NotFound', `an error occurred when try to find container "${id}": not found`);
    if (record.status.state !== 'CONTAINER_CREATED') return fail('Unknown', `container is in ${record.status.state} state`);
    const start = howItStarts(record.argv);
    if (start.kind === 'fails') {
      state.setStatus(id, { state: 'CONTAINER_EXITED', exitCode: 128, reason: 'StartError', finishedAt: ctx.now, message: start.message });
      return fail('Unknown', start.message);
    }
    const server = start.kind === 'server';
    state.setStatus(id, { state: 'CONTAINER_RUNNING', startedAt: ctx.now }, { serves: server && start.serves, graceful: server && start.graceful });
    ctx.record('state', 'Running', `${record.config.name}`);
    if (server) {
      for (const line of imageProgram(imageBase(record.config.userSpecifiedImage)).banner ?? []) state.log(ctx, id, 'stdout', line);
    } else {
      const program = ctx.spawn('process', { containerId: id, argv: record.argv, main: true } satisfies ProcessArgs);
      const now = state.containers.get(id);
      if (now && now.status.state === 'CONTAINER_RUNNING') state.setContainer({ ...now, program });
    }
    return {};
  };

  /** The end of a container's first process. */
  const finish = (ctx: Context, id: string, code: number, killed: boolean): void => {
    const record = state.containers.get(id);
    if (!record || record.status.state !== 'CONTAINER_RUNNING') return;
    const exitCode = record.oom || killed ? 137 : code;
    const reason = record.oom ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error';
    state.setStatus(id, { state: 'CONTAINER_EXITED', exitCode, reason, finishedAt: ctx.now, message: lastWords(record, exitCode) }, { program: 0, stopping: [], serves: false });
    ctx.clearTimer(`kill ${id}`);
    ctx.clearTimer(`term ${id}`);
    ctx.record('state', 'Exited', record.config.name, exitCode);
    for (const request of record.stopping) answer(ctx, request, {});
    if (record.stopping.length === 0) announce(ctx);
  };
  const lastWords = (record: ContainerRecord, code: number): string => {
    const text = readFile(state, record, record.config.terminationMessagePath) ?? '';
    if (text !== '' || record.config.terminationMessagePolicy !== 'FallbackToLogsOnError' || code === 0) return text.slice(0, 4096);
    // Upstream: at most 2048 bytes or 80 lines of the log.
    return (state.logs.get(record.status.id) ?? []).slice(-80).map((line) => `${line.text}\n`).join('').slice(-2048);
  };
  const kill = (ctx: Context, id: string): void => {
    const program = state.containers.get(id)?.program ?? 0;
    if (program !== 0) ctx.kill(program);
    finish(ctx, id, 137, true);
  };
  const stop = (ctx: Context, id: string, graceSeconds: number, request?: Message): boolean => {
    const record = state.containers.get(id);
    if (!record || record.status.state !== 'CONTAINER_RUNNING') return false;
    if (request) state.setContainer({ ...record, stopping: [...record.stopping, request], terminating: true });
    if (graceSeconds <= 0) {
      kill(ctx, id);
      return true;
    }
    if (record.graceful && !record.terminating) ctx.setTimer(`term ${id}`, time.serverShutdown);
    ctx.setTimer(`kill ${id}`, graceSeconds * 1_000_000);
    return true;
  };
  const stopSandbox = (ctx: Context, id: string): void => {
    const sandbox = state.sandboxes.get(id);
    if (!sandbox) return;
    for (const cid of state.containersOf(sandbox)) stop(ctx, cid, 0);
    if (sandbox.state === 'SANDBOX_READY') {
      state.stopSandbox(sandbox);
    }
  };
  const removeContainer = (ctx: Context, id: string): void => {
    stop(ctx, id, 0);
    const record = state.containers.get(id);
    if (!record) return;
    state.dropContainer(record);
    state.logs.delete(id);
    for (const key of state.files.prefix(`${id}:`)) state.files.delete(key);
  };

  const exec = (ctx: Context, request: Message, body: Extract<CriRequest, { method: 'ExecSync' }>): void => {
    const record = state.containers.get(body.containerId);
    if (!record) return answer(ctx, request, fail('NotFound', `an error occurred when try to find container "${body.containerId}": not found`));
    if (record.status.state !== 'CONTAINER_RUNNING') return answer(ctx, request, fail('Unknown', `failed to exec in container: container is in ${record.status.state} state`));
    const name = body.cmd[0] ?? '';
    if (name === '') return answer(ctx, request, fail('InvalidArgument', 'no command'));
    if (name.slice(name.lastIndexOf('/') + 1).startsWith('nosuch')) {
      return answer(ctx, request, fail('Unknown', `failed to exec in container: failed to start exec "${state.newId(ctx)}": OCI runtime exec failed: exec failed: unable to start container process: exec: "${name}": executable file not found in $PATH`));
    }
    const id = ctx.spawn('exec', { containerId: body.containerId, argv: body.cmd, main: false, request } satisfies ExecArgs);
    // A command that ended at once has answered already, and nobody looks at the timer's answer.
    if (body.timeoutSeconds > 0) ctx.setTimer(`exec ${id}`, body.timeoutSeconds * 1_000_000, { request, id, seconds: body.timeoutSeconds });
  };

  const handle = (ctx: Context, request: Message): void => {
    const body = request.body as CriRequest;
    switch (body.method) {
      case 'RunPodSandbox':
        if (body.config.runtimeHandler !== '' && body.config.runtimeHandler !== 'runc') {
          return answer(ctx, request, fail('Unknown', `failed to get sandbox runtime: no runtime for "${body.config.runtimeHandler}" is configured`));
        }
        return later(ctx, time.runPodSandbox, request);
      case 'CreateContainer': return later(ctx, time.createContainer, request);
      case 'StartContainer': return later(ctx, time.startContainer, request);
      case 'PullImage': {
        const ref = parseImageReference(body.image);
        return later(ctx, isMissing(ref) ? time.pullFails : findImage(body.image) ? time.pullPresentImage : time.pullImage, request);
      }
      case 'StopContainer':
        if (!stop(ctx, body.containerId, body.timeoutSeconds, request)) answer(ctx, request, {});
        return;
      case 'ExecSync': return exec(ctx, request, body);
      default: return answer(ctx, request, now(ctx, body));
    }
  };

  /** Requests that are answered at once, and the second half of those that take time. */
  const now = (ctx: Context, body: CriRequest): unknown => {
    switch (body.method) {
      case 'Version': return { version: '0.1.0', runtimeName: 'containerd', runtimeVersion: '2.1.4', runtimeApiVersion: 'v1' };
      case 'Status': return { runtimeReady: true, networkReady: true };
      case 'UpdateRuntimeConfig': state.setPodCidr(body.podCidr); return {};
      case 'RunPodSandbox': return runSandbox(ctx, body.config);
      case 'StopPodSandbox': stopSandbox(ctx, body.podSandboxId); return {};
      case 'RemovePodSandbox': {
        stopSandbox(ctx, body.podSandboxId);
        const sandbox = state.sandboxes.get(body.podSandboxId);
        if (sandbox) {
          for (const id of state.containersOf(sandbox)) removeContainer(ctx, id);
          state.dropSandbox(sandbox);
        }
        return {};
      }
      case 'ListPods': return listPods(body.since, body.uid);
      case 'ImageStatus': return { image: findImage(body.image) ?? null };
      case 'ListImages': return { images: state.images.keys().map((id) => state.images.get(id)!) };
      case 'RemoveImage': {
        const image = findImage(body.image);
        if (image) state.dropImage(image);
        return {};
      }
      case 'PullImage': {
        const ref = parseImageReference(body.image);
        if (isMissing(ref)) return fail('NotFound', `failed to pull and unpack image "${ref.full}": failed to resolve reference "${ref.full}": ${ref.full}: not found`);
        const present = findImage(body.image);
        if (present) return { imageRef: present.id, image: present };
        const image = imageInRegistry(ref);
        state.addImage(image);
        return { imageRef: image.id, image };
      }
      case 'CreateContainer': return createContainer(ctx, body.podSandboxId, body.config);
      case 'StartContainer': return startContainer(ctx, body.containerId);
      case 'RemoveContainer': removeContainer(ctx, body.containerId); return {};
      case 'ContainerStatus': {
        const record = state.containers.get(body.containerId);
        return record ? { status: record.status } : fail('NotFound', `an error occurred when try to find container "${body.containerId}": not found`);
      }
      case 'UpdateContainerResources': {
        const record = state.containers.get(body.containerId);
        if (!record) return fail('NotFound', `an error occurred when try to find container "${body.containerId}": not found`);
        state.setStatus(body.containerId, { resources: { ...record.status.resources, ...body.resources } });
        return {};
      }
      case 'Probe': return answerProbe(ctx, state, body.containerId, body.probe);
      case 'ReadLog': return { lines: state.logs.get(body.containerId) ?? [] };
      case 'WriteVolume': {
        const under = `${body.volume.hostPath}/`;
        for (const key of state.files.prefix(under)) if (!Object.hasOwn(body.volume.files, key.slice(under.length))) state.files.delete(key);
        for (const path of Object.keys(body.volume.files)) state.files.set(under + path, body.volume.files[path]);
        return {};
      }
      default: return fail('Unimplemented', 'unknown method');
    }
  };

  const listPods = (since: number, uid?: string): unknown => {
    if (uid !== undefined) {
      const pod = state.pod(uid);
      return { token: state.number('token'), pods: pod ? [pod] : [], gone: pod ? [] : [uid] };
    }
    const pods = [];
    const gone = [];
    for (const key of state.changedSince(since)) {
      const pod = state.pod(key);
      if (pod) pods.push(pod);
      else gone.push(key);
    }
    const token = state.number('token');
    state.setNumber('announced', 0);
    state.setNumber('listed', token);
    return { token, pods, gone };
  };

  return {
    address,
    programs: {
      *process(args: ProcessArgs): Program<ProcessResult> {
        const result = yield* runProcess(state, args);
        yield* act((ctx) => {
          if (result.again === undefined) return finish(ctx, args.containerId, result.exitCode, false);
          // The script is long: the rest of it runs as a fresh program.
          const program = ctx.spawn('process', { ...args, script: result.again } satisfies ProcessArgs);
          const now = state.containers.get(args.containerId);
          if (now && now.status.state === 'CONTAINER_RUNNING') state.setContainer({ ...now, program });
        });
        return result;
      },
      *exec(args: ExecArgs): Program {
        const result = yield* runProcess(state, args);
        yield* act((ctx) => answer(ctx, args.request, { stdout: result.stdout, stderr: '', exitCode: result.exitCode }));
      },
    },
    start() {
      for (const name of config.images ?? []) {
        if (findImage(name)) continue;
        const image = imageInRegistry(parseImageReference(name));
        state.addImage(image);
      }
    },
    message(ctx, message) {
      if (message.re) handle(ctx, message);
    },
    timer(ctx, name, body) {
      const [what, id] = name.split(' ');
      if (what === 'cri') answer(ctx, body as Message, now(ctx, (body as Message).body as CriRequest));
      else if (what === 'term') finish(ctx, id, 0, false);
      else if (what === 'kill') kill(ctx, id);
      else if (what === 'exec') {
        const late = body as { request: Message; id: number; seconds: number };
        ctx.kill(late.id);
        answer(ctx, late.request, fail('DeadlineExceeded', `failed to exec in container: timeout ${late.seconds}s exceeded: context deadline exceeded`));
      }
    },
    done(ctx, program, _args, _result, id) {
      if (program === 'exec') ctx.clearTimer(`exec ${id}`);
    },
  };
}
