import { expect, it } from 'vitest';
import { bodyLines, fieldsOf } from './body.ts';

const request = `POST /apis/apps/v1/namespaces/default/deployments HTTP/2\n\n${JSON.stringify({ kind: 'Deployment', spec: { replicas: 3, strategy: {}, template: { spec: { containers: [{ image: 'nginx', name: 'nginx', resources: {} }] } } }, status: {} })}`;
it('counts what was sent', () => expect(fieldsOf(request)).toBe(4));
it('puts added fields where they belong and leaves out what is empty', () => {
  const lines = bodyLines(request, [{ path: 'spec.strategy.rollingUpdate.maxSurge', after: '25%' }, { path: 'spec.template.spec.containers[nginx].imagePullPolicy', after: 'IfNotPresent' }, { path: 'spec.paused', before: 'true', after: 'false' }]);
  expect(lines?.map((l) => `${l.added ? '+' : ' '}${l.text}`)).toEqual([
    ' kind: Deployment', ' spec:', '   replicas: 3', '   strategy:', '+    rollingUpdate:', '+      maxSurge: 25%', '   template:', '     spec:', '       containers:', '       - image: nginx', '         name: nginx', '+        imagePullPolicy: IfNotPresent',
  ]);
});
it('says nothing of a body that is not JSON', () => expect(bodyLines('PATCH /x HTTP/2\n\nspec:\n  replicas: 3', [])).toBeNull());
