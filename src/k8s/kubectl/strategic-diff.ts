/**
 * The patches kubectl sends: strategic for kinds with a schema, else JSON merge patches.
 * Upstream: k8s.io/kubectl/pkg/cmd/apply/patcher.go (buildStrategicMergePatchFromOpenAPIV3, buildMergePatch)
 * Left out: conflict detection (`--overwrite=false`).
 */
import { schemaOfObject } from '../api/schema.ts';
import type { Parsed } from '../apimachinery/parsed.ts';
import { createMergePatch, createThreeWayMergePatchJson } from '../apimachinery/patch-merge.ts';
import { createThreeWayMergePatch, createTwoWayMergePatch } from '../apimachinery/patch-strategic.ts';
import { KubectlError } from './errors.ts';

type Obj = Readonly<Record<string, unknown>>;

const schemaFor = (object: Obj): ReturnType<typeof schemaOfObject> => schemaOfObject(String(object['apiVersion']), String(object['kind']));

function patchOf(parsed: Parsed<unknown>): Obj {
  if (parsed.error !== undefined) throw new KubectlError(parsed.error);
  return parsed.value as Obj;
}

/** What turns `before` into `after`. */
export function twoWayPatch(before: Obj, after: Obj): Obj {
  const type = schemaFor(after);
  return type === undefined ? (createMergePatch(before, after) as Obj) : patchOf(createTwoWayMergePatch(type, before, after));
}

/**
 * The patch of `kubectl apply`: fields of `modified` that differ from `current`, and removal of what `original` had and `modified` has not.
 * `original` undefined: nothing is removed.
 */
export function threeWayPatch(original: Obj | undefined, modified: Obj, current: Obj): Obj {
  const type = schemaFor(modified);
  return type === undefined ? (createThreeWayMergePatchJson(original ?? {}, modified, current) as Obj) : patchOf(createThreeWayMergePatch(type, original ?? {}, modified, current));
}

export const hasSchema = (object: Obj): boolean => schemaFor(object) !== undefined;
