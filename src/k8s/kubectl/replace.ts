/**
 * `kubectl replace` and `kubectl diff`.
 * Upstream: k8s.io/kubectl/pkg/cmd/{replace,diff}
 * Left out: --raw; diff compares line by line without moved blocks, as `diff -u` would print it.
 */
import type { KubeObject } from '../api/types.ts';
import { toJson } from '../apimachinery/json-emit.ts';
import type { Program } from '../../sim/program.ts';
import { applyPatch } from './apply.ts';
import { emitYaml } from './decode.ts';
import { KubectlError, StatusError, withSource } from './errors.ts';
import type { Flag, Flags } from './flags.ts';
import { LAST_APPLIED, withLastApplied } from './last-applied.ts';
import { readManifests } from './manifests.ts';
import { withoutManagedFields } from './object-printer.ts';
import { dryRunOf, DRY_RUN_FLAG, fieldManagerFlag, PRINT_FLAGS, printResult, resultPrinter, VALIDATE_FLAG, writeOptions } from './result.ts';
import type { Command, Session } from './session.ts';
import { each, isNotFound, ref, throwAll } from './session.ts';
import { hasSchema } from './strategic-diff.ts';
import { FILENAME_FLAGS } from './targets.ts';
import { unifiedDiff } from './unified-diff.ts';
import { waitForDeletion } from './wait-deleted.ts';

const REPLACE: readonly Flag[] = [
  ...FILENAME_FLAGS, ...PRINT_FLAGS, DRY_RUN_FLAG, VALIDATE_FLAG, fieldManagerFlag('kubectl-replace'), { name: 'force', type: 'bool' }, { name: 'cascade', type: 'string', default: 'background', bare: 'background' },
  { name: 'grace-period', type: 'int', default: -1 }, { name: 'timeout', type: 'duration', default: '0' }, { name: 'wait', type: 'bool' }, { name: 'save-config', type: 'bool' }, { name: 'subresource', type: 'string' }, { name: 'raw', type: 'string' },
];

