/**
 * Server-side Tables: columns from discovery's recording, cells from the printer of the kind.
 * Upstream: staging/src/k8s.io/apiserver/pkg/registry/rest/table.go, pkg/printers/internalversion/printers.go
 * Left out: column descriptions.
 */
import { columnsOf } from '../../api/columns.ts';
import type { KubeObject } from '../../api/types.ts';
import type { Table } from '../../apimachinery/request.ts';
import type { Resource } from '../resources.ts';
import { PRINTERS } from './index.ts';
import type { Cell } from './printer.ts';

const DEFAULT_CELLS = (o: KubeObject): readonly Cell[] => [o.metadata.name, o.metadata.creationTimestamp];

export function printTable(resource: Resource, items: readonly KubeObject[], metadata: Table['metadata'], whole: boolean, now: number): Table {
  const columns = columnsOf(resource.group, resource.version, resource.resource);
  const printer = PRINTERS[(resource.group === '' ? '' : resource.group + '/') + resource.resource] ?? DEFAULT_CELLS;
  return {
    kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata,
    columnDefinitions: columns.map((c) => ({ name: c.name, type: c.type, format: c.format, description: '', priority: c.priority })),
    rows: items.map((o) => ({
      cells: printer(o, now).slice(0, columns.length),
      object: whole ? o : { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: o.metadata },
    })),
  };
}
