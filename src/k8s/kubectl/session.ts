/**
 * What every verb works with: where output goes, how requests leave, which namespace is meant.
 * Upstream: k8s.io/kubectl/pkg/cmd/util/factory.go, cli-runtime/pkg/genericclioptions
 * Left out: kubeconfig files: one cluster, one user, one context whose namespace can be set.
 */
import type { KubeList, KubeObject, Status } from '../api/types.ts';
import { isStatus } from '../apimachinery/request.ts';
import type { ApiRequest, ApiResponse, RequestOptions, Table, UserInfo, WatchEvent } from '../apimachinery/request.ts';
import { now, receive } from '../../sim/program.ts';
import type { Program } from '../../sim/program.ts';
import type { Micros } from '../../sim/types.ts';
import { AggregateError, ConnectionError, KubectlError, NoResourceMatch, StatusError } from './errors.ts';
import type { Flags } from './flags.ts';
import { builtinMappings, findKind, findResource } from './mapper.ts';
import type { Mapping } from './mapper.ts';
import { mappingsOfDefinitions } from './crd-mappings.ts';

export const USER: UserInfo = { username: 'kubernetes-admin', groups: ['kubeadm:cluster-admins', 'system:authenticated'] };
export const USER_AGENT = 'kubectl/v1.36.3 (linux/amd64) kubernetes/0c77bba';

/** What kubectl needs of the machine it runs on. The functions that are not programs are called inside `act` only. */
export interface KubectlIo {
  /** Prints on standard output or error. */
  write(fd: 1 | 2, text: string): Program;
  readFile(path: string): string | undefined;
  /** Names of the files in a directory, sorted; undefined when it is none. */
  listDirectory(path: string): readonly string[] | undefined;
  /** The namespace of the current context, '' when none is set. */
  contextNamespace(): string;
  setContextNamespace(namespace: string): void;
  request(request: ApiRequest): Program<ApiResponse>;
  /** Opens a watch (or a log that is followed); answers the mailbox its events arrive in, or the refusal. */
  watch(request: ApiRequest): Program<string | ApiResponse>;
  /** Closes the watch of that mailbox. */
  unwatch(box: string): Program;
  /** Upstream's prose for `kubectl explain`; absent when the asset is not loaded. */
  prose?(type: string, field: string): string | undefined;
}

export type WatchItem = WatchEvent | { readonly closed: true } | { readonly chunk: string };

export type Body = KubeObject | KubeList | Status | Table | string;

/** A request but for who asks. */
export type Ask = Omit<ApiRequest, 'user' | 'userAgent'>;

export class Session {
  readonly io: KubectlIo;
  readonly stdin: string | undefined;
  /** `kubectl create deployment`. */
  commandPath = 'kubectl';
  /** From --namespace, else the context's, else default. */
  namespace = 'default';
  explicitNamespace = false;
  /** --as and --as-group. */
  impersonate: UserInfo | undefined;
  /** Errors of manifests beside good ones: reported after the rest was done. */
  readonly pending: KubectlError[] = [];
  private mappings: readonly Mapping[] | undefined;
  private readonly warned: string[] = [];

  constructor(io: KubectlIo, stdin: string | undefined) {
    this.io = io;
    this.stdin = stdin;
  }

  *out(text: string): Program {
    if (text !== '') yield* this.io.write(1, text);
  }

  *err(text: string): Program {
    if (text !== '') yield* this.io.write(2, text);
  }

  private identified(ask: Ask): ApiRequest {
    return { ...ask, user: USER, userAgent: USER_AGENT, ...(this.impersonate === undefined ? {} : { impersonate: this.impersonate }) };
  }

  /** The answer, whatever its code. Throws ConnectionError when there was none. Warnings are printed once each. */
  *raw(ask: Ask): Program<ApiResponse> {
    const response = yield* this.io.request(this.identified(ask));
    if (response.code === 0) throw new ConnectionError(typeof response.body === 'string' ? response.body : 'timeout');
    for (const warning of response.warnings ?? []) {
      if (this.warned.includes(warning)) continue;
      this.warned.push(warning);
      yield* this.err(`Warning: ${warning}\n`);
    }
    return response;
  }

  /** The body of a success. Throws StatusError on refusal. */
  *ask(ask: Ask): Program<Body> {
    const response = yield* this.raw(ask);
    if (response.code >= 200 && response.code < 300) return response.body;
    throw refusal(response);
  }

