/**
 * `kubectl set` image, resources, env, selector, serviceaccount, subject-less.
 * Upstream: k8s.io/kubectl/pkg/cmd/set
 * Left out: set subject; set env --resolve and --prefix with keys of other namespaces.
 */
import type { KubeObject } from '../api/types.ts';
import { parseQuantity } from '../apimachinery/quantity.ts';
import { toJson } from '../apimachinery/json-emit.ts';
import type { Program } from '../../sim/program.ts';
import { KubectlError } from './errors.ts';
import type { Flag, Flags } from './flags.ts';
import { allInfos, patchInfo, podSpecOf, SET_FLAGS } from './mutate.ts';
import type { Command, Session } from './session.ts';
import { ref, throwAll } from './session.ts';
import { dryRunOf, printResult, resultPrinter } from './result.ts';
import { resolveTargets } from './targets.ts';
import type { Info } from './targets.ts';

type Container = Record<string, unknown> & { readonly name: string };

/** Resources come first, then pairs. Upstream: GetResourcesAndPairs. */
export function resourcesAndPairs(args: readonly string[], what: string, isPair: (arg: string) => boolean): { resources: string[]; pairs: string[] } {
  const resources: string[] = [];
  const pairs: string[] = [];
  for (const arg of args) {
    if (isPair(arg)) pairs.push(arg);
    else if (pairs.length > 0) throw new KubectlError(`all resources must be specified before ${what} changes: ${arg}`);
    else resources.push(arg);
  }
  return { resources, pairs };
}

function* infosFor(k: Session, flags: Flags, resources: readonly string[]): Program<readonly Info[]> {
  if (flags.bool('all') && flags.string('selector') !== '') throw new KubectlError('cannot set --all and --selector at the same time');
  const { targets } = yield* resolveTargets(k, flags, resources, { labelSelector: flags.string('selector'), all: flags.bool('all') });
  return yield* allInfos(k, targets);
}

function specOrThrow(info: Info): NonNullable<ReturnType<typeof podSpecOf>> {
  const found = podSpecOf({ ...info.object, kind: info.mapping.kind });
  if (found === undefined) throw new KubectlError(`the object is not a pod or does not have a pod template: *v1.${info.mapping.kind}`);
  return found;
}

function* image(k: Session, flags: Flags): Program {
  const { resources, pairs } = resourcesAndPairs(flags.args, 'image', (arg) => arg.includes('='));
  const images = pairs.map((pair) => ({ name: pair.slice(0, pair.indexOf('=')), image: pair.slice(pair.indexOf('=') + 1) }));
  for (const [i, one] of images.entries()) if (one.name === '' || one.image === '') throw new KubectlError(`invalid image format: ${pairs[i]}`);
  const infos = yield* infosFor(k, flags, resources);
  if (images.length === 0) throw new KubectlError('at least one image update is required');
  if (images.length > 1 && images.some((i) => i.name === '*')) throw new KubectlError('all containers are already specified by *, but saw more than one container_name=container_image pairs');
  const errors: KubectlError[] = [];
  for (const info of infos) {
    const pod = specOrThrow(info);
    let spec = pod.spec;
    for (const one of images) {
      let found = false;
      const put = (list: unknown): unknown => Array.isArray(list) ? (list as Container[]).map((c) => (c.name === one.name || one.name === '*' ? ((found = true), { ...c, image: one.image }) : c)) : list;
      spec = { ...spec, ...(spec['initContainers'] === undefined ? {} : { initContainers: put(spec['initContainers']) }), containers: put(spec['containers']) };
      if (!found) errors.push(new KubectlError(`error: unable to find container named "${one.name}"`));
    }
    yield* collect(errors, patchInfo(k, flags, info, pod.withSpec(spec), 'image updated', 'failed to patch image update to pod template: '));
  }
  throwAll(errors);
}

function* collect(errors: KubectlError[], program: Program): Program {
  try {
    yield* program;
  } catch (error) {
    if (!(error instanceof KubectlError)) throw error;
    errors.push(error);
  }
}

function resourceList(text: string): Record<string, string> {
  const out: Record<string, string> = {};
  for (const part of text.split(',')) {
    const [name, value, ...rest] = part.split('=');
    if (value === undefined || rest.length > 0) throw new KubectlError(`Invalid argument syntax ${part}, expected <resource>=<value>`);
    const parsed = parseQuantity(value);
    if (parsed.error !== undefined) throw new KubectlError(parsed.error);
    out[name] = value;
  }
  return out;
}

