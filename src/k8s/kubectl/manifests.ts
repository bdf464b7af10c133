/**
 * Reads manifests: files, directories, standard input; documents and Lists in them; which resource each one is.
 * Upstream: k8s.io/cli-runtime/pkg/resource/{visitor,mapper}.go
 * Left out: URLs.
 */
import type { KubeObject } from '../api/types.ts';
import { act } from '../../sim/program.ts';
import type { Program } from '../../sim/program.ts';
import { decodeDocuments } from './decode.ts';
import { KubectlError } from './errors.ts';
import { apiVersionOf } from './mapper.ts';
import type { Mapping } from './mapper.ts';
import type { Session } from './session.ts';

export interface Manifest {
  readonly mapping: Mapping;
  readonly namespace: string | undefined;
  readonly name: string;
  /** As the user wrote it, with the namespace filled in. */
  readonly object: KubeObject;
  /** File name, or STDIN: as error messages call it. */
  readonly source: string;
}

const EXTENSIONS = /\.(?:json|yaml|yml)$/;
const MAX_DOCUMENTS = 2000;

interface Source { readonly name: string; readonly text: string }

function* sources(k: Session, files: readonly string[], recursive: boolean): Program<readonly Source[]> {
  const out: Source[] = [];
  for (const file of files) {
    if (file === '-') {
      out.push({ name: 'STDIN', text: k.stdin ?? '' });
      continue;
    }
    if (/^https?:\/\//.test(file)) throw new KubectlError(`unable to read URL "${file}": there is no network outside the cluster`);
    const found = yield* act(() => readPath(k, file, recursive, 0));
    if (found === undefined) throw new KubectlError(`the path "${file}" does not exist`);
    if (found.length === 0) throw new KubectlError(`error reading [${file}]: recognized file extensions are [.json .yaml .yml]`);
    out.push(...found);
  }
  return out;
}

function readPath(k: Session, path: string, recursive: boolean, depth: number): Source[] | undefined {
  const names = k.io.listDirectory(path);
  if (names === undefined) {
    const text = k.io.readFile(path);
    return text === undefined ? undefined : [{ name: path, text }];
  }
  const out: Source[] = [];
  const base = path.replace(/\/+$/, '');
  for (const name of names) {
    const child = `${base}/${name}`;
    if (k.io.listDirectory(child) !== undefined) {
      if (recursive && depth < 16) out.push(...(readPath(k, child, true, depth + 1) ?? []));
    } else if (EXTENSIONS.test(name)) out.push({ name: child, text: k.io.readFile(child) ?? '' });
  }
  return out;
}

const isMap = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v);

/** The documents of the files, Lists taken apart. Throws at the first that cannot be read, as upstream does. */
export function* readManifests(k: Session, files: readonly string[], recursive: boolean): Program<readonly Manifest[]> {
  const out: Manifest[] = [];
  const errors: KubectlError[] = [];
  for (const source of yield* sources(k, files, recursive)) {
    const documents = decodeDocuments(source.text);
    if (documents.error !== undefined) throw new KubectlError(`error parsing ${source.name}: ${documents.error}`);
    for (const document of documents.value!) {
      if (document === null || document === undefined) continue;
      for (const object of yield* flatten(source.name, document)) {
        if (out.length > MAX_DOCUMENTS) throw new KubectlError(`error reading ${source.name}: more than ${MAX_DOCUMENTS} documents`);
        try {
          out.push(yield* manifestOf(k, object, source.name));
        } catch (error) {
          if (!(error instanceof KubectlError)) throw error;
          errors.push(error);
        }
      }
    }
  }
  if (out.length === 0) throw errors.length > 0 ? errors[0] : new KubectlError('no objects passed to apply');
  k.pending.push(...errors);
  return out;
}

function* flatten(source: string, document: unknown): Program<readonly Record<string, unknown>[]> {
  if (!isMap(document)) throw new KubectlError(`error validating "${source}": error validating data: invalid object to validate; if you choose to ignore these errors, turn validation off with --validate=false`);
  const missing = [...(typeof document['apiVersion'] === 'string' && document['apiVersion'] !== '' ? [] : ['apiVersion not set']), ...(typeof document['kind'] === 'string' && document['kind'] !== '' ? [] : ['kind not set'])];
  if (missing.length > 0) throw new KubectlError(`error validating "${source}": error validating data: ${missing.length === 1 ? missing[0] : `[${missing.join(', ')}]`}; if you choose to ignore these errors, turn validation off with --validate=false`);
  if (String(document['kind']).endsWith('List') && Array.isArray(document['items'])) return (document['items'] as unknown[]).filter(isMap);
  return [document];
}

function* manifestOf(k: Session, object: Record<string, unknown>, source: string): Program<Manifest> {
  const apiVersion = String(object['apiVersion']);
  const kind = String(object['kind']);
  const meta = isMap(object['metadata']) ? object['metadata'] : {};
  const name = typeof meta['name'] === 'string' ? meta['name'] : '';
  const given = typeof meta['namespace'] === 'string' ? meta['namespace'] : '';
  const mapping = yield* k.kind(apiVersion, kind);
  if (mapping === undefined) throw new KubectlError(`resource mapping not found for name: "${name}" namespace: "${given}" from "${source}": no matches for kind "${kind}" in version "${apiVersion}"\nensure CRDs are installed first`);
  if (!mapping.namespaced) return { mapping, namespace: undefined, name, object: object as unknown as KubeObject, source };
  if (given !== '' && k.explicitNamespace && given !== k.namespace) {
    throw new KubectlError(`the namespace from the provided object "${given}" does not match the namespace "${k.namespace}". You must pass '--namespace=${given}' to perform this operation.`);
  }
  const namespace = given === '' ? k.namespace : given;
  return { mapping, namespace, name, object: { ...object, apiVersion: apiVersionOf(mapping), kind, metadata: { ...meta, namespace } } as unknown as KubeObject, source };
}
