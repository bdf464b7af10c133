/**
 * `kubectl create` namespace, configmap, secret, quota, serviceaccount, token, priorityclass.
 * Upstream: k8s.io/kubectl/pkg/cmd/create/create_{namespace,configmap,secret*,quota,serviceaccount,token,priorityclass}.go
 * Left out: --append-hash; files that are no UTF-8 text.
 */
import type { KubeObject } from '../api/types.ts';
import { toJson } from '../apimachinery/json-emit.ts';
import { parseQuantity } from '../apimachinery/quantity.ts';
import { isConfigMapKey } from '../apimachinery/validation-strings.ts';
import { act } from '../../sim/program.ts';
import type { Program } from '../../sim/program.ts';
import { textToBase64 } from './base64.ts';
import { KubectlError } from './errors.ts';
import type { Flag, Flags } from './flags.ts';
import { generatorCommand, nameArgument } from './generator.ts';
import type { Generator } from './generator.ts';
import { objectPrinter } from './object-printer.ts';
import type { Command, Session } from './session.ts';
import { ref } from './session.ts';

const namespace: Generator = {
  name: 'namespace', aliases: ['ns'], short: 'Create a namespace with the specified name', usage: 'namespace NAME [--dry-run=server|client|none]', flags: [],
  *build(name) { return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }; },
};

const SOURCES: readonly Flag[] = [
  { name: 'from-literal', type: 'array' }, { name: 'from-file', type: 'slice' }, { name: 'from-env-file', type: 'slice' }, { name: 'append-hash', type: 'bool' },
];