/** `*` and globs of one star, as container selectors allow. */
function selects(pattern: string, name: string): boolean {
  if (pattern === '*' || pattern === name) return true;
  const star = pattern.indexOf('*');
  return star >= 0 && name.length >= pattern.length - 1 && name.startsWith(pattern.slice(0, star)) && name.endsWith(pattern.slice(star + 1));
}

function* resources(k: Session, flags: Flags): Program {
  const limits = flags.string('limits');
  const requests = flags.string('requests');
  if (limits === '' && requests === '') throw new KubectlError("you must specify an update to requests or limits (in the form of --requests/--limits)");
  const add = { limits: limits === '' ? {} : resourceList(limits), requests: requests === '' ? {} : resourceList(requests) };
  const errors: KubectlError[] = [];
  for (const info of yield* infosFor(k, flags, flags.args)) {
    const pod = specOrThrow(info);
    let any = false;
    const put = (list: unknown): unknown => Array.isArray(list) ? (list as Container[]).map((c) => {
      if (!selects(flags.string('containers'), c.name)) return c;
      any = true;
      const old = (c['resources'] ?? {}) as Record<string, Record<string, string>>;
      const merged: Record<string, unknown> = { ...old };
      for (const field of ['limits', 'requests'] as const) {
        if (Object.keys(add[field]).length === 0) continue;
        const list: Record<string, string> = { ...old[field], ...add[field] };
        for (const name of Object.keys(add[field])) if (add[field][name] === '0') delete list[name];
        merged[field] = list;
      }
      return { ...c, resources: merged };
    }) : list;
    const spec = { ...pod.spec, ...(pod.spec['initContainers'] === undefined ? {} : { initContainers: put(pod.spec['initContainers']) }), containers: put(pod.spec['containers']) };
    if (!any) errors.push(new KubectlError(`error: unable to find container named ${flags.string('containers')}`));
    else yield* collect(errors, patchInfo(k, flags, info, pod.withSpec(spec), 'resource requirements updated', 'failed to patch resources update to pod template '));
  }
  throwAll(errors);
}

function* env(k: Session, flags: Flags): Program {
  const isPair = (arg: string): boolean => arg.includes('=') || (arg.endsWith('-') && !arg.includes('/'));
  const { resources: names, pairs } = resourcesAndPairs(flags.args, 'environment', isPair);
  const all = [...pairs, ...flags.list('env')];
  if (all.length === 0 && flags.string('from') === '' && !flags.bool('list')) throw new KubectlError('at least one environment variable must be provided');
  const set: { name: string; value?: string; valueFrom?: unknown }[] = [];
  const remove: string[] = [];
  for (const pair of all) {
    const eq = pair.indexOf('=');
    if (eq > 0) set.push({ name: pair.slice(0, eq), value: pair.slice(eq + 1) });
    else if (pair.endsWith('-')) remove.push(pair.slice(0, -1));
    else throw new KubectlError(`unknown env: ${pair}`);
  }
  const from = flags.string('from');
  if (from !== '') {
    const [type, name] = from.split('/');
    const mapping = yield* k.resource(type);
    if (mapping.kind !== 'ConfigMap' && mapping.kind !== 'Secret') throw new KubectlError(`unsupported resource specified in --from: ${mapping.resource}`);
    const source = yield* k.get(mapping, k.namespace, name ?? '');
    const keys = flags.list('keys');
    for (const key of Object.keys(source['data'] ?? {}).sort()) {
      if (keys.length > 0 && !keys.includes(key)) continue;
      const variable = (flags.string('prefix') + key).replace(/[^A-Za-z0-9_]/g, '_').replace(/[a-z]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 32));
      set.push({ name: variable, valueFrom: { [mapping.kind === 'Secret' ? 'secretKeyRef' : 'configMapKeyRef']: { name, key } } });
    }
  }
  const errors: KubectlError[] = [];
  for (const info of yield* infosFor(k, flags, names)) {
    const pod = specOrThrow(info);
    if (flags.bool('list')) {
      for (const c of pod.spec['containers'] as (Container & { env?: { name: string; value?: string }[] })[]) {
        yield* k.out(`# ${info.mapping.resource}/${info.name}, container ${c.name}\n${(c.env ?? []).map((e) => `${e.name}=${e.value ?? ''}\n`).join('')}`);
      }
      continue;
    }
    const put = (list: unknown): unknown => Array.isArray(list) ? (list as Container[]).map((c) => {
      if (!selects(flags.string('containers'), c.name)) return c;
      let list_ = ((c['env'] ?? []) as { name: string }[]).filter((e) => !remove.includes(e.name));
      for (const one of set) {
        const at = list_.findIndex((e) => e.name === one.name);
        if (at < 0) list_ = [...list_, one];
        else if (flags.bool('overwrite')) list_ = list_.map((e, i) => (i === at ? one : e));
        else throw new KubectlError(`'${one.name}' already has a value, and --overwrite is false`);
      }
      const { env: _, ...rest } = c;
      return list_.length === 0 ? rest : { ...rest, env: list_ };
    }) : list;
    yield* collect(errors, patchInfo(k, flags, info, pod.withSpec({ ...pod.spec, containers: put(pod.spec['containers']) }), 'env updated', 'failed to patch env update to pod template: '));
  }
  throwAll(errors);
}

