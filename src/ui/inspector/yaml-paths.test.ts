import { expect, it } from 'vitest';
import { linePaths, touches } from './yaml-paths.ts';

const yaml = `metadata:
  labels:
    app: web
spec:
  containers:
  - image: nginx:1.27
    name: nginx
    resources: {}
  - image: busybox
    name: log
status:
  conditions:
  - status: "True"
    type: Ready`;
it('names the field of each line', () => {
  expect(linePaths(yaml)).toEqual(['metadata', 'metadata.labels', 'metadata.labels.app', 'spec', 'spec.containers', 'spec.containers[nginx].image', 'spec.containers[nginx].name', 'spec.containers[nginx].resources', 'spec.containers[log].image', 'spec.containers[log].name', 'status', 'status.conditions', 'status.conditions[Ready].status', 'status.conditions[Ready].type']);
});
it('a change touches its field and what is in it', () => {
  expect(touches('status.conditions[Ready]', 'status.conditions[Ready].status')).toBe(true);
  expect(touches('spec.replicas', 'spec.replicasX')).toBe(false);
});
