/**
 * Image names: `nginx` means `docker.io/library/nginx:latest`.
 * Upstream: github.com/distribution/reference (ParseDockerRef), vendored.
 * Left out: the full grammar of names; kubelet/image-name.ts refuses what is no name.
 */
import { sha256 } from '../../base/sha256.ts';
import type { Image } from '../cri-api/types.ts';

export interface ImageReference { readonly repository: string; readonly tag: string; readonly digest: string; readonly full: string }

/** Name with domain, tag and digest. With a digest the tag is dropped, as ParseDockerRef does. */
export function parseImageReference(ref: string): ImageReference {
  let parsed = PARSED.get(ref);
  if (parsed === undefined) {
    if (PARSED.size >= 1000) PARSED.clear();
    PARSED.set(ref, (parsed = parse(ref)));
  }
  return parsed;
}
/** Names looked at before: the same few come again and again. A pure memo. */
const PARSED = new Map<string, ImageReference>();

function parse(ref: string): ImageReference {
  let name = ref;
  let digest = '';
  let tag = '';
  const at = name.indexOf('@');
  if (at >= 0) {
    digest = name.slice(at + 1);
    name = name.slice(0, at);
  }
  const colon = name.lastIndexOf(':');
  if (colon > name.lastIndexOf('/')) {
    tag = name.slice(colon + 1);
    name = name.slice(0, colon);
  }
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  if (slash < 0 || (!first.includes('.') && !first.includes(':') && first !== 'localhost')) {
    name = `docker.io/${slash < 0 ? 'library/' : ''}${name}`;
  } else if (first === 'index.docker.io') {
    name = `docker.io${name.slice(slash)}`;
  }
  if (digest !== '') tag = '';
  else if (tag === '') tag = 'latest';
  return { repository: name, tag, digest, full: digest ? `${name}@${digest}` : `${name}:${tag}` };
}

/** The image that a registry holds under the name: its id, digest and size depend on the name alone. */
export function imageInRegistry(ref: ImageReference): Image {
  const id = sha256(`image\0${ref.full}`);
  return {
    id: `sha256:${id}`,
    repoTags: ref.digest ? [] : [ref.full],
    repoDigest: `${ref.repository}@${ref.digest || `sha256:${sha256(`manifest\0${ref.full}`)}`}`,
    size: (20 + id.charCodeAt(0) + id.charCodeAt(1)) * 1048576 + 12345,
  };
}

/** True if no registry has it. */
export function isMissing(ref: ImageReference): boolean {
  return ref.repository.includes('nosuch') || ref.tag === 'doesnotexist';
}

/** `nginx` of `docker.io/library/nginx:1.27@sha256:…`. */
export function imageBase(ref: string): string {
  const name = ref.split('@')[0];
  const last = name.slice(name.lastIndexOf('/') + 1);
  return last.split(':')[0];
}
