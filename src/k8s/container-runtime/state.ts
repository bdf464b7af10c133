/**
 * The runtime's tables: sandboxes, containers, images, logs, files. All of it journalled; nothing else holds state.
 * Upstream: containerd's metadata store.
 */
import type { Cell, Context, Host, Message } from '../../sim/types.ts';
import type { ContainerConfig, ContainerStatus, Image, LogLine, PodSandboxStatus, RuntimePod } from '../cri-api/types.ts';

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

/**
 * Numbers of the runtime's own, one by one. `nextIp`: last part of the next address to try. `token` grows with every change of a pod; `listed`: as it
 * was at the last list of all pods; `announced`: up to which the kubelet has been told that something changed by itself. `ids`, `timers`: given out.
 */
export type RuntimeNumber = 'nextIp' | 'ids' | 'token' | 'listed' | 'announced' | 'timers';

/** `token`: of the last change. */
interface PodRecord { readonly sandboxes: readonly string[]; readonly containers: readonly string[]; readonly token: number }
const NO_POD: PodRecord = { sandboxes: [], containers: [], token: 0 };

/** `10.244.1.` of `10.244.1.0/24`. */
const firstThree = (cidr: string): string => `${cidr.split('/')[0].split('.').slice(0, 3).join('.')}.`;

/** Log lines kept per container. */
const LOG_LIMIT = 2000;

export class RuntimeState {
  readonly sandboxes: Cell<PodSandboxStatus>;
  readonly containers: Cell<ContainerRecord>;
  readonly images: Cell<Image>;
  /** `name id` -> id, for the names by which images are found. */
  readonly imageNames: Cell<string>;
  /** Addresses in use -> sandbox. */
  readonly addresses: Cell<string>;
  /** Pod uid -> token of its last change, of those that changed after the last list. */
  readonly changed: Cell<number>;
  /** Pod uid -> ids of what it has here, newest first. */
  readonly byPod: Cell<PodRecord>;
  readonly logs: Cell<readonly LogLine[]>;
  /** `<container id>:<path>` or an absolute path on the node's disk. */
  readonly files: Cell<string>;
  readonly numbers: Cell<number>;
  /** What the node's own addresses begin with, once the kubelet has named their range. */
  private readonly addressBase: Cell<string>;

  constructor(host: Host, owner: string, private readonly firstCidr: string) {
    this.sandboxes = host.container(owner, 'sandboxes');
    this.containers = host.container(owner, 'containers');
    this.images = host.container(owner, 'images');
    this.imageNames = host.container(owner, 'image names', { ordered: true });
    this.addresses = host.container(owner, 'addresses');
    this.changed = host.container(owner, 'changed', { ordered: true });
    this.byPod = host.container(owner, 'by pod');
    this.logs = host.container(owner, 'logs');
    this.files = host.container(owner, 'files', { ordered: true });
    this.numbers = host.container(owner, 'numbers');
    this.addressBase = host.container(owner, 'address base');
  }

  number(name: RuntimeNumber): number {
    return this.numbers.get(name) ?? 0;
  }
  setNumber(name: RuntimeNumber, value: number): void {
    this.numbers.set(name, value);
  }
  /** The next of a row that begins with 0. */
  count(name: 'ids' | 'timers'): number {
    const n = this.number(name);
    this.numbers.set(name, n + 1);
    return n;
  }

  setPodCidr(cidr: string): void {
    this.addressBase.set('', firstThree(cidr));
  }
  /** An address of the node's range that no sandbox has; '' when all are taken. */
  newIp(): string {
    const base = this.addressBase.get('') ?? firstThree(this.firstCidr);
    let next = this.number('nextIp') || 2;
    for (let i = 0; i < 253; i++) {
      const ip = base + next;
      next = next + 1 === 255 ? 2 : next + 1;
      if (this.addresses.has(ip)) continue;
      this.setNumber('nextIp', next);
      return ip;
    }
    return '';
  }

  /** A fresh 64-digit id. */
  newId(ctx: Context): string {
    const n = this.count('ids');
    const id: string[] = [];
    for (let i = 0; i < 8; i++) id.push(ctx.draw('container-id', ctx.self, n * 8 + i).toString(16).padStart(8, '0'));
    return id.join('');
  }

  /** Notes that a pod changed, and what it has here now. */
  private touch(podUid: string, has: PodRecord): void {
    const token = this.number('token') + 1;
    this.setNumber('token', token);
    this.changed.set(podUid, token);
    if (has.sandboxes.length + has.containers.length > 0) this.byPod.set(podUid, { sandboxes: has.sandboxes, containers: has.containers, token });
    else this.byPod.delete(podUid);
  }

