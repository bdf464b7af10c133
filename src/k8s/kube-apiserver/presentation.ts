/**
 * The form in which a stored object leaves the server: the version that was asked for, metadata alone, or a row of a Table.
 * Upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/response.go
 */
import type { KubeList, KubeObject } from '../api/types.ts';
import type { ApiRequest, Table } from '../apimachinery/request.ts';
import type { Resource } from './resources.ts';
import { printTable } from './printers/table.ts';

export type Accept = NonNullable<ApiRequest['accept']>;

const converted = new WeakMap<object, Map<string, KubeObject>>();

/** From the stored form to the resource's API version. Same input, same reference. */
export function fromStored(resource: Resource, object: KubeObject): KubeObject {
  const conversion = resource.strategy.conversion?.[resource.apiVersion];
  if (conversion === undefined) return object;
  let forms = converted.get(object);
  if (forms === undefined) converted.set(object, (forms = new Map()));
  let form = forms.get(resource.apiVersion);
  if (form === undefined) forms.set(resource.apiVersion, (form = conversion.fromStored(object)));
  return form;
}

export function toStored(resource: Resource, object: KubeObject): KubeObject {
  return resource.strategy.conversion?.[resource.apiVersion]?.toStored(object) ?? object;
}

function partial(o: KubeObject): KubeObject {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: o.metadata };
}

/** One stored object as an answer. `now` in microseconds, for ages in tables. */
export function presentObject(resource: Resource, stored: KubeObject, accept: Accept | undefined, now: number): KubeObject {
  const object = fromStored(resource, stored);
  if (accept === undefined || accept === 'object') return object;
  if (accept === 'metadata') return partial(object);
  return printTable(resource, [object], { resourceVersion: object.metadata.resourceVersion }, accept === 'table+object', now) as unknown as KubeObject;
}

export function presentList(resource: Resource, stored: readonly KubeObject[], metadata: KubeList['metadata'], accept: Accept | undefined, now: number): KubeList | Table {
  const items = resource.strategy.conversion?.[resource.apiVersion] === undefined ? stored : stored.map((o) => fromStored(resource, o));
  if (accept === undefined || accept === 'object') return { kind: resource.kind + 'List', apiVersion: resource.apiVersion, metadata, items };
  if (accept === 'metadata') return { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items: items.map(partial) };
  return printTable(resource, items, metadata, accept === 'table+object', now);
}
