/**
 * List, then watch, then watch again from where it broke; list anew when the server says 410.
 * Upstream: tools/cache/reflector.go
 * Left out: WatchList as the initial list (one list request is easier to follow and writes nothing either way), chunked lists.
 */
import { act, sleep, type Program } from '../../sim/program.ts';
import type { KubeList } from '../api/types.ts';
import type { ApiRequest, ApiResponse } from '../apimachinery/request.ts';
import { isStatus } from '../apimachinery/request.ts';
import { parseGvr, request, startWatch } from './client.ts';
import type { InformerSpec, ReflectorState } from './informer.ts';
import type { ClientIdentity, Gvr, InformerEvent, ProcessContext } from './types.ts';

/** reflector.go: backoff of 800 ms doubling to 30 s. */
const BACKOFF = { base: 800_000, max: 30_000_000 };

export interface ReflectorView extends ProcessContext {
  store(gvr: Gvr): { readonly spec: InformerSpec; readonly state: { get(key: string): ReflectorState | undefined; set(key: string, value: ReflectorState): void }; replace(items: KubeList['items']): InformerEvent[] };
  readonly reader: ClientIdentity;
  /** Hands changes to the handlers. */
  dispatch(gvr: Gvr, events: readonly InformerEvent[]): void;
  /** A store has its first list. */
  synced(): void;
}

/** Runs until a watch is open (its events then arrive as messages) and ends; started again when the watch ends. */
export function* reflect(args: { gvr: Gvr }): Program {
  const { gvr } = args;
  const start = yield* act((p: ReflectorView) => ({ state: p.store(gvr).state.get('') ?? null, reader: p.reader, spec: pick(p.store(gvr).spec) }));
  const base: ApiRequest = {
    verb: 'list', ...parseGvr(gvr), ...(start.spec.namespace ? { namespace: start.spec.namespace } : {}), user: start.reader.user, userAgent: start.reader.userAgent,
    options: { ...(start.spec.fieldSelector ? { fieldSelector: start.spec.fieldSelector } : {}), ...(start.spec.labelSelector ? { labelSelector: start.spec.labelSelector } : {}) },
  };
  const failures = start.state?.failures ?? 0;
  if (failures > 0) yield* sleep(Math.min(BACKOFF.max, BACKOFF.base * 2 ** Math.min(failures - 1, 10)));
  let version = start.state?.version ?? '';
  if (version === '') {
    const listed: ApiResponse = yield* request({ ...base, options: { ...base.options, resourceVersion: '0' } });
    if (listed.code !== 200 || isStatus(listed.body)) {
      yield* act((p: ReflectorView) => note(p, gvr, { phase: 'waiting', version: '', failures: failures + 1 }));
      return;
    }
    const list = listed.body as KubeList;
    version = list.metadata.resourceVersion;
    yield* act((p: ReflectorView) => {
      const events = p.store(gvr).replace(list.items);
      note(p, gvr, { phase: 'listing', version, failures: 0, synced: true });
      p.dispatch(gvr, events);
      p.synced();
    });
  }
  const stream = yield* act((p: ReflectorView) => {
    const name = `${gvr} ${p.cause}`;
    note(p, gvr, { phase: 'watching', version, stream: name });
    return name;
  });
  const watching = yield* startWatch({ ...base, options: { ...base.options, resourceVersion: version, allowWatchBookmarks: true } }, stream);
  if (watching.code !== 200) yield* act((p: ReflectorView) => note(p, gvr, { phase: 'waiting', version: watching.code === 410 ? '' : version, stream: '', failures: failures + 1 }));
}

function note(p: ReflectorView, gvr: Gvr, change: Partial<ReflectorState>): void {
  const state = p.store(gvr).state;
  state.set('', { phase: 'listing', version: '', stream: '', synced: false, failures: 0, ...state.get(''), ...change });
}

/** The plain part of a spec (index functions stay behind). */
function pick(spec: InformerSpec): { namespace?: string; fieldSelector?: string; labelSelector?: string } {
  return { ...(spec.namespace ? { namespace: spec.namespace } : {}), ...(spec.fieldSelector ? { fieldSelector: spec.fieldSelector } : {}), ...(spec.labelSelector ? { labelSelector: spec.labelSelector } : {}) };
}
