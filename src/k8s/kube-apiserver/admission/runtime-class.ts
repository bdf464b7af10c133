/**
 * RuntimeClass: gives a pod its class's overhead and scheduling; an unknown class is refused.
 * Upstream: plugin/pkg/admission/runtimeclass/admission.go
 */
import type { KubeObject, Status } from '../../api/types.ts';
import { semanticEqual } from '../../apimachinery/change.ts';
import { withFields } from '../registry/strategy.ts';
import { forbid, isPods } from './forbidden.ts';
import type { Attributes, Plugin } from './plugin.ts';

const MISMATCH = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead";

function classOf(a: Attributes): KubeObject | Status | undefined {
  const name = a.object!['spec']?.runtimeClassName as string | undefined;
  if (name === undefined) return undefined;
  return a.state.objects.get('/registry/runtimeclasses/' + name) ?? forbid(a, `pod rejected: RuntimeClass ${JSON.stringify(name)} not found`);
}

export const runtimeClass: Plugin = {
  name: 'RuntimeClass',
  handles: ['CREATE'],
  admit(a) {
    if (!isPods(a) || a.subresource !== '') return undefined;
    const rc = classOf(a);
    if (rc === undefined || rc.kind === 'Status') return rc;
    const pod = a.object!;
    const runtime = rc as KubeObject;
    let spec = pod['spec'];
    const overhead = runtime['overhead']?.podFixed;
    if (runtime['overhead'] !== undefined) {
      if (spec.overhead && Object.keys(spec.overhead).length > 0 && !semanticEqual(spec.overhead, overhead)) return forbid(a, MISMATCH);
      spec = { ...spec, overhead };
    }
    const scheduling = runtime['scheduling'] as { nodeSelector?: Record<string, string>; tolerations?: unknown[] } | undefined;
    if (scheduling !== undefined) {
      const selector: Record<string, string> = { ...spec.nodeSelector };
      for (const key of Object.keys(scheduling.nodeSelector ?? {}).sort()) {
        const value = scheduling.nodeSelector![key];
        if (selector[key] !== undefined && selector[key] !== value) return forbid(a, `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${selector[key]}`);
        selector[key] = value;
      }
      const tolerations = [...(spec.tolerations ?? [])];
      for (const t of scheduling.tolerations ?? []) if (!tolerations.some((o) => semanticEqual(o, t))) tolerations.push(t);
      spec = { ...spec, ...(Object.keys(selector).length > 0 ? { nodeSelector: selector } : {}), ...(tolerations.length > 0 ? { tolerations } : {}) };
    }
    return spec === pod['spec'] ? undefined : withFields(pod, { spec });
  },
  validate(a) {
    if (!isPods(a) || a.subresource !== '') return undefined;
    const rc = classOf(a);
    if (rc !== undefined && rc.kind === 'Status') return rc as Status;
    const overhead = a.object!['spec']?.overhead;
    const wanted = (rc as KubeObject | undefined)?.['overhead']?.podFixed;
    if (rc !== undefined && (rc as KubeObject)['overhead'] !== undefined) return semanticEqual(overhead, wanted) ? undefined : forbid(a, MISMATCH);
    return overhead && Object.keys(overhead).length > 0 ? forbid(a, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead') : undefined;
  },
};