function* serviceAccount(k: Session, flags: Flags): Program {
  if (flags.args.length === 0) throw new KubectlError('serviceaccount is required');
  const name = flags.args[flags.args.length - 1];
  const errors: KubectlError[] = [];
  for (const info of yield* infosFor(k, flags, flags.args.slice(0, -1))) {
    const pod = specOrThrow(info);
    yield* collect(errors, patchInfo(k, flags, info, pod.withSpec({ ...pod.spec, serviceAccountName: name, ...(pod.spec['serviceAccount'] === undefined ? {} : { serviceAccount: name }) }), 'serviceaccount updated', 'failed to patch ServiceAccountName '));
  }
  throwAll(errors);
}

function* selector(k: Session, flags: Flags): Program {
  if (flags.args.length < 2) throw new KubectlError('one or more resources must be specified as <resource> <name> or <resource>/<name>');
  const text = flags.args[flags.args.length - 1];
  const set: Record<string, string> = {};
  for (const part of text.split(',')) {
    const [key, value] = part.split('=');
    if (value === undefined) throw new KubectlError(`invalid selector: ${part}`);
    set[key] = value;
  }
  for (const info of yield* infosFor(k, flags, flags.args.slice(0, -1))) {
    if (info.mapping.kind !== 'Service') throw new KubectlError('setting a selector is only supported for Services');
    const after: KubeObject = { ...info.object, spec: { ...info.object.spec, selector: set } };
    const patch = { metadata: {}, spec: { selector: set } };
    const dryRun = dryRunOf(flags);
    const object = dryRun === 'client' ? after : (yield* k.ask({
      verb: 'patch', ...ref(info.mapping), namespace: info.namespace, name: info.name, patchType: 'application/merge-patch+json', accept: 'object', options: { fieldManager: flags.string('field-manager') },
      text: toJson({ spec: { selector: { ...Object.fromEntries(Object.keys(info.object.spec.selector ?? {}).filter((key) => set[key] === undefined).map((key) => [key, null])), ...patch.spec.selector } } }),
    })) as KubeObject;
    yield* printResult(k, resultPrinter(flags), object, 'selector updated', dryRun);
  }
}

const CONTAINERS: Flag = { name: 'containers', short: 'c', type: 'string', default: '*' };

export const SET: Command = {
  name: 'set', short: 'Set specific features on objects', usage: 'set SUBCOMMAND',
  commands: [
    { name: 'env', short: 'Update environment variables on a pod template', run: env, flags: [...SET_FLAGS, CONTAINERS, { name: 'env', short: 'e', type: 'array' }, { name: 'from', type: 'string' }, { name: 'prefix', type: 'string' }, { name: 'keys', type: 'slice' }, { name: 'list', type: 'bool' }, { name: 'resolve', type: 'bool' }, { name: 'overwrite', type: 'bool', default: true }] },
    { name: 'image', short: 'Update the image of a pod template', run: image, flags: SET_FLAGS },
    { name: 'resources', short: 'Update resource requests/limits on objects with pod templates', run: resources, flags: [...SET_FLAGS, CONTAINERS, { name: 'limits', type: 'string' }, { name: 'requests', type: 'string' }] },
    { name: 'selector', short: 'Set the selector on a resource', run: selector, flags: SET_FLAGS },
    { name: 'serviceaccount', aliases: ['sa'], short: 'Update the service account of a resource', run: serviceAccount, flags: SET_FLAGS },
  ],
};
