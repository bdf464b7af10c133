import { expect, it } from 'vitest';
import type { KubeObject } from '../k8s/api/types.ts';
import { simplifiedOf } from './simplified.ts';

const of = (apiVersion: string, kind: string, spec: unknown = {}): string[] => simplifiedOf({ apiVersion, kind, metadata: { name: 'x' }, spec } as unknown as KubeObject).map((s) => `${s.reason} ${s.what}`);
it('says what nobody carries out, what is not checked, and which image is no program of ours', () => {
  expect(of('apps/v1', 'Deployment')).toEqual([]);
  expect(of('autoscaling/v2', 'HorizontalPodAutoscaler')).toEqual(['controller HorizontalPodAutoscaler']);
  expect(of('node.k8s.io/v1', 'RuntimeClass')).toEqual(['controller RuntimeClass', 'validation RuntimeClass']);
  expect(of('v1', 'Pod', { containers: [{ image: 'docker.io/library/nginx:1.27' }, { image: 'acme/api:3' }] })).toEqual(['image acme/api:3']);
});
