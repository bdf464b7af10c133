/**
 * `kubectl create poddisruptionbudget`.
 * Upstream: k8s.io/kubectl/pkg/cmd/create/create_pdb.go
 */
import { parseSelector } from '../apimachinery/labels.ts';
import type { Selector } from '../apimachinery/labels.ts';
import { KubectlError } from './errors.ts';
import { generatorCommand } from './generator.ts';
import type { Generator } from './generator.ts';
import type { Command } from './session.ts';

/** A selector text as a LabelSelector object. */
export function labelSelectorOf(text: string): unknown {
  const parsed = parseSelector(text);
  if (parsed.error !== undefined) throw new KubectlError(parsed.error);
  const matchLabels: Record<string, string> = {};
  const matchExpressions: unknown[] = [];
  for (const r of parsed.value as Selector) {
    if (r.operator === '=' || r.operator === '==') matchLabels[r.key] = r.values[0];
    else if (r.operator === '!=') matchExpressions.push({ key: r.key, operator: 'NotIn', values: r.values });
    else matchExpressions.push({ key: r.key, operator: { in: 'In', notin: 'NotIn', exists: 'Exists', '!': 'DoesNotExist' }[r.operator as string], ...(r.values.length === 0 ? {} : { values: r.values }) });
  }
  return { ...(Object.keys(matchLabels).length === 0 ? {} : { matchLabels }), ...(matchExpressions.length === 0 ? {} : { matchExpressions }) };
}

const intOrString = (text: string): number | string => (/^\d+$/.test(text) ? Number(text) : text);

const pdb: Generator = {
  name: 'poddisruptionbudget', aliases: ['pdb'], short: 'Create a pod disruption budget with the specified name', usage: 'poddisruptionbudget NAME --selector=SELECTOR --min-available=N [--dry-run=server|client|none]',
  flags: [{ name: 'selector', type: 'string' }, { name: 'min-available', type: 'string' }, { name: 'max-unavailable', type: 'string' }], failure: 'failed to create poddisruptionbudgets: ',
  *build(name, flags) {
    const min = flags.string('min-available');
    const max = flags.string('max-unavailable');
    if (flags.string('selector') === '') throw new KubectlError('a selector must be specified');
    if (min === '' && max === '') throw new KubectlError('one of min-available or max-unavailable must be specified');
    if (min !== '' && max !== '') throw new KubectlError('min-available and max-unavailable cannot be both specified');
    return { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name }, spec: { selector: labelSelectorOf(flags.string('selector')), ...(min === '' ? { maxUnavailable: intOrString(max) } : { minAvailable: intOrString(min) }) } };
  },
};

export const CREATE_POLICY: readonly Command[] = [generatorCommand(pdb)];
