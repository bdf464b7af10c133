/** Relational databases: servers on their usual ports. */
import type { ImageProgram } from './image-program.ts';

export const mysql: ImageProgram = { names: ['mysql', 'mariadb'], shell: false, port: 3306 };
export const postgres: ImageProgram = { names: ['postgres'], shell: false, port: 5432 };
