/**
 * What a describer is: one kind's text from the object and what was fetched with it.
 * Upstream: k8s.io/kubectl/pkg/describe/interface.go
 */
import type { KubeObject } from '../../api/types.ts';
import type { Program } from '../../../sim/program.ts';
import type { Session } from '../session.ts';
import type { Any, Writer } from './writer.ts';

export interface Related {
  /** undefined: not shown. */
  readonly events: readonly KubeObject[] | undefined;
  /** What `fetch` brought. */
  readonly extra: Any;
}

export interface Describer {
  readonly kinds: readonly string[];
  /** How its events are searched: by kind and uid, without kind (pods), by uid of its name (nodes), or not at all. */
  readonly events: 'by-kind' | 'no-kind' | 'node' | 'never';
  /** Further requests, before the events are asked for. */
  fetch?(k: Session, object: KubeObject): Program<Any>;
  write(w: Writer, object: KubeObject, related: Related): void;
}
