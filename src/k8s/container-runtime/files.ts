/**
 * The file system a container sees: its image's files, what it wrote itself, and its volumes, which are directories of the node.
 * Left out: permissions, links, sizes (no simulated program looks at them).
 */
import type { RuntimeState, ContainerRecord } from './state.ts';
import { imageBase } from './image-reference.ts';
import { imageProgram } from './images/catalogue.ts';

const DIRECTORIES = ['/', '/tmp', '/var', '/var/run', '/var/log', '/etc', '/usr', '/usr/share', '/usr/share/nginx/html', '/dev', '/bin', '/root', '/home', '/data', '/proc', '/opt', '/mnt'];
/** Written into a container's own layer over a file of its image that was removed. */
const REMOVED = '\u0000removed';

export function cleanPath(path: string): string {
  const out: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') out.pop();
    else out.push(part);
  }
  return `/${out.join('/')}`;
}

/** Key in the table of files, and whether a read-only mount covers it. */
function locate(record: ContainerRecord, path: string): { key: string; readOnly: boolean; mounted: boolean } {
  let best: { containerPath: string; hostPath: string; readOnly: boolean } | undefined;
  for (const mount of record.config.mounts) {
    const at = cleanPath(mount.containerPath);
    if ((path === at || path.startsWith(at === '/' ? '/' : `${at}/`)) && (!best || at.length > best.containerPath.length)) best = { ...mount, containerPath: at };
  }
  if (best) return { key: `${best.hostPath}${path.slice(best.containerPath.length)}`, readOnly: best.readOnly, mounted: true };
  return { key: `${record.status.id}:${path}`, readOnly: false, mounted: false };
}

function imageFiles(record: ContainerRecord): Readonly<Record<string, string>> {
  return imageProgram(imageBase(record.config.userSpecifiedImage)).files ?? {};
}

export function readFile(state: RuntimeState, record: ContainerRecord, name: string): string | undefined {
  const path = cleanPath(name);
  const { key, mounted } = locate(record, path);
  const text = state.files.get(key);
  if (text === REMOVED) return undefined;
  if (text !== undefined || mounted) return text;
  return imageFiles(record)[path];
}

/** False: read-only file system. */
export function writeFile(state: RuntimeState, record: ContainerRecord, name: string, text: string, append: boolean): boolean {
  const path = cleanPath(name);
  const { key, readOnly } = locate(record, path);
  if (readOnly) return false;
  state.files.set(key, append ? (readFile(state, record, path) ?? '') + text : text);
  return true;
}

/** False: there was none. */
export function removeFile(state: RuntimeState, record: ContainerRecord, name: string): boolean {
  const path = cleanPath(name);
  const { key, mounted } = locate(record, path);
  const found = readFile(state, record, path) !== undefined;
  if (!found) return false;
  if (mounted || imageFiles(record)[path] === undefined) state.files.delete(key);
  else state.files.set(key, REMOVED);
  return true;
}

/** Names in a directory, sorted; undefined: no such directory. */
export function listDirectory(state: RuntimeState, record: ContainerRecord, name: string): string[] | undefined {
  const path = cleanPath(name);
  const { key } = locate(record, path);
  const under = key.endsWith('/') ? key : `${key}/`;
  const names = new Set<string>();
  for (const file of state.files.prefix(under)) if (state.files.get(file) !== REMOVED) names.add(file.slice(under.length).split('/')[0]);
  const below = path === '/' ? '/' : `${path}/`;
  for (const known of [...DIRECTORIES, ...Object.keys(imageFiles(record)), ...record.config.mounts.map((m) => cleanPath(m.containerPath))]) {
    if (known.startsWith(below) && known.length > below.length) names.add(known.slice(below.length).split('/')[0]);
  }
  if (names.size === 0 && !DIRECTORIES.includes(path) && !record.config.mounts.some((m) => cleanPath(m.containerPath) === path)) return undefined;
  return [...names].sort();
}
