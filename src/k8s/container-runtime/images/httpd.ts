/** httpd: Apache's web server. */
import type { ImageProgram } from './image-program.ts';
import { nginx } from './nginx.ts';

export const httpd: ImageProgram = { names: ['httpd'], shell: false, port: 80, files: nginx.files, http: nginx.http };
