/**
 * Who the scheduler is to the API server.
 * Upstream: cmd/kube-scheduler/app/options/options.go createClients; component-base/config/v1alpha1/defaults.go (qps 50, burst 100)
 */
import type { ClientIdentity } from '../client-go/types.ts';

const user = { username: 'system:kube-scheduler', groups: ['system:authenticated'] };
const agent = 'kube-scheduler/v1.36.3 (linux/amd64) kubernetes/$Format';

export const SCHEDULER: ClientIdentity = { name: 'scheduler', user, userAgent: `${agent}/scheduler`, qps: 50, burst: 100 };
/** Events have a client, and so a rate, of their own. */
export const EVENTS: ClientIdentity = { ...SCHEDULER, name: 'scheduler events' };
export const LEADER_ELECTION: ClientIdentity = { name: 'leader election', user, userAgent: `${agent}/leader-election`, qps: 50, burst: 100 };
