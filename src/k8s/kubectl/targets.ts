/**
 * The objects a command line names: `TYPE NAME…`, `TYPE/NAME…`, `TYPE,TYPE`, with selectors, or those of files.
 * Upstream: k8s.io/cli-runtime/pkg/resource/{builder,visitor}.go
 * Left out: URLs, kustomize directories.
 */
import type { KubeList, KubeObject } from '../api/types.ts';
import type { Program } from '../../sim/program.ts';
import { KubectlError, NoResourceMatch } from './errors.ts';
import type { Flag, Flags } from './flags.ts';
import { readManifests } from './manifests.ts';
import type { Manifest } from './manifests.ts';
import { builtinMappings, findCategory } from './mapper.ts';
import type { Mapping } from './mapper.ts';
import type { Session } from './session.ts';

/** One object (with a name) or a collection (without). */
export interface Target {
  readonly mapping: Mapping;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** From a file: what it says. */
  readonly manifest?: Manifest;
}

export interface Targets {
  readonly targets: readonly Target[];
  /** Exactly one object was asked for by name: output is the object itself, not a List. */
  readonly single: boolean;
}

export const FILENAME_FLAGS: readonly Flag[] = [
  { name: 'filename', short: 'f', type: 'slice' },
  { name: 'kustomize', short: 'k', type: 'string' },
  { name: 'recursive', short: 'R', type: 'bool' },
];

const MISSING = `You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`;

export interface TargetOptions {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly allNamespaces?: boolean;
  /** `TYPE` alone means all of them. */
  readonly allowEmptySelector?: boolean;
  /** --all of delete, label, … */
  readonly all?: boolean;
  /** Type of names without one (`logs NAME`). */
  readonly defaultType?: string;
}

/** Upstream: normalizeMultipleResourcesArgs. */
function normalise(args: readonly string[]): readonly string[] {
  if (args.length < 2) return args;
  const types = args[0].split(',').filter((t) => t !== '');
  if (types.length < 2) return args;
  return types.flatMap((type) => args.slice(1).map((name) => `${type}/${name}`));
}

function* types(k: Session, text: string): Program<readonly Mapping[]> {
  const out: Mapping[] = [];
  for (const word of text.split(',')) {
    const category = findCategory(builtinMappings(), word);
    if (category.length > 0) out.push(...category);
    else if (word !== '' || text === '') out.push(yield* k.resource(word));
  }
  return out;
}

/** What the arguments and files name. Throws what upstream's builder reports. */
export function* resolveTargets(k: Session, flags: Flags, argv: readonly string[], options: TargetOptions): Program<Targets> {
  const files = flags.list('filename');
  if (flags.string('kustomize') !== '') throw new KubectlError('kustomize directories are not supported here: pass the manifests with -f');
  if (files.length > 0) {
    if (argv.length > 0) throw new KubectlError('when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well');
    const manifests = yield* readManifests(k, files, flags.bool('recursive'));
    const targets: Target[] = manifests.map((m) => ({ mapping: m.mapping, namespace: m.namespace, name: m.name, manifest: m }));
    return { targets, single: targets.length === 1 && files.length === 1 && files[0] !== '-' };
  }
  const labelSelector = options.labelSelector?.trim() ?? '';
  const fieldSelector = options.fieldSelector?.trim() ?? '';
  const args = normalise(argv);
  const bulk = labelSelector !== '' || fieldSelector !== '' || options.all === true;
  const namespaceFor = (m: Mapping): string | undefined => (m.namespaced && options.allNamespaces !== true ? k.namespace : undefined);
  const named = (m: Mapping, name: string): Target => {
    if (m.namespaced && options.allNamespaces === true) throw new KubectlError('a resource cannot be retrieved by name across all namespaces');
    return { mapping: m, namespace: namespaceFor(m), name };
  };
  const slashes = args.filter((a) => a.includes('/')).length;
  if (slashes > 0 && slashes !== args.length && options.defaultType === undefined) {
    throw new KubectlError("there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'");
  }
  if (slashes > 0 || (options.defaultType !== undefined && args.length > 0)) {
    if (bulk) throw new KubectlError('selectors and the all flag cannot be used when passing resource/name arguments');
    const targets: Target[] = [];
    for (const arg of args) {
      const parts = arg.split('/');
      if (parts.length > 2) throw new KubectlError('arguments in resource/name form may not have more than one slash');
      if (parts.length === 1) {
        targets.push(named(yield* k.resource(options.defaultType!), arg));
        continue;
      }
      if (parts[0] === '' || parts[1] === '' || parts[0].includes(',')) throw new KubectlError('arguments in resource/name form must have a single resource and name');
      targets.push(named(yield* k.resource(parts[0]), parts[1]));
    }
    return { targets, single: targets.length === 1 };
  }
  if (args.length === 0) {
    if (bulk) throw new KubectlError('at least one resource must be specified to use a selector');
    throw new KubectlError(MISSING);
  }
  if (args.length > 1) {
    if (labelSelector !== '' || fieldSelector !== '' || options.all === true) throw new KubectlError('name cannot be provided when a selector is specified');
    const mapping = (yield* types(k, args[0]))[0];
    return { targets: args.slice(1).map((name) => named(mapping, name)), single: args.length === 2 };
  }
  const mappings = yield* types(k, args[0]);
  if (!bulk && options.allowEmptySelector !== true) throw new KubectlError('resource(s) were provided, but no name was specified');
  return {
    single: false,
    targets: mappings.map((mapping) => ({
      mapping, namespace: namespaceFor(mapping), name: undefined,
      ...(labelSelector === '' ? {} : { labelSelector }), ...(fieldSelector === '' ? {} : { fieldSelector }),
    })),
  };
}

/** An object and the resource it belongs to. */
export interface Info { readonly mapping: Mapping; readonly namespace: string | undefined; readonly name: string; readonly object: KubeObject; readonly manifest?: Manifest }

/** The objects of one target, from the server. */
export function* fetchTarget(k: Session, target: Target): Program<readonly Info[]> {
  const { mapping, namespace } = target;
  if (target.name !== undefined) {
    const object = yield* k.get(mapping, namespace, target.name);
    return [{ mapping, namespace, name: target.name, object, manifest: target.manifest }];
  }
  const items = yield* k.list(mapping, namespace, { ...(target.labelSelector === undefined ? {} : { labelSelector: target.labelSelector }), ...(target.fieldSelector === undefined ? {} : { fieldSelector: target.fieldSelector }) });
  return items.map((object) => ({ mapping, namespace: object.metadata.namespace, name: object.metadata.name, object }));
}

export const isList = (body: unknown): body is KubeList => typeof body === 'object' && body !== null && Array.isArray((body as KubeList).items) && (body as KubeList).kind.endsWith('List');

export const isNoMatch = (error: unknown): boolean => error instanceof NoResourceMatch;
