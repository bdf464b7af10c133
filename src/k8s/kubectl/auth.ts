/**
 * `kubectl auth can-i` and `auth whoami`.
 * Upstream: k8s.io/kubectl/pkg/cmd/auth
 * Left out: auth reconcile.
 */
import type { KubeObject } from '../api/types.ts';
import { toJson } from '../apimachinery/json-emit.ts';
import type { Program } from '../../sim/program.ts';
import { ruleRows } from './describe/policy.ts';
import { KubectlError } from './errors.ts';
import type { Flags } from './flags.ts';
import { builtinMappings, findResource } from './mapper.ts';
import { PRINT_FLAGS, resultPrinter } from './result.ts';
import type { Command, Session } from './session.ts';
import { alignTabs, TABLE } from './tabwriter.ts';

const AUTHZ = { group: 'authorization.k8s.io', version: 'v1' };

function* review(k: Session, resource: string, body: unknown): Program<KubeObject> {
  return (yield* k.ask({ verb: 'create', ...AUTHZ, resource, text: toJson(body), contentType: 'application/json', accept: 'object' })) as KubeObject;
}

function* canI(k: Session, flags: Flags): Program<number> {
  if (flags.bool('list')) return yield* listRules(k, flags);
  const [verb, what, name] = flags.args;
  if (flags.args.length === 0 || flags.args.length > 3) throw new KubectlError('you must specify two arguments: verb resource or verb resource/resourceName.\nSee \'kubectl auth can-i -h\' for help and examples.');
  let spec: unknown;
  const namespace = flags.bool('all-namespaces') ? '' : k.namespace;
  if (what === undefined) throw new KubectlError('you must specify two arguments: verb resource or verb resource/resourceName.\nSee \'kubectl auth can-i -h\' for help and examples.');
  if (what.startsWith('/')) spec = { nonResourceAttributes: { verb, path: what } };
  else {
    const [type, named] = what.split('/');
    let mapping = type === '*' ? undefined : findResource(builtinMappings(), type);
    if (mapping === undefined && type !== '*') mapping = findResource(yield* k.discover(), type);
    if (mapping === undefined && type !== '*') yield* k.err(`Warning: the server doesn't have a resource type '${type}'\n`);
    else if (mapping !== undefined && !mapping.namespaced && namespace !== '' && !flags.bool('quiet')) yield* k.err(`Warning: resource '${mapping.resource}' is not namespace scoped${mapping.group === '' ? '' : ` in group '${mapping.group}'`}\n`);
    const subresource = flags.string('subresource');
    spec = {
      resourceAttributes: {
        namespace, verb, group: type === '*' ? '*' : mapping?.group ?? '', resource: mapping?.resource ?? type,
        ...(subresource === '' ? {} : { subresource }), ...(named ?? name ? { name: named ?? name } : {}),
      },
    };
  }
  const answer = yield* review(k, 'selfsubjectaccessreviews', { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec });
  const status = answer.status ?? {};
  if (!flags.bool('quiet')) {
    yield* k.out(`${status.allowed ? 'yes' : 'no'}${!status.allowed && status.reason ? ` - ${status.reason}` : ''}${status.evaluationError ? ` - ${status.evaluationError}` : ''}\n`);
  }
  return status.allowed ? 0 : 1;
}

function* listRules(k: Session, flags: Flags): Program<number> {
  const answer = yield* review(k, 'selfsubjectrulesreviews', { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace: k.namespace } });
  const lines = flags.bool('no-headers') ? [] : ['Resources\tNon-Resource URLs\tResource Names\tVerbs'];
  const list = (v: readonly string[] | undefined): string => `[${(v ?? []).join(' ')}]`;
  const rules = [...(answer.status?.resourceRules ?? []), ...(answer.status?.nonResourceRules ?? [])];
  for (const r of ruleRows(rules)) lines.push(`${r.resource}\t${list(r.urls)}\t${list(r.names)}\t${list(r.verbs)}`);
  yield* k.out(alignTabs(lines.join('\n'), TABLE) + '\n');
  return 0;
}

function* whoami(k: Session, flags: Flags): Program {
  const answer = (yield* k.ask({ verb: 'create', group: 'authentication.k8s.io', version: 'v1', resource: 'selfsubjectreviews', text: toJson({ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview', metadata: {}, status: { userInfo: {} } }), contentType: 'application/json', accept: 'object' })) as KubeObject;
  const printer = resultPrinter(flags);
  if (printer !== undefined) {
    yield* k.out(printer.print(answer));
    return;
  }
  const user = answer.status?.userInfo ?? {};
  const lines = ['ATTRIBUTE\tVALUE', ...(user.username ? [`Username\t${user.username}`] : []), ...(user.uid ? [`UID\t${user.uid}`] : []), ...((user.groups ?? []).length > 0 ? [`Groups\t[${user.groups.join(' ')}]`] : [])];
  for (const key of Object.keys(user.extra ?? {}).sort()) lines.push(`Extra: ${key}\t[${user.extra[key].join(' ')}]`);
  yield* k.out(alignTabs(lines.join('\n'), TABLE) + '\n');
}

export const AUTH: Command = {
  name: 'auth', short: 'Inspect authorization', usage: 'auth',
  commands: [
    { name: 'can-i', short: 'Check whether an action is allowed', usage: 'can-i VERB [TYPE | TYPE/NAME | NONRESOURCEURL]', run: canI, flags: [{ name: 'all-namespaces', short: 'A', type: 'bool' }, { name: 'quiet', short: 'q', type: 'bool' }, { name: 'subresource', type: 'string' }, { name: 'list', type: 'bool' }, { name: 'no-headers', type: 'bool' }] },
    { name: 'whoami', short: 'Experimental: Check self subject attributes', usage: 'whoami', run: whoami, flags: PRINT_FLAGS },
  ],
};
