/** nginx: a web server that knows its own start page. */
import type { ImageProgram } from './image-program.ts';

export const nginx: ImageProgram = {
  names: ['nginx'],
  shell: false,
  port: 80,
  files: { '/usr/share/nginx/html/index.html': '<h1>Welcome to nginx!</h1>\n' },
  http: (path, _age, _args, has) => {
    const file = path.split('?')[0];
    return file === '' || file === '/' || file === '/index.html' || file === '/50x.html' || has(`/usr/share/nginx/html${file}`) ? 200 : 404;
  },
};
