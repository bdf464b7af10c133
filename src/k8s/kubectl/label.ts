/**
 * `kubectl label` and `kubectl annotate`.
 * Upstream: k8s.io/kubectl/pkg/cmd/label/label.go, cmd/annotate/annotate.go
 * Left out: --local.
 */
import type { KubeObject } from '../api/types.ts';
import { toJson } from '../apimachinery/json-emit.ts';
import { isValidLabelValue } from '../apimachinery/validation-strings.ts';
import { compareStrings } from '../apimachinery/utf8.ts';
import type { Program } from '../../sim/program.ts';
import { KubectlError } from './errors.ts';
import type { Flag, Flags } from './flags.ts';
import { dryRunOf, DRY_RUN_FLAG, PRINT_FLAGS, printResult, resultPrinter } from './result.ts';
import type { Command, Session } from './session.ts';
import { each, ref } from './session.ts';
import { resourcesAndPairs } from './set.ts';
import { fetchTarget, FILENAME_FLAGS, resolveTargets } from './targets.ts';
import type { Info } from './targets.ts';

const FLAGS: readonly Flag[] = [
  ...FILENAME_FLAGS, ...PRINT_FLAGS, DRY_RUN_FLAG, { name: 'overwrite', type: 'bool' }, { name: 'list', type: 'bool' }, { name: 'local', type: 'bool' },
  { name: 'selector', short: 'l', type: 'string' }, { name: 'field-selector', type: 'string' }, { name: 'all', type: 'bool' }, { name: 'all-namespaces', short: 'A', type: 'bool' }, { name: 'resource-version', type: 'string' },
];

interface Words { readonly field: 'labels' | 'annotations'; readonly one: 'label' | 'annotation'; readonly done: string; readonly undone: string; readonly not: string }
const LABEL: Words = { field: 'labels', one: 'label', done: 'labeled', undone: 'unlabeled', not: 'not labeled' };
const ANNOTATION: Words = { field: 'annotations', one: 'annotation', done: 'annotated', undone: 'annotated', not: 'annotated' };

const pairPattern = (arg: string): boolean => (arg.includes('=') && arg[0] !== '=') || (arg.endsWith('-') && arg !== '-' && !arg.startsWith('='));

function parsePairs(pairs: readonly string[], words: Words): { set: Record<string, string>; remove: string[] } {
  const set: Record<string, string> = {};
  const remove: string[] = [];
  for (const pair of pairs) {
    const eq = pair.indexOf('=');
    if (eq >= 0) {
      const key = pair.slice(0, eq);
      const value = pair.slice(eq + 1);
      if (words.field === 'labels') {
        if (value.includes('=')) throw new KubectlError(`invalid label spec: ${pair}`);
        const errors = isValidLabelValue(value);
        if (errors.length > 0) throw new KubectlError(`invalid label value: "${pair}": ${errors.join(';')}`);
      }
      set[key] = value;
    } else remove.push(pair.slice(0, -1));
  }
  for (const key of remove) if (set[key] !== undefined) throw new KubectlError(`can not both modify and remove ${words.one === 'label' ? 'a label' : 'an annotation'} in the same command`);
  return { set, remove };
}

function changer(words: Words) {
  return function* (k: Session, flags: Flags): Program {
    const { resources, pairs } = resourcesAndPairs(flags.args, words.one, pairPattern);
    const { set, remove } = parsePairs(pairs, words);
    if (flags.bool('all') && flags.string('selector') !== '') throw new KubectlError('cannot set --all and --selector at the same time');
    if (resources.length === 0 && flags.list('filename').length === 0) throw new KubectlError('one or more resources must be specified as <resource> <name> or <resource>/<name>');
    if (pairs.length === 0 && !flags.bool('list')) throw new KubectlError(`at least one ${words.one} update is required`);
    const { targets, single } = yield* resolveTargets(k, flags, resources, {
      labelSelector: flags.string('selector'), fieldSelector: flags.string('field-selector'), all: flags.bool('all'), allNamespaces: flags.bool('all-namespaces'),
    });
    yield* each(targets, function* (target) {
      yield* each(yield* fetchTarget(k, target), (info) => changeOne(k, flags, words, info, set, remove, single));
    });
  };
}

