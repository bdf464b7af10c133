/** Images without a server: a shell and its commands. */
import type { ImageProgram } from './image-program.ts';

export const shells: ImageProgram = {
  names: ['busybox', 'alpine', 'ubuntu', 'debian', 'bash', 'centos', 'fedora', 'rockylinux', 'perl', 'curl', 'jessie-dnsutils'],
  shell: true,
  command: ['sh'],
};
/** python without a script reads its program from an empty standard input and ends, as a shell does. */
export const python: ImageProgram = { names: ['python'], shell: true, command: ['sh'] };
export const node: ImageProgram = { names: ['node'], shell: false };
