import type { LibraryEntry } from './entry.ts';

export const IMAGE_PULL: LibraryEntry = {
  id: 'image-pull',
  text: `@ orrery 1
$ kubectl create deployment web --image=nginx:doesnotexist
~ wait 60s
$ kubectl get pods
$ kubectl get events
`,
};
