import { expect, it } from 'vitest';
import { selectionOf, selectionText } from './link.ts';

it('a selection goes into a link and comes out', () => {
  for (const s of [{ kind: 'object', resource: 'apps/v1|Deployment', namespace: 'default', name: 'web' }, { kind: 'object', resource: 'nodes', namespace: '', name: 'node-1' }, { kind: 'component', component: 'kubelet', node: 'node-2' }, { kind: 'component', component: 'etcd', node: '' }, { kind: 'message', seq: 12 }, null] as const) expect(selectionOf(selectionText(s))).toEqual(s);
});
it('what a stranger wrote selects nothing', () => { for (const s of ['', 'object', 'message x', 'message -1', '<script>']) expect(selectionOf(s)).toBeNull(); });
