import type { LibraryEntry } from './entry.ts';

export const SELF_HEALING: LibraryEntry = {
  id: 'self-healing',
  text: `@ orrery 1
$ kubectl create deployment web --image=nginx:1.27 --replicas=3
~ settle
$ kubectl delete pods -l app=web --wait=false
~ settle
$ kubectl get pods
`,
};
