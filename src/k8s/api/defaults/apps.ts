/**
 * Defaults of the groups apps and batch.
 * Upstream: pkg/apis/{apps,batch}/v1/defaults.go
 * Left out: nothing.
 */
import { fill, within } from './rules.ts';
import type { Rules, Struct } from './rules.ts';

const templateLabels = (o: Struct): Struct | undefined => o.spec?.template?.metadata?.labels as Struct | undefined;

export const appsRules: Rules = {
  'apps.v1.Deployment': (d) => within(d, 'spec', (spec) => within(fill(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 }), 'strategy', (given) => {
    const s = fill(given, { type: 'RollingUpdate' });
    return s.type === 'RollingUpdate' ? within(s, 'rollingUpdate', (r) => fill(r, { maxUnavailable: '25%', maxSurge: '25%' })) : s;
  })),
  'apps.v1.ReplicaSet': (r) => within(r, 'spec', (s) => fill(s, { replicas: 1 })),
  'apps.v1.DaemonSet': (d) => within(d, 'spec', (spec) => within(fill(spec, { revisionHistoryLimit: 10 }), 'updateStrategy', (given) => {
    const s = fill(given, { type: 'RollingUpdate' });
    return s.type === 'RollingUpdate' ? within(s, 'rollingUpdate', (r) => fill(r, { maxUnavailable: 1, maxSurge: 0 })) : s;
  })),
  'apps.v1.StatefulSet': (o) => within(o, 'spec', (given) => {
    const spec = fill(given, { podManagementPolicy: 'OrderedReady', replicas: 1, revisionHistoryLimit: 10 });
    const updated = within(spec, 'updateStrategy', (u) => {
      let s = u.type ? u : { ...u, type: 'RollingUpdate', rollingUpdate: u.rollingUpdate ?? {} };
      if (s.type === 'RollingUpdate' && s.rollingUpdate) s = within(s, 'rollingUpdate', (r) => fill(r, { partition: 0 }));
      return s;
    });
    const claims = updated.volumeClaimTemplates as readonly Struct[] | undefined;
    const named = Array.isArray(claims) && claims.some((c: Struct) => !c.kind || !c.apiVersion)
      ? { ...updated, volumeClaimTemplates: claims.map((c: Struct) => fill(c, { kind: 'PersistentVolumeClaim', apiVersion: 'v1' })) } : updated;
    return within(named, 'persistentVolumeClaimRetentionPolicy', (p) => fill(p, { whenDeleted: 'Retain', whenScaled: 'Retain' }));
  }),
  'batch.v1.Job': (job) => {
    let out = within(job, 'spec', (given) => {
      let s = given;
      if ((s.completions ?? null) === null && (s.parallelism ?? null) === null) s = { ...s, completions: 1, parallelism: 1 };
      s = fill(s, { parallelism: 1, backoffLimit: (s.backoffLimitPerIndex ?? null) === null ? 6 : 2147483647, completionMode: 'NonIndexed', suspend: false, manualSelector: false });
      return fill(s, { podReplacementPolicy: s.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed' });
    });
    const labels = templateLabels(out);
    if (labels && Object.keys(out.metadata?.labels ?? {}).length === 0) out = { ...out, metadata: { ...out.metadata, labels } };
    return out;
  },
  'batch.v1.CronJob': (c) => within(c, 'spec', (s) => fill(s, { concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 })),
  'batch.v1.PodFailurePolicyOnPodConditionsPattern': (p) => fill(p, { status: 'True' }),
};
