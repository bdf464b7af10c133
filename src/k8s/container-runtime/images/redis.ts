/** redis: a key-value server. */
import type { ImageProgram } from './image-program.ts';

export const redis: ImageProgram = { names: ['redis', 'valkey'], shell: false, port: 6379 };
