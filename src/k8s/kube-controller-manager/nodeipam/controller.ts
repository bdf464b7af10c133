/**
 * The node IPAM controller: gives each node its range of pod addresses, the lowest free /24 of 10.244.0.0/16.
 *
 * Upstream: pkg/controller/nodeipam/ipam/{range_allocator,cidrset/cidr_set}.go
 * Left out: IPv6 and dual stack, other cluster CIDRs and mask sizes.
 */
import type { Program } from '../../../sim/program.ts';
import { act } from '../../../sim/program.ts';
import { clientFor } from '../../client-go/client.ts';
import type { ControllerDefinition, EventSource, ProcessContext, SyncResult } from '../../client-go/types.ts';
import { serviceTime } from '../../timing.ts';
import { isNotFound, succeeded } from '../answers.ts';
import { identityOf } from '../identity.ts';

const identity = identityOf('node-controller');
const client = clientFor(identity);
const source: EventSource = { component: 'cidrAllocator', client: identity };
/** Number of the range (of fixed width, so that they sort) -> node. */
const rangesCell = 'node ipam ranges';
/** Beyond 256 nodes the ranges go on in 100.64.0.0/10, where upstream would need a larger --cluster-cidr from the start. */
const size = 256 + 16384;

const slot = (n: number): string => String(n).padStart(5, '0');
const cidrOf = (n: number): string => (n < 256 ? `10.244.${n}.0/24` : `100.${64 + Math.floor((n - 256) / 256)}.${n % 256}.0/24`);

function numberOf(cidr: string): number {
  const m = /^(10\.244|100\.(\d{1,3}))\.(\d{1,3})\.0\/24$/.exec(cidr);
  if (m === null) return -1;
  return m[2] === undefined ? Number(m[3]) : 256 + (Number(m[2]) - 64) * 256 + Number(m[3]);
}

function* sync(name: string): Program<SyncResult> {
  const cidr = yield* act((p: ProcessContext) => {
    const node = p.informer('nodes').get(name);
    const ranges = p.cell<string>(rangesCell);
    if (node === undefined) return undefined;
    const have: string = node.spec?.podCIDR ?? '';
    if (have !== '') {
      const n = numberOf(have);
      if (n >= 0 && ranges.get(slot(n)) !== name) ranges.set(slot(n), name);
      return undefined;
    }
    for (let n = 0; n < size; n++) {
      const owner = ranges.get(slot(n));
      if (owner !== undefined && owner !== name) continue;
      if (owner === undefined) ranges.set(slot(n), name);
      return cidrOf(n);
    }
    p.event(source, { reference: true, kind: 'Node', apiVersion: 'v1', name, uid: node.metadata.uid }, 'Normal', 'CIDRNotAvailable', `Node ${name} status is now: CIDRNotAvailable`);
    return null;
  });
  if (cidr === undefined) return 'done';
  if (cidr === null) return 'retry';
  const answer = yield* client.patch('nodes', '', name, 'application/strategic-merge-patch+json', { spec: { podCIDR: cidr, podCIDRs: [cidr] } });
  if (succeeded(answer) || isNotFound(answer)) return 'done';
  yield* act((p: ProcessContext) => p.cell(rangesCell).delete(slot(numberOf(cidr))));
  return 'retry';
}

export const nodeIpamController: ControllerDefinition = {
  name: 'nodeipam',
  client: identity,
  // Upstream has 30; one keeps ranges in the order in which nodes came.
  workers: 1,
  serviceTime: serviceTime.nodeipam,
  informers: ['nodes'],
  handlers: {
    nodes: (p, event) => {
      const { name } = event.object.metadata;
      if (event.type === 'delete') {
        const n = numberOf(event.object.spec?.podCIDR ?? '');
        if (n >= 0 && p.cell(rangesCell).get(slot(n)) === name) p.cell(rangesCell).delete(slot(n));
      } else if (event.type === 'add' || (event.object.spec?.podCIDR ?? '') === '') p.queue('nodeipam').add(name);
    },
  },
  // Ranges in use are taken before any is given out.
  started: (p) => {
    for (const node of p.informer('nodes').list()) {
      const n = numberOf(node.spec?.podCIDR ?? '');
      if (n >= 0) p.cell<string>(rangesCell).set(slot(n), node.metadata.name);
    }
  },
  sync,
  cells: [rangesCell],
};
