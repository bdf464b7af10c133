/**
 * `kubectl taint`.
 * Upstream: k8s.io/kubectl/pkg/cmd/taint
 */
import type { KubeObject } from '../api/types.ts';
import { toJson } from '../apimachinery/json-emit.ts';
import { isQualifiedName, isValidLabelValue } from '../apimachinery/validation-strings.ts';
import type { Program } from '../../sim/program.ts';
import { KubectlError, usageError } from './errors.ts';
import type { Flag, Flags } from './flags.ts';
import { dryRunOf, DRY_RUN_FLAG, PRINT_FLAGS, printResult, resultPrinter, VALIDATE_FLAG, fieldValidationOf } from './result.ts';
import type { Command, Session } from './session.ts';
import { each, ref, throwAll } from './session.ts';
import { resourcesAndPairs } from './set.ts';
import { twoWayPatch } from './strategic-diff.ts';
import { fetchTarget, resolveTargets } from './targets.ts';

const FLAGS: readonly Flag[] = [
  ...PRINT_FLAGS, DRY_RUN_FLAG, VALIDATE_FLAG, { name: 'field-manager', type: 'string', default: 'kubectl-taint' },
  { name: 'selector', short: 'l', type: 'string' }, { name: 'overwrite', type: 'bool' }, { name: 'all', type: 'bool' },
];

interface Taint { readonly key: string; readonly value?: string; readonly effect: string }

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

function parseTaint(text: string): Taint {
  const bad = (why: string): KubectlError => usageError('kubectl taint', why);
  const parts = text.split(':');
  let key = parts[0];
  let value = '';
  let effect = '';
  if (parts.length > 2) throw bad(`invalid taint spec: ${text}`);
  if (parts.length === 2) {
    effect = parts[1];
    if (!EFFECTS.includes(effect)) throw bad(`invalid taint effect: ${effect}, unsupported taint effect`);
    const words = parts[0].split('=');
    if (words.length > 2) throw bad(`invalid taint spec: ${text}`);
    key = words[0];
    if (words.length === 2) {
      value = words[1];
      const errors = isValidLabelValue(value);
      if (errors.length > 0) throw bad(`invalid taint spec: ${text}, ${errors.join('; ')}`);
    }
  }
  const errors = isQualifiedName(key);
  if (errors.length > 0) throw bad(`invalid taint spec: ${text}, ${errors.join('; ')}`);
  return { key, ...(value === '' ? {} : { value }), effect };
}

const same = (a: Taint, b: Taint): boolean => a.key === b.key && a.effect === b.effect;

function* run(k: Session, flags: Flags): Program {
  const { resources, pairs } = resourcesAndPairs(flags.args, 'taint', (arg) => arg.includes('=') || arg.includes(':') || arg.endsWith('-'));
  if (resources.length < 1) throw new KubectlError('one or more resources must be specified as <resource> <name>');
  if (pairs.length < 1) throw new KubectlError('at least one taint update is required');
  const add: Taint[] = [];
  const remove: Taint[] = [];
  for (const pair of pairs) {
    if (pair.endsWith('-')) { remove.push(parseTaint(pair.slice(0, -1))); continue; }
    const taint = parseTaint(pair);
    if (taint.effect === '') throw usageError('kubectl taint', `invalid taint spec: ${pair}`);
    if (add.some((other) => same(other, taint))) throw usageError('kubectl taint', `duplicated taints with the same key and effect: {${taint.key} ${taint.value ?? ''} ${taint.effect} <nil>}`);
    add.push(taint);
  }
  const mapping = yield* k.resource(resources[0].split('/')[0]);
  if (mapping.kind !== 'Node') throw new KubectlError(`invalid resource type ${resources[0]}, only node types are supported`);
  const clash = add.flatMap((a) => remove.filter((r) => r.key === a.key && (r.effect === '' || r.effect === a.effect)).map((r) => `${r.key}=${r.effect}`));
  if (clash.length > 0) throw new KubectlError(`can not both modify and remove the following taint(s) in the same command: ${clash.join(', ')}`);
  if (flags.bool('all') && flags.string('selector') !== '') throw new KubectlError("setting 'all' parameter with a non empty selector is prohibited");
  if (!flags.bool('all') && flags.string('selector') === '' && resources.length < 2 && !resources[0].includes('/')) throw new KubectlError("at least one resource name must be specified since 'all' parameter is not set");
  const { targets } = yield* resolveTargets(k, flags, resources, { labelSelector: flags.string('selector'), all: flags.bool('all') });
  yield* each(targets, function* (target) {
    yield* each(yield* fetchTarget(k, target), function* (info) {
      const old: readonly Taint[] = info.object.spec?.taints ?? [];
      if (!flags.bool('overwrite')) {
        const exists = add.filter((a) => old.some((o) => same(o, a))).map((a) => a.key);
        if (exists.length > 0) throw new KubectlError(`node ${info.name} already has ${exists.join(',')} taint(s) with same effect(s) and --overwrite is false`);
      }
      let taints = [...add, ...old.filter((o) => !add.some((a) => same(a, o)))];
      const added = taints.length !== old.length;
      let deleted = false;
      const errors: KubectlError[] = [];
      for (const r of remove) {
        const left = taints.filter((t) => (r.effect === '' ? t.key !== r.key : !same(t, r)));
        deleted = left.length !== taints.length;
        if (!deleted) errors.push(new KubectlError(`taint "${r.effect === '' ? r.key : `${r.key}:${r.effect}`}" not found`));
        taints = left;
      }
      throwAll(errors);
      const operation = (added && deleted) || flags.bool('overwrite') ? 'modified' : added ? 'tainted' : 'untainted';
      const { taints: _, ...spec } = info.object.spec ?? {};
      const after = { ...info.object, spec: taints.length === 0 ? spec : { ...spec, taints } };
      const patch = twoWayPatch(info.object as unknown as Record<string, unknown>, after as unknown as Record<string, unknown>);
      const dryRun = dryRunOf(flags);
      const object = dryRun === 'client' ? after : (yield* k.ask({
        verb: 'patch', ...ref(info.mapping), name: info.name, patchType: 'application/strategic-merge-patch+json', text: toJson(patch), accept: 'object',
        options: { fieldManager: flags.string('field-manager'), fieldValidation: fieldValidationOf(flags), ...(dryRun === 'server' ? { dryRun: true } : {}) },
      })) as KubeObject;
      yield* printResult(k, resultPrinter(flags), object, operation, dryRun);
    });
  });
}

export const TAINT: Command = { name: 'taint', short: 'Update the taints on one or more nodes', usage: 'taint NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N', flags: FLAGS, run };
