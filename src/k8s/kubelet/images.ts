/**
 * Makes sure that an image is on the node: policies, one pull at a time, back-off after failures.
 * Upstream: pkg/kubelet/images/{image_manager,puller}.go
 * Left out: pull secrets and credential providers (the simulated registry asks for none).
 */
import { act, receive } from '../../sim/program.ts';
import type { Program } from '../../sim/program.ts';
import { goDuration } from '../apimachinery/duration.ts';
import { goQuote } from '../apimachinery/goquote.ts';
import type { ProcessContext } from '../client-go/types.ts';
import type { Image } from '../cri-api/types.ts';
import { isInBackoffSinceUpdate, nextBackoff } from './backoff.ts';
import { cri, criErrorText, criFailed } from './cri-client.ts';
import type { CriAnswer } from './cri-client.ts';
import { containerEvent } from './events.ts';
import type { EventType } from './events.ts';
import { imagePulled } from './node-status.ts';
import { uidOf } from './pod.ts';
import type { Pod } from './pod.ts';
import { nextCounter, table } from './state.ts';
import type { KubeletConfig } from './state.ts';

export type ImageResult = { readonly ref: string } | { readonly error: string; readonly message: string };

/** Names looked at before: the same few come again and again. A pure memo. */
const TAGGED = new Map<string, string | undefined>();

/** name[:tag][@digest]; undefined: not the name of an image. The default tag is added. */
export function withDefaultTag(image: string): string | undefined {
  if (TAGGED.has(image)) return TAGGED.get(image);
  if (TAGGED.size >= 1000) TAGGED.clear();
  const name = tagged(image);
  TAGGED.set(image, name);
  return name;
}

function tagged(image: string): string | undefined {
  if (!/^(?:[A-Za-z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@[a-z0-9+._-]+:[a-fA-F0-9]{32,})?$/.test(image)) return undefined;
  if (image.includes('@')) return image;
  return image.lastIndexOf(':') > image.lastIndexOf('/') ? image : `${image}:latest`;
}

/** What the parser of image names says of one that is none. */
function nameError(image: string): string {
  const slash = image.indexOf('/');
  const first = slash < 0 ? '' : image.slice(0, slash);
  const isDomain = first.includes('.') || first.includes(':') || first === 'localhost' || /[A-Z]/.test(first);
  const remote = (isDomain ? image.slice(slash + 1) : slash < 0 ? `library/${image}` : image).split('@')[0].replace(/:[^/:]*$/, '');
  return /[A-Z]/.test(remote) ? `invalid reference format: repository name (${remote}) must be lowercase` : 'invalid reference format';
}

/** `truncated` to milliseconds, as Go's Truncate. */
function duration(us: number): string {
  return goDuration(us - (us % 1000));
}

export interface ImageStatus { readonly image: Image | null }

/** `asked`: what the runtime answered to ImageStatus, for every policy but Always and a name that is one. Not for an image that is there then. */
export function* ensureImage(config: KubeletConfig, pod: Pod, container: string, image: string, policy: string, asked: CriAnswer<ImageStatus> | null): Program<ImageResult> {
  const event = (type: EventType, reason: string, message: string) => act((p: ProcessContext) => containerEvent(p, config, pod, container, type, reason, message));
  const name = withDefaultTag(image);
  if (name === undefined) {
    const message = `Failed to apply default image tag ${goQuote(image)}: couldn't parse image name ${goQuote(image)}: ${nameError(image)}`;
    yield* event('Warning', 'InspectFailed', message);
    return { error: 'InvalidImageName', message };
  }
  if (asked) {
    if (criFailed(asked)) {
      const message = `Failed to inspect image "": ${criErrorText(asked)}`;
      yield* event('Warning', 'InspectFailed', message);
      return { error: 'ImageInspectError', message };
    }
    if (policy === 'Never') {
      const message = `Container image ${goQuote(image)} is not present with pull policy of Never`;
      yield* event('Warning', 'ErrImageNeverPull', message);
      return { error: 'ErrImageNeverPull', message };
    }
  }
  const key = `${uidOf(pod)}_${image}`;
  const waiting = yield* act((p: ProcessContext) => (isInBackoffSinceUpdate(p, 'image', key) ? { last: table(p, 'pullErrors').get(key) ?? '' } : null));
  if (waiting) {
    const message = `Back-off pulling image ${goQuote(image)}`;
    yield* event('Normal', 'BackOff', message);
    return { error: 'ImagePullBackOff', message: waiting.last ? `${message}: ${waiting.last}` : message };
  }
  const turn = yield* act((p: ProcessContext) => {
    table(p, 'pullErrors').delete(key);
    containerEvent(p, config, pod, container, 'Normal', 'Pulling', `Pulling image ${goQuote(image)}`);
    const n = nextCounter(p);
    const ticket = `pull ${n}`;
    const pulls = table(p, 'pulls');
    const place = String(n).padStart(16, '0');
    pulls.set(place, ticket);
    return { at: p.now, ticket, place, first: pulls.size === 1 };
  });
  // Upstream: the serial image puller.
  if (!turn.first) yield* receive(turn.ticket);
  const began = yield* act((p: ProcessContext) => p.now);
  const pulled = yield* cri<{ imageRef: string; image: Image }>(config.node, { method: 'PullImage', image: name }, image);
  return yield* act((p: ProcessContext): ImageResult => {
    const pulls = table(p, 'pulls');
    pulls.delete(turn.place);
    if (pulls.size > 0) p.deliver(pulls.get(pulls.range('', undefined, 1)[0])!, true);
    if (criFailed(pulled)) {
      const text = criErrorText(pulled);
      containerEvent(p, config, pod, container, 'Warning', 'Failed', `Failed to pull image ${goQuote(image)}: ${text}`);
      nextBackoff(p, 'image', key, p.now);
      table(p, 'pullErrors').set(key, `ErrImagePull: ${text}`);
      return { error: 'ErrImagePull', message: text };
    }
    containerEvent(p, config, pod, container, 'Normal', 'Pulled', `Successfully pulled image ${goQuote(image)} in ${duration(p.now - began)} (${duration(p.now - turn.at)} including waiting). Image size: ${pulled.image.size} bytes.`);
    imagePulled(p, pulled.image);
    return { ref: pulled.imageRef };
  });
}
