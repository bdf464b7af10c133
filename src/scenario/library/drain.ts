import type { LibraryEntry } from './entry.ts';

export const DRAIN: LibraryEntry = {
  id: 'drain',
  text: `@ orrery 1
$ kubectl create deployment web --image=nginx:1.27 --replicas=4
~ settle
$ kubectl cordon node-1
~ wait 2s
$ kubectl drain node-1 --ignore-daemonsets --delete-emptydir-data
~ settle
$ kubectl get pods -o wide
`,
};