const quoted = (v: string): string => (/^(["']).*\1$/.test(v) && v.length > 1 ? v.slice(1, -1) : v);

function add(data: Record<string, string>, key: string, value: string, what: string, name: string): void {
  const errors = isConfigMapKey(key);
  if (errors.length > 0) throw new KubectlError(`"${key}" is not a valid key name for a ${what}: ${errors.join(',')}`);
  if (data[key] !== undefined) throw new KubectlError(`cannot add key "${key}", another key by that name already exists in Data for ${what} "${name}"`);
  data[key] = value;
}

function* readData(k: Session, flags: Flags, what: string, owner: string): Program<Record<string, string>> {
  const data: Record<string, string> = {};
  if (flags.list('from-env-file').length > 0 && (flags.list('from-file').length > 0 || flags.list('from-literal').length > 0)) throw new KubectlError('from-env-file cannot be combined with from-file or from-literal');
  for (const source of flags.list('from-literal')) {
    const eq = source.indexOf('=');
    if (eq === 0) throw new KubectlError(`invalid literal source ${source}, expected key=value`);
    if (eq < 0) throw new KubectlError(`invalid literal source ${source}, expected key=value`);
    add(data, source.slice(0, eq), quoted(source.slice(eq + 1)), what, owner);
  }
  for (const source of flags.list('from-file')) {
    const eq = source.indexOf('=');
    if (eq === 0) throw new KubectlError(`key name for file path ${source.slice(1)} missing`);
    if (eq === source.length - 1) throw new KubectlError(`file path for key name ${source.slice(0, -1)} missing`);
    if (eq >= 0 && source.indexOf('=', eq + 1) >= 0) throw new KubectlError('key names or file paths cannot contain \'=\'');
    const path = eq < 0 ? source : source.slice(eq + 1);
    const names = yield* act(() => k.io.listDirectory(path));
    if (names !== undefined && names !== null) {
      if (eq >= 0) throw new KubectlError(`cannot give a key name for a directory path`);
      for (const name of names) {
        const text = yield* act(() => k.io.readFile(`${path.replace(/\/+$/, '')}/${name}`));
        if (typeof text === 'string' && isConfigMapKey(name).length === 0) add(data, name, text, what, owner);
      }
      continue;
    }
    const text = yield* act(() => k.io.readFile(path));
    if (typeof text !== 'string') throw new KubectlError(`error reading ${path}: no such file or directory`);
    add(data, eq < 0 ? path.split('/').pop()! : source.slice(0, eq), text, what, owner);
  }
  for (const path of flags.list('from-env-file')) {
    const text = yield* act(() => k.io.readFile(path));
    if (typeof text !== 'string') throw new KubectlError(`error reading ${path}: no such file or directory`);
    for (const line of text.split('\n')) {
      const t = line.replace(/^\s+/, '').replace(/\r$/, '');
      if (t === '' || t.startsWith('#')) continue;
      const eq = t.indexOf('=');
      if (eq > 0) add(data, t.slice(0, eq), t.slice(eq + 1), what, owner);
    }
  }
  return data;
}

const configmap: Generator = {
  name: 'configmap', aliases: ['cm'], short: 'Create a config map from a local file, directory or literal value', usage: 'configmap NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]',
  flags: SOURCES, failure: 'failed to create configmap: ',
  *build(name, flags, k) {
    const data = yield* readData(k, flags, 'ConfigMap', name);
    return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, ...(Object.keys(data).length === 0 ? {} : { data }) };
  },
};

const encoded = (data: Readonly<Record<string, string>>): Record<string, string> => Object.fromEntries(Object.keys(data).map((key) => [key, textToBase64(data[key])]));

const genericSecret: Generator = {
  name: 'generic', short: 'Create a secret from a local file, directory, or literal value', usage: 'generic NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]',
  flags: [...SOURCES, { name: 'type', type: 'string' }], failure: 'failed to create secret ',
  *build(name, flags, k) {
    const data = yield* readData(k, flags, 'Secret', name);
    const type = flags.string('type');
    return { apiVersion: 'v1', kind: 'Secret', metadata: { name }, ...(type === '' ? {} : { type }), ...(Object.keys(data).length === 0 ? {} : { data: encoded(data) }) };
  },
};

const tlsSecret: Generator = {
  name: 'tls', short: 'Create a TLS secret', usage: 'tls NAME --cert=path/to/cert/file --key=path/to/key/file [--dry-run=server|client|none]',
  flags: [{ name: 'cert', type: 'string' }, { name: 'key', type: 'string' }, { name: 'append-hash', type: 'bool' }], failure: 'failed to create secret ',
  *build(name, flags, k) {
    if (flags.string('key') === '' || flags.string('cert') === '') throw new KubectlError('key and cert must be specified');
    const cert = yield* act(() => k.io.readFile(flags.string('cert')));
    if (typeof cert !== 'string') throw new KubectlError(`failed to create secret open ${flags.string('cert')}: no such file or directory`);
    const key = yield* act(() => k.io.readFile(flags.string('key')));
    if (typeof key !== 'string') throw new KubectlError(`failed to create secret open ${flags.string('key')}: no such file or directory`);
    return { apiVersion: 'v1', kind: 'Secret', metadata: { name }, type: 'kubernetes.io/tls', data: encoded({ 'tls.crt': cert, 'tls.key': key }) };
  },
};

const dockerSecret: Generator = {
  name: 'docker-registry', short: 'Create a secret for use with a Docker registry', usage: 'docker-registry NAME --docker-username=user --docker-password=password --docker-email=email [--docker-server=string] [--from-file=[key=]source] [--dry-run=server|client|none]',
  flags: [
    { name: 'docker-username', type: 'string' }, { name: 'docker-password', type: 'string' }, { name: 'docker-email', type: 'string' },
    { name: 'docker-server', type: 'string', default: 'https://index.docker.io/v1/' }, { name: 'from-file', type: 'slice' }, { name: 'append-hash', type: 'bool' },
  ],
  failure: 'failed to create secret ',
  *build(name, flags, k) {
    let config: string;
    if (flags.list('from-file').length > 0) {
      const data = yield* readData(k, flags, 'Secret', name);
      config = data['.dockerconfigjson'] ?? Object.values(data)[0];
    } else {
      const username = flags.string('docker-username');
      const password = flags.string('docker-password');
      if (username === '' || password === '' || flags.string('docker-server') === '') throw new KubectlError('either --from-file or the combination of --docker-username, --docker-password and --docker-server is required');
      const email = flags.string('docker-email');
      config = toJson({ auths: { [flags.string('docker-server')]: { username, password, ...(email === '' ? {} : { email }), auth: textToBase64(`${username}:${password}`) } } }, { sort: false });
    }
    return { apiVersion: 'v1', kind: 'Secret', metadata: { name }, type: 'kubernetes.io/dockerconfigjson', data: encoded({ '.dockerconfigjson': config }) };
  },
};

/** `a=1,b=2` as resource quantities. */
export function resourcesOf(text: string): Record<string, string> {
  const out: Record<string, string> = {};
  for (const part of text.split(',')) {
    if (part === '') continue;
    const words = part.split('=');
    if (words.length !== 2) throw new KubectlError(`Invalid argument syntax ${part}, expected <resource>=<value>`);
    const q = parseQuantity(words[1]);
    if (q.error !== undefined) throw new KubectlError(q.error);
    out[words[0]] = words[1];
  }
  return out;
}

const quota: Generator = {
  name: 'quota', aliases: ['resourcequota'], short: 'Create a quota with the specified name', usage: 'quota NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2] [--dry-run=server|client|none]',
  flags: [{ name: 'hard', type: 'string' }, { name: 'scopes', type: 'string' }], failure: 'failed to create quota: ',
  *build(name, flags) {
    const scopes = flags.string('scopes');
    if (scopes !== '' && scopes.split(',').includes('')) throw new KubectlError(`invalid resource quota scope ""`);
    const hard = flags.string('hard');
    return { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name }, spec: { ...(hard === '' ? {} : { hard: resourcesOf(hard) }), ...(scopes === '' ? {} : { scopes: scopes.split(',') }) } };
  },
};

const serviceaccount: Generator = {
  name: 'serviceaccount', aliases: ['sa'], short: 'Create a service account with the specified name', usage: 'serviceaccount NAME [--dry-run=server|client|none]', flags: [], failure: 'failed to create serviceaccount: ',
  *build(name) { return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } }; },
};

