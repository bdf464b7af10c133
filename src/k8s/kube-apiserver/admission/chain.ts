/**
 * Runs the admission plugins: first those that change the object, later those that only judge it.
 * Upstream: staging/src/k8s.io/apiserver/pkg/admission/chain.go
 */
import type { KubeObject, Status } from '../../api/types.ts';
import { isRefusal } from '../exchange.ts';
import { PLUGINS } from './index.ts';
import type { Attributes, Operation } from './plugin.ts';

const mutating: Readonly<Record<Operation, typeof PLUGINS>> = byOperation((p) => p.admit !== undefined);
const validating: Readonly<Record<Operation, typeof PLUGINS>> = byOperation((p) => p.validate !== undefined);

function byOperation(fits: (p: (typeof PLUGINS)[number]) => boolean): Record<Operation, typeof PLUGINS> {
  const of = (o: Operation): typeof PLUGINS => PLUGINS.filter((p) => fits(p) && p.handles.includes(o));
  return { CREATE: of('CREATE'), UPDATE: of('UPDATE'), DELETE: of('DELETE'), CONNECT: of('CONNECT') };
}

export interface Admitted { readonly object: KubeObject | undefined; readonly refusal: Status | undefined; readonly changedBy: string; readonly refusedBy: string }

export function admit(attributes: Attributes): Admitted {
  let a = attributes;
  let changedBy = '';
  for (const plugin of mutating[a.operation]) {
    const out = plugin.admit!(a);
    if (out === undefined || out === a.object) continue;
    if (isRefusal(out)) return { object: a.object, refusal: out, changedBy, refusedBy: plugin.name };
    changedBy += (changedBy === '' ? '' : ', ') + plugin.name;
    a = { ...a, object: out as KubeObject };
  }
  return { object: a.object, refusal: undefined, changedBy, refusedBy: '' };
}

export function validateAdmission(a: Attributes): { readonly refusal: Status; readonly refusedBy: string } | undefined {
  for (const plugin of validating[a.operation]) {
    const refusal = plugin.validate!(a);
    if (refusal !== undefined) return { refusal, refusedBy: plugin.name };
  }
  return undefined;
}
