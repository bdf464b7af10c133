import { describe, expect, it } from 'vitest';
import { ledgerKey, shortLabel } from './text.ts';

describe('a label cut to its room', () => {
  it('keeps what fits and drops the template hash, the stem, the resource, in this order', () => {
    const label = 'POST pods/web-7d876db474-7794x/binding';
    expect([99, 30, 26, 20, 14, 8].map((n) => shortLabel(label, n))).toEqual([label, 'POST pods/web-…-7794x/binding', 'POST web-…-7794x/binding', 'POST …-7794x/binding', 'POST …-7794x', 'POST']);
    expect(shortLabel('POST pods/web-7d876db474-', 20)).toBe('POST pods/web-…');
    expect(shortLabel('RunPodSandbox default/web-7d876db474-7794x', 22)).toBe('RunPodSandbox …-7794x');
    expect(shortLabel('Txn leases/kube-scheduler', 13)).toBe('Txn leases/…');
    expect(shortLabel('201 Created', 9)).toBe('201');
    expect(shortLabel('POST deployments/web', 9)).toBe('POST');
  });
  it('never exceeds its room', () => {
    for (const l of ['PATCH events/default/web-7d876db474-7794x.18864a25c3614a', 'Range pods/coredns-589f44dc88-d2v7h', 'MODIFIED deployments/a-very-long-name-of-a-deployment', 'GET …/x', '422 Invalid', 'Probe kube-system/coredns/coredns-589f44dc88-d2v7h'])
      for (let n = 12; n < 60; n++) expect(shortLabel(l, n).length, `${l} in ${n}`).toBeLessThanOrEqual(n);
  });
});
it('a ledger line names the resource and the telling end of the name', () => {
  const pod = '/registry/pods/default/web-7d876db474-7794x';
  expect([40, 18, 12, 7].map((n) => ledgerKey(pod, n))).toEqual(['pods/web-7d876db474-7794x', 'pods/web-…-7794x', 'pods/…7794x', '…7794x']);
  expect(ledgerKey('/registry/leases/kube-system/kube-scheduler', 8)).toBe('leases/…');
  expect(ledgerKey('/registry/services/specs/default/kubernetes', 30)).toBe('services/kubernetes');
  expect(ledgerKey('/registry/minions/node-1', 30)).toBe('nodes/node-1');
});
