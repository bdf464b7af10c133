/**
 * DefaultTolerationSeconds: a pod bears a node that is not ready or unreachable for 300 seconds, unless it says otherwise.
 * Upstream: plugin/pkg/admission/defaulttolerationseconds/admission.go
 */
import { withFields } from '../registry/strategy.ts';
import { isPods } from './forbidden.ts';
import type { Plugin } from './plugin.ts';

const SECONDS = 300;
const KEYS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
interface Toleration { readonly key?: string; readonly effect?: string }

export const defaultTolerationSeconds: Plugin = {
  name: 'DefaultTolerationSeconds',
  handles: ['CREATE', 'UPDATE'],
  admit(a) {
    if (!isPods(a) || a.subresource !== '') return undefined;
    const pod = a.object!;
    const given = (pod['spec']?.tolerations ?? []) as Toleration[];
    const missing = KEYS.filter((key) => !given.some((t) => (t.key === key || !t.key) && (t.effect === 'NoExecute' || !t.effect)));
    if (missing.length === 0) return undefined;
    const more = missing.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: SECONDS }));
    return withFields(pod, { spec: { ...pod['spec'], tolerations: [...given, ...more] } });
  },
};
