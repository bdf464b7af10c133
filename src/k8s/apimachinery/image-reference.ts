/**
 * Names of container images: `nginx`, `registry.example:5000/a/b:1.2@sha256:…`.
 * Upstream: pkg/util/parsers/parsers.go, github.com/distribution/reference
 * Left out: nothing.
 */
import type { Parsed } from './parsed.ts';

export interface ImageReference {
  /** With registry and `library/` spelt out: `docker.io/library/nginx`. */
  readonly repository: string;
  /** `latest` if neither tag nor digest is given. */
  readonly tag: string;
  readonly digest: string;
}

const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const DOMAIN = /^(?:[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?)*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$/;

/** Upstream: ParseImageName. The error is what the kubelet reports as InvalidImageName. */
export function parseImageReference(image: string): Parsed<ImageReference> {
  const bad = (why: string): { error: string } => ({ error: `couldn't parse image name "${image}": ${why}` });
  const FORMAT = 'invalid reference format';
  if (image.length > 4096) return bad(FORMAT);
  if (/^[a-f0-9]{64}$/.test(image)) return bad(`invalid repository name (${image}), cannot specify 64-byte hexadecimal strings`);
  let rest = image;
  let digest = '';
  const at = rest.indexOf('@');
  if (at >= 0) {
    digest = rest.slice(at + 1);
    rest = rest.slice(0, at);
    if (!/^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/.test(digest)) return bad(FORMAT);
  }
  const slash = rest.indexOf('/');
  const first = slash < 0 ? '' : rest.slice(0, slash);
  let domain = 'docker.io';
  let remainder = rest;
  if (slash >= 0 && (/[.:]/.test(first) || first === 'localhost' || /[A-Z]/.test(first))) { domain = first; remainder = rest.slice(slash + 1); }
  if (domain === 'index.docker.io') domain = 'docker.io';
  if (domain === 'docker.io' && !remainder.includes('/')) remainder = 'library/' + remainder;
  let tag = '';
  const colon = remainder.lastIndexOf(':');
  let path = remainder;
  if (colon >= 0) { tag = remainder.slice(colon + 1); path = remainder.slice(0, colon); }
  if (colon >= 0 && !/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(tag)) return bad(FORMAT);
  if (/[A-Z]/.test(path)) return bad(`${FORMAT}: repository name (${path}) must be lowercase`);
  if (!DOMAIN.test(domain) || !path.split('/').every((c) => COMPONENT.test(c))) return bad(FORMAT);
  if (tag === '' && digest === '') tag = 'latest';
  return { value: { repository: domain + '/' + path, tag, digest } };
}
