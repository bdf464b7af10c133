/**
 * What an admission plugin is: pure functions of the request's attributes and of what they read from the cache.
 * Upstream: staging/src/k8s.io/apiserver/pkg/admission/{interfaces,attributes}.go
 */
import type { KubeObject, Status } from '../../api/types.ts';
import type { ApiRequest, UserInfo } from '../../apimachinery/request.ts';
import type { Resource } from '../resources.ts';
import type { State } from '../state.ts';

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

export interface Attributes {
  readonly operation: Operation;
  readonly resource: Resource;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** Absent for DELETE. */
  readonly object: KubeObject | undefined;
  readonly old: KubeObject | undefined;
  readonly user: UserInfo;
  readonly dryRun: boolean;
  readonly request: ApiRequest;
  readonly state: State;
  /** Microseconds. */
  readonly now: number;
  /** Draws 32 bits for this purpose. */
  readonly draw: (purpose: string, key: string, n: number) => number;
  readonly warn: (text: string) => void;
  /** Asks that a quota's usage be written before the object. */
  readonly charge: (quota: KubeObject, next: KubeObject) => void;
}

export interface Plugin {
  readonly name: string;
  readonly handles: readonly Operation[];
  /** Changes the object (returns a new one), refuses it (a Status), or leaves it (undefined). */
  readonly admit?: (a: Attributes) => KubeObject | Status | undefined;
  readonly validate?: (a: Attributes) => Status | undefined;
}
