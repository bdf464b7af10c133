import type { LibraryEntry } from './entry.ts';

export const CRASH_LOOP: LibraryEntry = {
  id: 'crash-loop',
  text: `@ orrery 1
$ kubectl create deployment crash --image=busybox:1.37 -- sh -c "exit 1"
~ wait 90s
$ kubectl get pods
`,
};