  *get(m: MappingRef, namespace: string | undefined, name: string, extra?: Partial<Ask>): Program<KubeObject> {
    return (yield* this.ask({ verb: 'get', ...ref(m), namespace, name, accept: 'object', ...extra })) as KubeObject;
  }

  /** All objects, in chunks of 500 as the real one asks for them. */
  *list(m: MappingRef, namespace: string | undefined, options: RequestOptions = {}): Program<readonly KubeObject[]> {
    const items: KubeObject[] = [];
    let next = '';
    do {
      const list = (yield* this.ask({ verb: 'list', ...ref(m), namespace, accept: 'object', options: { limit: 500, ...options, ...(next === '' ? {} : { continue: next }) } })) as KubeList;
      for (const item of list.items) items.push(item.kind === undefined ? { ...item, kind: list.kind.replace(/List$/, ''), apiVersion: list.apiVersion } : item);
      next = list.metadata.continue ?? '';
    } while (next !== '');
    return items;
  }

  *watchFor(ask: Ask): Program<string> {
    const box = yield* this.io.watch(this.identified(ask));
    if (typeof box === 'string') return box;
    if (box.code === 0) throw new ConnectionError(typeof box.body === 'string' ? box.body : 'timeout');
    throw refusal(box);
  }

  *next(box: string, timeout?: Micros): Program<WatchItem | undefined> {
    const item = yield* receive<WatchItem>(box, timeout);
    return item ?? undefined;
  }

  *now(): Program<Micros> {
    return yield* now();
  }

  /** All resources: built in and defined. Asks the server for definitions once. */
  *discover(): Program<readonly Mapping[]> {
    if (this.mappings !== undefined) return this.mappings;
    const response = yield* this.io.request({ verb: 'list', group: 'apiextensions.k8s.io', version: 'v1', resource: 'customresourcedefinitions', accept: 'object', user: USER, userAgent: USER_AGENT });
    const custom = response.code === 200 ? mappingsOfDefinitions(response.body as KubeList) : [];
    this.mappings = [...builtinMappings(), ...custom];
    return this.mappings;
  }

  /** Throws NoResourceMatch. */
  *resource(word: string): Program<Mapping> {
    const builtin = findResource(builtinMappings(), word);
    if (builtin !== undefined) return builtin;
    const found = findResource(yield* this.discover(), word);
    if (found !== undefined) return found;
    const dots = word.split('.');
    const versioned = dots.length > 2 && /^v\d/.test(dots[1]);
    throw new NoResourceMatch(dots[0], versioned ? dots.slice(2).join('.') : dots.slice(1).join('.'), versioned ? dots[1] : '');
  }

  *kind(apiVersion: string, kind: string): Program<Mapping | undefined> {
    return findKind(builtinMappings(), apiVersion, kind) ?? findKind(yield* this.discover(), apiVersion, kind);
  }
}

export type MappingRef = { readonly group: string; readonly version: string; readonly resource: string };

export const ref = (m: MappingRef): { group: string; version: string; resource: string } => ({ group: m.group, version: m.version, resource: m.resource });

export function refusal(response: ApiResponse): StatusError {
  if (isStatus(response.body)) return new StatusError(response.body);
  const message = typeof response.body === 'string' ? response.body : '';
  const reason = response.code === 404 ? 'NotFound' : response.code === 400 ? 'BadRequest' : response.code === 500 ? 'InternalError' : undefined;
  const text = response.code === 404 ? 'the server could not find the requested resource' : response.code === 400 ? 'the server rejected our request for an unknown reason' : message;
  return new StatusError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code: response.code, message: text, ...(reason === undefined ? {} : { reason }) });
}

export const isNotFound = (error: unknown): boolean => error instanceof StatusError && error.status.reason === 'NotFound';

/** Runs `body` for each item and goes on after errors; throws them together at the end. Upstream: ContinueOnError visitors. */
export function* each<T>(items: readonly T[], body: (item: T) => Program): Program {
  const errors: KubectlError[] = [];
  for (const item of items) {
    try {
      yield* body(item);
    } catch (error) {
      if (!(error instanceof KubectlError)) throw error;
      errors.push(error);
    }
  }
  throwAll(errors);
}

export function throwAll(errors: readonly KubectlError[]): void {
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors);
}

/** A verb: its flags, and the program that runs it. */
export interface Command {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly short: string;
  readonly usage?: string;
  readonly flags?: readonly import('./flags.ts').Flag[];
  readonly commands?: readonly Command[];
  run?(k: Session, flags: Flags): Program<number | void>;
}
