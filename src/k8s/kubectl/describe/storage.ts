/**
 * `kubectl describe` of PersistentVolume, PersistentVolumeClaim, StorageClass.
 * Upstream: k8s.io/kubectl/pkg/describe/describe.go
 */
import { compareStrings } from '../../apimachinery/utf8.ts';
import type { Describer } from './describer.ts';
import { describeSource } from './volumes.ts';
import { annotationsMultiline, boolOrUnset, describeEvents, labelsMultiline, none, since, sortedKeys } from './writer.ts';
import type { Any, Writer } from './writer.ts';

const SHORT: Readonly<Record<string, string>> = { ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP' };
const modes = (list: readonly string[] | undefined): string => ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'].filter((m) => (list ?? []).includes(m)).map((m) => SHORT[m]).join(',');
const goList = (list: readonly string[] | undefined): string => `[${(list ?? []).join(' ')}]`;
const setText = (map: Readonly<Record<string, string>> | undefined): string => none(sortedKeys(map).map((key) => `${key}=${map![key]}`).join(','));

function nodeAffinity(w: Writer, affinity: Any): void {
  const terms: Any[] | undefined = affinity?.required?.nodeSelectorTerms;
  if (affinity?.required === undefined) { w.field(0, 'Node Affinity', '<none>'); return; }
  w.line(0, 'Node Affinity:\t');
  if (terms === undefined || terms.length === 0) { w.field(1, 'Required Terms', '<none>'); return; }
  w.line(1, 'Required Terms:\t');
  terms.forEach((term, i) => {
    const list: Any[] = term.matchExpressions ?? [];
    if (list.length === 0) { w.field(2, `Term ${i}`, '<none>'); return; }
    w.write(2, `Term ${i}:\t`);
    list.forEach((e, j) => w.write(j === 0 ? 0 : 3, `${e.key} ${String(e.operator).replace(/[A-Z]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 32))}${(e.values ?? []).length > 0 ? ` [${e.values.join(', ')}]` : ''}\n`));
  });
}

export const persistentVolume: Describer = {
  kinds: ['PersistentVolume'],
  events: 'by-kind',
  write(w, o, { events }) {
    const spec = o.spec ?? {};
    w.field(0, 'Name', o.metadata.name);
    labelsMultiline(w, 'Labels', o.metadata.labels);
    annotationsMultiline(w, 'Annotations', o.metadata.annotations);
    w.field(0, 'Finalizers', goList(o.metadata.finalizers));
    w.field(0, 'StorageClass', o.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? '');
    w.field(0, 'Status', o.metadata.deletionTimestamp ? `Terminating (lasts ${since(w.now, o.metadata.deletionTimestamp)})` : o.status?.phase ?? '');
    w.field(0, 'Claim', spec.claimRef ? `${spec.claimRef.namespace}/${spec.claimRef.name}` : '');
    w.field(0, 'Reclaim Policy', spec.persistentVolumeReclaimPolicy ?? '');
    w.field(0, 'Access Modes', modes(spec.accessModes));
    if (spec.volumeMode !== undefined) w.field(0, 'VolumeMode', spec.volumeMode);
    w.field(0, 'Capacity', spec.capacity?.storage ?? '0');
    nodeAffinity(w, spec.nodeAffinity);
    w.field(0, 'Message', o.status?.message ?? '');
    w.line(0, 'Source:');
    describeSource(w, spec);
    describeEvents(w, events);
  },
};

export const persistentVolumeClaim: Describer = {
  kinds: ['PersistentVolumeClaim'],
  events: 'by-kind',
  *fetch(k, o) {
    const pods = yield* k.list({ group: '', version: 'v1', resource: 'pods' }, o.metadata.namespace);
    return pods.filter((p) => (p.spec?.volumes ?? []).some((v: Any) => v.persistentVolumeClaim?.claimName === o.metadata.name || (v.ephemeral !== undefined && `${p.metadata.name}-${v.name}` === o.metadata.name))).map((p) => p.metadata.name).sort(compareStrings);
  },
  write(w, o, { events, extra }) {
    const spec = o.spec ?? {};
    const bound = Boolean(spec.volumeName);
    w.field(0, 'Name', o.metadata.name);
    w.field(0, 'Namespace', o.metadata.namespace);
    w.field(0, 'StorageClass', o.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? '');
    w.field(0, 'Status', o.metadata.deletionTimestamp ? `Terminating (lasts ${since(w.now, o.metadata.deletionTimestamp)})` : o.status?.phase ?? '');
    w.field(0, 'Volume', spec.volumeName ?? '');
    labelsMultiline(w, 'Labels', o.metadata.labels);
    annotationsMultiline(w, 'Annotations', o.metadata.annotations);
    w.field(0, 'Finalizers', goList(o.metadata.finalizers));
    w.field(0, 'Capacity', bound ? o.status?.capacity?.storage ?? '0' : '');
    w.field(0, 'Access Modes', bound ? modes(o.status?.accessModes) : '');
    if (spec.volumeMode !== undefined) w.field(0, 'VolumeMode', spec.volumeMode);
    if (spec.dataSource) {
      w.line(0, 'DataSource:');
      if (spec.dataSource.apiGroup !== undefined) w.field(1, 'APIGroup', spec.dataSource.apiGroup);
      w.field(1, 'Kind', spec.dataSource.kind);
      w.field(1, 'Name', spec.dataSource.name);
    }
    const pods: string[] = extra;
    if (pods.length === 0) w.field(0, 'Used By', '<none>');
    pods.forEach((name, i) => w.line(0, `${i === 0 ? 'Used By:' : ''}\t${name}`));
    const conditions: Any[] = o.status?.conditions ?? [];
    if (conditions.length > 0) {
      w.line(0, 'Conditions:');
      w.line(1, 'Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage');
      w.line(1, '----\t------\t-----------------\t------------------\t------\t-------');
      for (const c of conditions) w.line(1, `${c.type} \t${c.status} \t${c.lastProbeTime ?? ''} \t${c.lastTransitionTime ?? ''} \t${c.reason ?? ''} \t${c.message ?? ''}`);
    }
    describeEvents(w, events);
  },
};

export const storageClass: Describer = {
  kinds: ['StorageClass'],
  events: 'by-kind',
  write(w, o, { events }) {
    const annotations = o.metadata.annotations;
    w.field(0, 'Name', o.metadata.name);
    w.field(0, 'IsDefaultClass', annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true' || annotations?.['storageclass.beta.kubernetes.io/is-default-class'] === 'true' ? 'Yes' : 'No');
    w.field(0, 'Annotations', setText(annotations));
    w.field(0, 'Provisioner', o['provisioner'] ?? '');
    w.field(0, 'Parameters', setText(o['parameters']));
    w.field(0, 'AllowVolumeExpansion', boolOrUnset(o['allowVolumeExpansion']));
    const options: string[] = o['mountOptions'] ?? [];
    if (options.length === 0) w.field(0, 'MountOptions', '<none>');
    else {
      w.line(0, 'MountOptions:');
      for (const option of options) w.line(1, option);
    }
    if (o['reclaimPolicy'] !== undefined) w.field(0, 'ReclaimPolicy', o['reclaimPolicy']);
    if (o['volumeBindingMode'] !== undefined) w.field(0, 'VolumeBindingMode', o['volumeBindingMode']);
    describeEvents(w, events);
  },
};
