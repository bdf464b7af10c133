/** All images that have a program of their own; any other image runs a generic server that listens on its declared ports. */
import { agnhost, goproxy, helloWorld, pause } from './agnhost.ts';
import { mysql, postgres } from './databases.ts';
import { httpd } from './httpd.ts';
import type { ImageProgram } from './image-program.ts';
import { nginx } from './nginx.ts';
import { redis } from './redis.ts';
import { node, python, shells } from './shells.ts';

const generic: ImageProgram = { names: [], shell: false };
const byName: Readonly<Record<string, ImageProgram>> = Object.fromEntries(
  [nginx, httpd, redis, mysql, postgres, agnhost, pause, goproxy, helloWorld, shells, python, node].flatMap((image) => image.names.map((name) => [name, image])),
);

/** `base`: last path element of the image's name, without tag. */
export function imageProgram(base: string): ImageProgram {
  return Object.hasOwn(byName, base) ? byName[base] : generic;
}

/** True if the image is in the catalogue: the screen says of all others that they run as a generic server. */
export function isKnownImage(base: string): boolean {
  return Object.hasOwn(byName, base);
}
