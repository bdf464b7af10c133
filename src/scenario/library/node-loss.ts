import type { LibraryEntry } from './entry.ts';

export const NODE_LOSS: LibraryEntry = {
  id: 'node-loss',
  text: `@ orrery 1
$ kubectl create deployment web --image=nginx:1.27 --replicas=3
~ settle
! stop kubelet node-2
! stop container-runtime node-2
~ wait 60s
$ kubectl get nodes
~ wait 330s
$ kubectl get pods -o wide
`,
};
