/**
 * kube-controller-manager: all controllers in one process, with one shared informer factory and a Lease.
 * Upstream: cmd/kube-controller-manager/app/controllermanager.go
 */
import { createProcess } from '../client-go/process.ts';
import type { Component, Host } from '../../sim/types.ts';
import { controllers } from './controllers.ts';

const user = { username: 'system:kube-controller-manager', groups: ['system:authenticated'] };
const agent = 'kube-controller-manager/v1.36.3 (linux/amd64) kubernetes/$Format';

export function createControllerManager(host: Host): Component {
  return createProcess(host, {
    address: 'kube-controller-manager',
    reader: { name: 'shared-informers', user, userAgent: `${agent}/shared-informers`, qps: 20, burst: 30 },
    controllers,
    leaderElection: {
      client: { name: 'leader-election', user, userAgent: `${agent}/leader-election`, qps: 20, burst: 30 },
      lease: 'kube-controller-manager', identity: 'control-plane_0b9f4a2e-3d0c-4f6e-9d5b-2f1c7a6e8b31',
      // Its lock is not given up at its end (feature ControllerManagerReleaseLeaderElectionLockOnExit is off): the next process waits it out.
      releaseOnCancel: false,
    },
  });
}
