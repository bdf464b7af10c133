import { expect, it } from 'vitest';
import { placeAt } from './place.ts';

const head = 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n      - name: nginx\n        image: nginx\n        ';
it('finds the fields around a key', () => {
  const p = placeAt(`${head}read`, head.length + 4);
  expect(p).toMatchObject({ apiVersion: 'apps/v1', kind: 'Deployment', path: ['spec', 'template', 'spec', 'containers'], key: '', word: 'read', from: head.length });
});
it('finds them for the first key of a list item', () => { const text = 'spec:\n  containers:\n  - na'; expect(placeAt(text, text.length).path).toEqual(['spec', 'containers']); });
it('finds the key whose value is written', () => { const text = 'spec:\n  template:\n    spec:\n      restartPolicy: Al'; expect(placeAt(text, text.length)).toMatchObject({ path: ['spec', 'template', 'spec'], key: 'restartPolicy', word: 'Al' }); });
it('leaves a finished block', () => { const text = 'metadata:\n  labels:\n    app: web\nsp'; expect(placeAt(text, text.length).path).toEqual([]); });
it('knows its own document', () => { const text = 'apiVersion: v1\nkind: Pod\n---\nkind: Service\napiVersion: v1\nsp'; expect(placeAt(text, text.length)).toMatchObject({ kind: 'Service' }); });
