import type { LibraryEntry } from './entry.ts';

export const PENDING_PODS: LibraryEntry = {
  id: 'pending-pods',
  text: `@ orrery 1
$ kubectl apply -f -
| apiVersion: apps/v1
| kind: Deployment
| metadata:
|   name: large
| spec:
|   replicas: 4
|   selector:
|     matchLabels: {app: large}
|   template:
|     metadata:
|       labels: {app: large}
|     spec:
|       containers:
|       - name: app
|         image: nginx:1.27
|         resources:
|           requests: {cpu: "3"}
~ wait 20s
$ kubectl get pods -o wide
`,
};