const priorityclass: Generator = {
  name: 'priorityclass', aliases: ['pc'], short: 'Create a priority class with the specified name', usage: 'priorityclass NAME --value=VALUE --global-default=BOOL [--dry-run=server|client|none]',
  flags: [{ name: 'value', type: 'int', default: 0 }, { name: 'global-default', type: 'bool' }, { name: 'description', type: 'string' }, { name: 'preemption-policy', type: 'string', default: 'PreemptLowerPriority' }],
  failure: 'failed to create priorityclass: ',
  *build(name, flags) {
    return {
      apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value: flags.int('value'),
      ...(flags.bool('global-default') ? { globalDefault: true } : {}), ...(flags.string('description') === '' ? {} : { description: flags.string('description') }), preemptionPolicy: flags.string('preemption-policy'),
    };
  },
};

function* createToken(k: Session, flags: Flags): Program {
  const name = nameArgument(k.commandPath, flags);
  const duration = flags.duration('duration');
  if (flags.changed('duration') && duration <= 0) throw new KubectlError('--duration must be greater than or equal to 0');
  const audiences = flags.list('audience');
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: audiences.length === 0 ? null : audiences, ...(duration > 0 ? { expirationSeconds: Math.floor(duration / 1e6) } : { expirationSeconds: null }), boundObjectRef: null } };
  const mapping = yield* k.resource('serviceaccounts');
  const object = (yield* k.ask({ verb: 'create', ...ref(mapping), subresource: 'token', namespace: k.namespace, name, text: toJson(body), contentType: 'application/json', accept: 'object' })) as KubeObject;
  const output = flags.string('output');
  yield* k.out(output === '' ? `${object.status?.token ?? ''}\n` : objectPrinter(output, flags).print(object));
}

export const CREATE_CONFIG: readonly Command[] = [
  ...[namespace, configmap, quota, serviceaccount, priorityclass].map(generatorCommand),
  { name: 'secret', short: 'Create a secret using a specified subcommand', usage: 'secret (docker-registry | generic | tls)', commands: [dockerSecret, genericSecret, tlsSecret].map(generatorCommand) },
  {
    name: 'token', short: 'Request a service account token', usage: 'token SERVICE_ACCOUNT_NAME', run: createToken,
    flags: [{ name: 'duration', type: 'duration', default: '0' }, { name: 'audience', type: 'array' }, { name: 'output', short: 'o', type: 'string' }, { name: 'bound-object-kind', type: 'string' }, { name: 'bound-object-name', type: 'string' }, { name: 'bound-object-uid', type: 'string' }],
  },
];
