import type { LibraryEntry } from './entry.ts';

export const ROLLING_UPDATE: LibraryEntry = {
  id: 'rolling-update',
  text: `@ orrery 1
$ kubectl create deployment web --image=nginx:1.27 --replicas=3
~ settle
$ kubectl set image deployment/web nginx=nginx:1.28
~ settle
`,
};
