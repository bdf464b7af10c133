import type { LibraryEntry } from './entry.ts';

export const QUOTA: LibraryEntry = {
  id: 'quota',
  text: `@ orrery 1
$ kubectl create quota small --hard=pods=2
~ wait 2s
$ kubectl create deployment web --image=nginx:1.27 --replicas=4
~ wait 15s
$ kubectl describe quota small
$ kubectl get events
`,
};
