/**
 * Prefers nodes that have the pod's images, the more so the larger they are and the more nodes have them.
 * Upstream: pkg/scheduler/framework/plugins/imagelocality/image_locality.go
 */
import type { KubeObject } from '../../api/types.ts';
import { div, MAX_NODE_SCORE } from '../framework/scores.ts';
import type { NodeInfo, Plugin } from '../framework/types.ts';

const MB = 1024 * 1024;
const LEAST = 23 * MB;
const MOST_PER_CONTAINER = 1000 * MB;
const memo = new WeakMap<object, ReadonlyMap<string, number>>();
const NONE: ReadonlyMap<string, number> = new Map();

function imagesOf(node: KubeObject): ReadonlyMap<string, number> {
  const images: readonly { names?: readonly string[]; sizeBytes?: number }[] | undefined = node.status?.images;
  if (!images) return NONE;
  let known = memo.get(images);
  if (known === undefined) {
    const sizes = new Map<string, number>();
    for (const image of images) for (const name of image.names ?? []) sizes.set(name, image.sizeBytes ?? 0);
    memo.set(images, (known = sizes));
  }
  return known;
}

function normalizedImageName(name: string): string {
  return name.lastIndexOf(':') <= name.lastIndexOf('/') ? `${name}:latest` : name;
}

/* eslint-disable @typescript-eslint/no-explicit-any */
export const imageLocality: Plugin = {
  name: 'ImageLocality',
  weight: 1,
  preScore({ pod, snapshot }) {
    const containers = [...(pod.spec.initContainers ?? []), ...(pod.spec.containers ?? [])];
    const images = [...containers.map((one: any) => one.image ?? ''), ...(pod.spec.volumes ?? []).filter((one: any) => one.image).map((one: any) => one.image.reference ?? '')].map(normalizedImageName);
    const nodesWith = images.map((image) => snapshot.nodes.reduce((count, info) => count + (imagesOf(info.node).has(image) ? 1 : 0), 0));
    const total = snapshot.nodes.length;
    const most = MOST_PER_CONTAINER * containers.length;
    return {
      score(info: NodeInfo) {
        const here = imagesOf(info.node);
        let sum = 0;
        for (let i = 0; i < images.length; i++) {
          const size = nodesWith[i] === 0 ? undefined : here.get(images[i]);
          if (size !== undefined) sum += Math.trunc(size * (nodesWith[i] / total));
        }
        const bounded = sum < LEAST ? LEAST : sum > most ? most : sum;
        return div(MAX_NODE_SCORE * (bounded - LEAST), most - LEAST);
      },
    };
  },
};
