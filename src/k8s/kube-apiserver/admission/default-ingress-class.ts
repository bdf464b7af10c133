/**
 * DefaultIngressClass: an Ingress without a class gets the default one, the newest if several are marked.
 * Upstream: plugin/pkg/admission/network/defaultingressclass/admission.go
 */
import type { KubeObject } from '../../api/types.ts';
import { withFields } from '../registry/strategy.ts';
import { listObjects } from '../state.ts';
import type { Plugin } from './plugin.ts';

export const defaultIngressClass: Plugin = {
  name: 'DefaultIngressClass',
  handles: ['CREATE'],
  admit(a) {
    if (a.resource.resource !== 'ingresses' || a.subresource !== '') return undefined;
    const ingress = a.object!;
    if (ingress['spec']?.ingressClassName !== undefined || ingress.metadata.annotations?.['kubernetes.io/ingress.class'] !== undefined) return undefined;
    const classes = listObjects(a.state, '/registry/ingressclasses/').filter((c) => c.metadata.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true');
    if (classes.length === 0) return undefined;
    const newest = classes.reduce((best: KubeObject, c) => (c.metadata.creationTimestamp > best.metadata.creationTimestamp || (c.metadata.creationTimestamp === best.metadata.creationTimestamp && c.metadata.name < best.metadata.name) ? c : best));
    return withFields(ingress, { spec: { ...ingress['spec'], ingressClassName: newest.metadata.name } });
  },
};
