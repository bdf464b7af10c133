import type { LibraryEntry } from './entry.ts';

export const SCHEDULER_DOWN: LibraryEntry = {
  id: 'scheduler-down',
  text: `@ orrery 1
! stop kube-scheduler
~ wait 2s
$ kubectl create deployment web --image=nginx:1.27 --replicas=2
~ wait 20s
$ kubectl get pods
! start kube-scheduler
~ settle
$ kubectl get pods
`,
};