function* replace(k: Session, flags: Flags): Program {
  if (flags.list('filename').length === 0) throw new KubectlError('must specify one of -f and -k\nSee \'kubectl replace -h\' for help and examples');
  const dryRun = dryRunOf(flags);
  const printer = resultPrinter(flags);
  const manifests = yield* readManifests(k, flags.list('filename'), flags.bool('recursive'));
  yield* each(manifests, function* (m) {
    const keep = flags.bool('save-config');
    const where = { ...ref(m.mapping), namespace: m.namespace };
    if (flags.bool('force')) {
      const grace = flags.int('grace-period');
      try {
        const old = yield* k.get(m.mapping, m.namespace, m.name);
        yield* k.ask({ verb: 'delete', ...where, name: m.name, text: toJson({ kind: 'DeleteOptions', apiVersion: 'v1', ...(grace >= 0 ? { gracePeriodSeconds: grace } : {}), propagationPolicy: 'Background' }), contentType: 'application/json' });
        yield* k.out(`${m.mapping.kind.replace(/[A-Z]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 32))}${m.mapping.group === '' ? '' : '.' + m.mapping.group} "${m.name}" deleted${m.mapping.namespaced ? ` from ${m.namespace} namespace` : ''}\n`);
        yield* waitForDeletion(k, { mapping: m.mapping, namespace: m.namespace, name: m.name, uid: old.metadata.uid }, flags.duration('timeout') || 300e6);
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
    let object: KubeObject = keep ? withLastApplied(m.object) : m.object;
    if (dryRun !== 'client') {
      try {
        if (flags.bool('force')) object = (yield* k.ask({ verb: 'create', ...where, text: toJson(object), contentType: 'application/json', accept: 'object', options: writeOptions(flags) })) as KubeObject;
        else {
          const current = yield* k.get(m.mapping, m.namespace, m.name);
          const version = m.object.metadata?.resourceVersion || current.metadata.resourceVersion;
          if (!keep && current.metadata.annotations?.[LAST_APPLIED] !== undefined && object.metadata.annotations?.[LAST_APPLIED] === undefined) object = withLastApplied(m.object);
          const body = { ...object, metadata: { ...object.metadata, resourceVersion: version } };
          object = (yield* k.ask({ verb: 'update', ...where, name: m.name, text: toJson(body), contentType: 'application/json', accept: 'object', options: writeOptions(flags) })) as KubeObject;
        }
      } catch (error) {
        if (error instanceof StatusError) throw withSource('replacing', m.source, error);
        throw error;
      }
    }
    yield* printResult(k, printer, object, 'replaced', dryRun);
  });
  throwAll(k.pending);
}

/** Ends with 1 when there are differences, as diff does. */
function* diff(k: Session, flags: Flags): Program<number> {
  if (flags.list('filename').length === 0) throw new KubectlError('must specify one of -f and -k', 2);
  let found = false;
  for (const m of yield* readManifests(k, flags.list('filename'), flags.bool('recursive'))) {
    let live: KubeObject | undefined;
    try {
      live = yield* k.get(m.mapping, m.namespace, m.name);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    const where = { ...ref(m.mapping), namespace: m.namespace, accept: 'object' as const };
    let merged: KubeObject;
    if (live === undefined) merged = (yield* k.ask({ verb: 'create', ...where, text: toJson(m.object), contentType: 'application/json', options: { dryRun: true, fieldManager: 'kubectl-client-side-apply' } })) as KubeObject;
    else if (flags.bool('server-side')) merged = (yield* k.ask({ verb: 'patch', ...where, name: m.name, patchType: 'application/apply-patch+yaml', text: toJson(m.object), contentType: 'application/apply-patch+yaml', options: { dryRun: true, fieldManager: 'kubectl', force: flags.bool('force-conflicts') } })) as KubeObject;
    else {
      const patch = applyPatch(live, m.object);
      merged = Object.keys(patch).length === 0 ? live : (yield* k.ask({
        verb: 'patch', ...where, name: m.name, text: toJson(patch), options: { dryRun: true, fieldManager: 'kubectl-client-side-apply' },
        patchType: hasSchema(m.object as unknown as Record<string, unknown>) ? 'application/strategic-merge-patch+json' : 'application/merge-patch+json',
      })) as KubeObject;
    }
    const name = [m.mapping.group === '' ? '' : m.mapping.group, m.mapping.version, m.mapping.kind, m.namespace ?? '', m.name].filter((p) => p !== '').join('.');
    const clean = (o: KubeObject): string => {
      const annotations = { ...o.metadata.annotations };
      delete annotations[LAST_APPLIED];
      return emitYaml(withoutManagedFields({ ...o, metadata: { ...o.metadata, ...(Object.keys(annotations).length === 0 ? { annotations: undefined } : { annotations }) } }));
    };
    const text = unifiedDiff(live === undefined ? '' : clean(live), clean(merged), `/tmp/LIVE/${name}`, `/tmp/MERGED/${name}`);
    if (text === '') continue;
    found = true;
    yield* k.out(`diff -u -N /tmp/LIVE/${name} /tmp/MERGED/${name}\n${text}`);
  }
  return found ? 1 : 0;
}

export const REPLACE_COMMAND: Command = { name: 'replace', short: 'Replace a resource by file name or stdin', usage: 'replace -f FILENAME', flags: REPLACE, run: replace };
export const DIFF: Command = { name: 'diff', short: 'Diff the live version against a would-be applied version', usage: 'diff -f FILENAME', flags: [...FILENAME_FLAGS, { name: 'server-side', type: 'bool' }, { name: 'force-conflicts', type: 'bool' }, { name: 'field-manager', type: 'string' }, { name: 'selector', short: 'l', type: 'string' }, { name: 'show-managed-fields', type: 'bool' }, { name: 'prune', type: 'bool' }], run: diff };
