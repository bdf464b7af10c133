/** agnhost: the test server of Kubernetes' own tests and tutorials. */
import type { ImageProgram } from './image-program.ts';

export const agnhost: ImageProgram = {
  names: ['agnhost'],
  shell: false,
  command: ['pause'],
  port: 8080,
  // `agnhost liveness` answers 500 from its tenth second on.
  http: (_path, age, args) => (args[0] === 'liveness' && age > 10_000_000 ? 500 : 200),
};
export const pause: ImageProgram = { names: ['pause'], shell: false };
export const goproxy: ImageProgram = { names: ['goproxy'], shell: false, port: 8080 };
export const helloWorld: ImageProgram = { names: ['hello-world'], shell: false, command: ['echo', 'Hello from Docker!'] };
