/**
 * NamespaceLifecycle: nothing is made in a namespace that is missing or being deleted; three namespaces cannot be deleted.
 * Upstream: staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go
 * Left out: waiting 50 ms for a namespace that was made a moment ago by another server.
 */
import { forbidden, notFound } from '../../apimachinery/status-errors.ts';
import { forbid } from './forbidden.ts';
import type { Plugin } from './plugin.ts';

const IMMORTAL = ['default', 'kube-system', 'kube-public'];
const NAMESPACES = { group: '', resource: 'namespaces' };

export const namespaceLifecycle: Plugin = {
  name: 'NamespaceLifecycle',
  handles: ['CREATE', 'UPDATE', 'DELETE'],
  admit(a) {
    const isNamespace = a.resource.resource === 'namespaces' && a.resource.group === '';
    if (a.operation === 'DELETE' && isNamespace && IMMORTAL.includes(a.name)) return forbidden(NAMESPACES, a.name, 'this namespace may not be deleted');
    if (isNamespace || a.namespace === '' || a.operation === 'DELETE' || a.resource.resource === 'localsubjectaccessreviews') return undefined;
    const namespace = a.state.objects.get('/registry/namespaces/' + a.namespace);
    if (namespace === undefined) return notFound(NAMESPACES, a.namespace);
    if (a.operation !== 'CREATE' || namespace['status']?.phase !== 'Terminating') return undefined;
    const status = forbid(a, `unable to create new content in namespace ${a.namespace} because it is being terminated`);
    return { ...status, details: { ...status.details, causes: [{ reason: 'NamespaceTerminating', message: `namespace ${a.namespace} is being terminated`, field: 'metadata.namespace' }] } };
  },
};
