/**
 * `kubectl api-resources` and `kubectl api-versions`.
 * Upstream: k8s.io/kubectl/pkg/cmd/apiresources
 */
import { compareStrings } from '../apimachinery/utf8.ts';
import type { Program } from '../../sim/program.ts';
import { KubectlError } from './errors.ts';
import type { Flags } from './flags.ts';
import { apiVersionOf, groupResource } from './mapper.ts';
import type { Mapping } from './mapper.ts';
import type { Command, Session } from './session.ts';
import { alignTabs, TABLE } from './tabwriter.ts';

/** Each resource once, in the preferred version of its group. */
function preferred(all: readonly Mapping[]): readonly Mapping[] {
  const first = new Map<string, string>();
  for (const m of all) if (!first.has(m.group)) first.set(m.group, m.version);
  return all.filter((m) => first.get(m.group) === m.version);
}

function* resources(k: Session, flags: Flags): Program {
  if (flags.args.length > 0) throw new KubectlError(`unexpected arguments: [${flags.args.join(' ')}]\nSee 'kubectl api-resources -h' for help and examples`);
  const output = flags.string('output');
  if (!['', 'wide', 'name'].includes(output)) throw new KubectlError(`--output ${output} is not available`);
  const sortBy = flags.string('sort-by');
  if (sortBy !== '' && sortBy !== 'name' && sortBy !== 'kind') throw new KubectlError('--sort-by accepts only name or kind');
  const verbs = flags.list('verbs');
  const categories = flags.list('categories');
  const list = preferred(yield* k.discover()).filter((m) =>
    (!flags.changed('api-group') || m.group === flags.string('api-group')) && (!flags.changed('namespaced') || m.namespaced === flags.bool('namespaced'))
    && verbs.every((v) => m.verbs.includes(v)) && categories.every((c) => m.categories.includes(c)));
  const sorted = [...list].sort((a, b) => (sortBy === 'kind' ? compareStrings(a.kind, b.kind) : sortBy === 'name' ? compareStrings(a.resource, b.resource) : compareStrings(a.group, b.group) || compareStrings(a.resource, b.resource)));
  if (output === 'name') {
    yield* k.out(sorted.map((m) => groupResource(m) + '\n').join(''));
    return;
  }
  const wide = output === 'wide';
  const lines = flags.bool('no-headers') ? [] : [`NAME\tSHORTNAMES\tAPIVERSION\tNAMESPACED\tKIND${wide ? '\tVERBS\tCATEGORIES' : ''}`];
  for (const m of sorted) lines.push(`${m.resource}\t${m.shortNames.join(',')}\t${apiVersionOf(m)}\t${m.namespaced}\t${m.kind}${wide ? `\t${m.verbs.join(',')}\t${m.categories.join(',')}` : ''}`);
  yield* k.out(alignTabs(lines.join('\n'), TABLE) + '\n');
}

function* versions(k: Session): Program {
  const all = [...new Set((yield* k.discover()).map(apiVersionOf))].sort(compareStrings);
  yield* k.out(all.map((v) => v + '\n').join(''));
}

export const API_COMMANDS: readonly Command[] = [
  {
    name: 'api-resources', short: 'Print the supported API resources on the server', usage: 'api-resources', run: resources,
    flags: [
      { name: 'output', short: 'o', type: 'string' }, { name: 'api-group', type: 'string' }, { name: 'namespaced', type: 'bool', default: true }, { name: 'verbs', type: 'slice' }, { name: 'categories', type: 'slice' },
      { name: 'sort-by', type: 'string' }, { name: 'no-headers', type: 'bool' }, { name: 'cached', type: 'bool' }, { name: 'show-managed-fields', type: 'bool' },
    ],
  },
  { name: 'api-versions', short: 'Print the supported API versions on the server, in the form of "group/version"', usage: 'api-versions', run: versions, flags: [] },
];