  /** uids, sorted, of the pods that changed after `since`, a token of an earlier list; of those of which nothing is left each is named once. */
  changedSince(since: number): string[] {
    const recent: string[] = [];
    for (const uid of this.changed.keys().slice()) {
      const late = this.changed.get(uid)! > since;
      if (late) recent.push(uid);
      if (late || this.byPod.has(uid)) this.changed.delete(uid);
    }
    if (since >= this.number('listed')) return recent;
    // Whoever asks did not get the last answer, or starts anew.
    const gone = recent.filter((uid) => !this.byPod.has(uid));
    return [...this.byPod.keys().filter((uid) => this.byPod.get(uid)!.token > since), ...gone].sort();
  }

  addImage(image: Image): void {
    this.images.set(image.id, image);
    for (const name of [image.repoDigest, ...image.repoTags]) this.imageNames.set(`${name} ${image.id}`, image.id);
  }
  dropImage(image: Image): void {
    this.images.delete(image.id);
    for (const name of [image.repoDigest, ...image.repoTags]) this.imageNames.delete(`${name} ${image.id}`);
  }
  /** By its full name with tag or digest. */
  imageNamed(name: string): Image | undefined {
    const key = this.imageNames.range(`${name} `, `${name}!`, 1)[0];
    return key === undefined ? undefined : this.images.get(this.imageNames.get(key)!);
  }

  setContainer(record: ContainerRecord): void {
    this.containers.set(record.status.id, record);
  }

  addSandbox(sandbox: PodSandboxStatus): void {
    this.sandboxes.set(sandbox.id, sandbox);
    if (sandbox.ip !== '') this.addresses.set(sandbox.ip, sandbox.id);
    const has = this.of(sandbox.uid);
    this.touch(sandbox.uid, { ...has, sandboxes: [sandbox.id, ...has.sandboxes] });
  }
  stopSandbox(sandbox: PodSandboxStatus): void {
    if (sandbox.ip !== '') this.addresses.delete(sandbox.ip);
    this.sandboxes.set(sandbox.id, { ...sandbox, state: 'SANDBOX_NOTREADY', ip: '' });
    this.touch(sandbox.uid, this.of(sandbox.uid));
  }
  addContainer(record: ContainerRecord): void {
    this.setContainer(record);
    const has = this.of(record.status.podUid);
    this.touch(record.status.podUid, { ...has, containers: [record.status.id, ...has.containers] });
  }
  dropSandbox(sandbox: PodSandboxStatus): void {
    this.sandboxes.delete(sandbox.id);
    if (sandbox.ip !== '') this.addresses.delete(sandbox.ip);
    this.drop(sandbox.uid, sandbox.id);
  }
  dropContainer(record: ContainerRecord): void {
    this.containers.delete(record.status.id);
    this.drop(record.status.podUid, record.status.id);
  }
  private drop(uid: string, id: string): void {
    const has = this.of(uid);
    this.touch(uid, { ...has, sandboxes: has.sandboxes.filter((s) => s !== id), containers: has.containers.filter((c) => c !== id) });
  }
  private of(uid: string): PodRecord {
    return this.byPod.get(uid) ?? NO_POD;
  }
  /** Ids of a sandbox's containers. */
  containersOf(sandbox: PodSandboxStatus): string[] {
    return this.of(sandbox.uid).containers.filter((id) => this.containers.get(id)!.status.sandboxId === sandbox.id);
  }

  /** Changes the container's status, and notes the change for the next relist. */
  setStatus(id: string, change: Partial<ContainerStatus>, more?: Partial<ContainerRecord>): void {
    const record = this.containers.get(id);
    if (!record) return;
    this.containers.set(id, { ...record, ...more, status: { ...record.status, ...change } });
    this.touch(record.status.podUid, this.of(record.status.podUid));
  }

  log(ctx: Context, id: string, stream: LogLine['stream'], text: string): void {
    const old = this.logs.get(id) ?? [];
    const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
    const next = [...old, ...lines.map((line) => ({ at: ctx.now, stream, text: line }))];
    this.logs.set(id, next.length > LOG_LIMIT ? next.slice(next.length - LOG_LIMIT) : next);
  }

  /** Newest first, as the kubelet sorts them. */
  pod(uid: string): RuntimePod | undefined {
    const has = this.byPod.get(uid);
    if (!has) return undefined;
    const sandboxes: PodSandboxStatus[] = [];
    for (const id of has.sandboxes) sandboxes.push(this.sandboxes.get(id)!);
    const containers: ContainerStatus[] = [];
    for (const id of has.containers) containers.push(this.containers.get(id)!.status);
    return { uid, name: sandboxes[0]?.name ?? '', namespace: sandboxes[0]?.namespace ?? '', sandboxes, containers };
  }
}
