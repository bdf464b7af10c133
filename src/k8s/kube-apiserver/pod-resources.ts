/**
 * What a whole pod asks for: containers together, or the largest init container, sidecars counted throughout; pod-level amounts win.
 * Upstream: staging/src/k8s.io/component-helpers/resource/helpers.go
 */
import { addQuantities, compareQuantities, quantity, quantityText } from '../apimachinery/quantity.ts';

/* eslint-disable @typescript-eslint/no-explicit-any */
type Any = any;
export type ResourceList = Readonly<Record<string, string>>;

function add(to: Record<string, string>, list: ResourceList | undefined): void {
  for (const k of Object.keys(list ?? {})) to[k] = to[k] === undefined ? list![k] : quantityText(addQuantities(quantity(to[k]), quantity(list![k])));
}

function max(to: Record<string, string>, list: ResourceList): void {
  for (const k of Object.keys(list)) if (to[k] === undefined || compareQuantities(quantity(list[k]), quantity(to[k])) > 0) to[k] = list[k];
}

const POD_LEVEL = /^(cpu|memory|hugepages-.*)$/;

function total(spec: Any, of: 'requests' | 'limits'): ResourceList {
  const out: Record<string, string> = {};
  for (const c of spec?.containers ?? []) add(out, c.resources?.[of]);
  const sidecars: Record<string, string> = {};
  const init: Record<string, string> = {};
  for (const c of spec?.initContainers ?? []) {
    const list = c.resources?.[of] as ResourceList | undefined;
    if (c.restartPolicy === 'Always') {
      add(out, list);
      add(sidecars, list);
      max(init, sidecars);
    } else {
      const now: Record<string, string> = {};
      add(now, list);
      add(now, sidecars);
      max(init, now);
    }
  }
  max(out, init);
  const level = spec?.resources?.[of] as ResourceList | undefined;
  for (const k of Object.keys(level ?? {})) if (POD_LEVEL.test(k)) out[k] = level![k];
  return out;
}

export const podRequests = (spec: Any): ResourceList => total(spec, 'requests');
export const podLimits = (spec: Any): ResourceList => total(spec, 'limits');
