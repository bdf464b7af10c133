/**
 * The runtime's tables: sandboxes, containers, images, logs, files. All of it journalled; nothing else holds state.
 * Upstream: containerd's metadata store.
 */
import type { Cell, Context, Host, Message } from '../../sim/types.ts';
import type { ContainerConfig, ContainerState, ContainerStatus, Image, LogLine, PodSandboxStatus, RuntimePod } from '../cri-api/types.ts';

export interface ContainerRecord {
  readonly status: ContainerStatus;
  readonly config: ContainerConfig;
  readonly argv: readonly string[];
  /** Program id of a simulated command; 0: none (a server, which is only a state). */
  readonly program: number;
  /** A server that answers on ports. */
  readonly serves: boolean;
  /** Ends on SIGTERM. */
  readonly graceful: boolean;
  readonly terminating: boolean;
  /** Who waits for its end. */
  readonly stopping: readonly Message[];
  /** Killed by the memory limit. */
  readonly oom: boolean;
}

export interface RuntimeMeta {
  readonly podCidr: string;
  readonly nextIp: number;
  readonly ids: number;
  /** Grows with every change of a pod. */
  readonly token: number;
  /** Token up to which the kubelet has been told that something changed by itself. */
  readonly announced: number;
  readonly timers: number;
}

/** Log lines kept per container. */
const LOG_LIMIT = 2000;

export class RuntimeState {
  readonly sandboxes: Cell<PodSandboxStatus>;
  readonly containers: Cell<ContainerRecord>;
  readonly images: Cell<Image>;
  /** Pod uid -> token of its last change. */
  readonly changed: Cell<number>;
  readonly logs: Cell<readonly LogLine[]>;
  /** `<container id>:<path>` or an absolute path on the node's disk. */
  readonly files: Cell<string>;
  readonly meta: Cell<RuntimeMeta>;

  constructor(host: Host, owner: string, private readonly podCidr: string) {
    this.sandboxes = host.container(owner, 'sandboxes');
    this.containers = host.container(owner, 'containers');
    this.images = host.container(owner, 'images');
    this.changed = host.container(owner, 'changed');
    this.logs = host.container(owner, 'logs');
    this.files = host.container(owner, 'files', { ordered: true });
    this.meta = host.container(owner, 'meta');
  }

  get info(): RuntimeMeta {
    return this.meta.get('') ?? { podCidr: this.podCidr, nextIp: 2, ids: 0, token: 0, announced: 0, timers: 0 };
  }

  update(change: Partial<RuntimeMeta>): void {
    this.meta.set('', { ...this.info, ...change });
  }

  /** A fresh 64-digit id. */
  newId(ctx: Context): string {
    const n = this.info.ids;
    this.update({ ids: n + 1 });
    let id = '';
    for (let i = 0; i < 8; i++) id += ctx.draw('container-id', ctx.self, n * 8 + i).toString(16).padStart(8, '0');
    return id;
  }

  touch(podUid: string): void {
    const token = this.info.token + 1;
    this.update({ token });
    this.changed.set(podUid, token);
  }

  setContainer(record: ContainerRecord): void {
    this.containers.set(record.status.id, record);
  }

  /** Changes the container's status, and notes the change for the next relist. */
  setStatus(id: string, change: Partial<ContainerStatus>, more?: Partial<ContainerRecord>): void {
    const record = this.containers.get(id);
    if (!record) return;
    this.containers.set(id, { ...record, ...more, status: { ...record.status, ...change } });
    this.touch(record.status.podUid);
  }

  log(ctx: Context, id: string, stream: LogLine['stream'], text: string): void {
    const old = this.logs.get(id) ?? [];
    const lines = text.endsWith('\n') ? text.slice(0, -1).split('\n') : text.split('\n');
    const next = [...old, ...lines.map((line) => ({ at: ctx.now, stream, text: line }))];
    this.logs.set(id, next.length > LOG_LIMIT ? next.slice(next.length - LOG_LIMIT) : next);
  }

  /** Newest first, as the kubelet sorts them. */
  pod(uid: string): RuntimePod | undefined {
    const sandboxes = this.sandboxes.keys().map((id) => this.sandboxes.get(id)!).filter((s) => s.uid === uid).sort((a, b) => b.createdAt - a.createdAt || b.attempt - a.attempt);
    const containers = this.containers.keys().map((id) => this.containers.get(id)!.status).filter((c) => c.podUid === uid).sort((a, b) => b.createdAt - a.createdAt || b.attempt - a.attempt || (a.id < b.id ? -1 : 1));
    if (sandboxes.length === 0 && containers.length === 0) return undefined;
    const first = sandboxes[0];
    return { uid, name: first?.name ?? '', namespace: first?.namespace ?? '', sandboxes, containers };
  }
}

export function isState(record: ContainerRecord | undefined, state: ContainerState): record is ContainerRecord {
  return record?.status.state === state;
}