function* changeOne(k: Session, flags: Flags, words: Words, info: Info, set: Readonly<Record<string, string>>, remove: readonly string[], single: boolean): Program {
  const before: Readonly<Record<string, string>> = info.object.metadata[words.field] ?? {};
  const dryRun = dryRunOf(flags);
  if (!flags.bool('overwrite')) {
    const clashes = Object.keys(set).filter((key) => before[key] !== undefined && (words.field === 'annotations' || before[key] !== set[key])).sort(compareStrings);
    if (words.field === 'labels' && clashes.length > 0) {
      throw new KubectlError(clashes.length === 1 ? `'${clashes[0]}' already has a value (${before[clashes[0]]}), and --overwrite is false` : `[${clashes.map((key) => `'${key}' already has a value (${before[key]}), and --overwrite is false`).join(', ')}]`);
    }
    if (words.field === 'annotations' && clashes.length > 0) throw new KubectlError('--overwrite is false but found the following declared annotation(s): ' + clashes.map((key) => `'${key}' already has a value (${before[key]})`).join('; '));
  }
  const after: Record<string, string> = { ...before };
  const added = Object.keys(set).filter((key) => before[key] !== set[key]);
  const removed = remove.filter((key) => before[key] !== undefined);
  if (words.field === 'labels' && dryRun !== 'client') for (const key of remove) if (before[key] === undefined) yield* k.out(`label "${key}" not found.\n`);
  for (const key of added) after[key] = set[key];
  for (const key of removed) delete after[key];
  let object: KubeObject = { ...info.object, metadata: { ...info.object.metadata, [words.field]: after } };
  if (flags.bool('list')) {
    if (!single) yield* k.out(`Listing ${words.field} for ${info.mapping.kind}.${info.mapping.group}/${info.name}:\n`);
    yield* k.out(Object.keys(after).sort(compareStrings).map((key) => `${single ? '' : ' '}${key}=${after[key]}\n`).join(''));
    return;
  }
  if (dryRun !== 'client' && (added.length > 0 || removed.length > 0)) {
    const change: Record<string, string | null> = {};
    for (const key of added) change[key] = set[key];
    for (const key of removed) change[key] = null;
    const emptied = Object.keys(after).length === 0;
    const version = flags.string('resource-version');
    object = (yield* k.ask({
      verb: 'patch', ...ref(info.mapping), namespace: info.namespace, name: info.name, patchType: 'application/merge-patch+json', accept: 'object',
      text: toJson({ metadata: { ...(version === '' ? {} : { resourceVersion: version }), [words.field]: emptied ? null : change } }),
      options: { fieldManager: flags.string('field-manager'), ...(dryRun === 'server' ? { dryRun: true } : {}) },
    })) as KubeObject;
  }
  const message = words.field === 'annotations' ? words.done : added.length > 0 && removed.length > 0 ? 'modified' : added.length > 0 ? words.done : removed.length > 0 ? words.undone : words.not;
  yield* printResult(k, resultPrinter(flags), object, message, dryRun);
}

export const LABEL_COMMAND: Command = { name: 'label', short: 'Update the labels on a resource', usage: 'label [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]', flags: [...FLAGS, { name: 'field-manager', type: 'string', default: 'kubectl-label' }], run: changer(LABEL) };
export const ANNOTATE: Command = { name: 'annotate', short: 'Update the annotations on a resource', usage: 'annotate [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]', flags: [...FLAGS, { name: 'field-manager', type: 'string', default: 'kubectl-annotate' }], run: changer(ANNOTATION) };
