/**
 * Claims and volumes: a pod waits for its claims, and goes only where its volumes are or can be.
 * Upstream: pkg/scheduler/framework/plugins/{volumebinding,volumezone,volumerestrictions}
 * Left out: storage capacity, in-tree cloud disks, CSI volume limits; assumed volumes (a second pod sees a choice once the server does).
 */
import type { KubeObject } from '../../api/types.ts';
import { selectorMatches } from '../../apimachinery/labels.ts';
import { wholeOf } from '../../apimachinery/quantity.ts';
import { compareStrings } from '../../apimachinery/utf8.ts';
import { termSelects, type NodeSelectorTerm } from '../framework/node-selector.ts';
import { Action, type Listers, type Plugin, type Status } from '../framework/types.ts';

const refused = (reason: string): Status => ({ code: 'UnschedulableAndUnresolvable', reasons: [reason] });
const NODE_CONFLICT = refused("node(s) didn't match PersistentVolume's node affinity");
const BIND_CONFLICT = refused("node(s) didn't find available persistent volumes to bind");
const NO_VOLUME = refused('node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)');
const IMMEDIATE = refused('pod has unbound immediate PersistentVolumeClaims');
const IN_USE: Status = { code: 'Unschedulable', reasons: ['node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod'] };
const NO_PROVISIONER = 'kubernetes.io/no-provisioner';
const PVC = 'persistentvolumeclaims';
const PV = 'persistentvolumes';
const CLASS = 'storage.k8s.io/v1/storageclasses';

/* eslint-disable @typescript-eslint/no-explicit-any */
/** Names of the claims the pod uses; ephemeral volumes' claims are named `pod-volume`. */
function claimNames(pod: KubeObject): readonly { readonly name: string; readonly ephemeral: boolean }[] {
  const found: { name: string; ephemeral: boolean }[] = [];
  for (const volume of (pod.spec.volumes ?? []) as any[]) {
    if (volume.persistentVolumeClaim) found.push({ name: volume.persistentVolumeClaim.claimName, ephemeral: false });
    else if (volume.ephemeral) found.push({ name: `${pod.metadata.name}-${volume.name}`, ephemeral: true });
  }
  return found;
}

function isBound(claim: KubeObject): boolean {
  return !!claim.spec?.volumeName && claim.metadata.annotations?.['pv.kubernetes.io/bind-completed'] !== undefined;
}

function admits(volume: KubeObject, node: KubeObject): boolean {
  const terms: readonly NodeSelectorTerm[] | undefined = volume.spec?.nodeAffinity?.required?.nodeSelectorTerms;
  return terms === undefined || terms.some((term) => termSelects(term, node));
}

function fitsClaim(volume: KubeObject, claim: KubeObject): boolean {
  const ref = volume.spec?.claimRef;
  if (ref && !(ref.namespace === claim.metadata.namespace && ref.name === claim.metadata.name && (!ref.uid || ref.uid === claim.metadata.uid))) return false;
  if (!ref && volume['status']?.phase !== 'Available') return false;
  if ((volume.spec?.storageClassName ?? '') !== (claim.spec?.storageClassName ?? '')) return false;
  if (wholeOf(volume.spec?.capacity?.storage) < wholeOf(claim.spec?.resources?.requests?.storage)) return false;
  if ((volume.spec?.volumeMode ?? 'Filesystem') !== (claim.spec?.volumeMode ?? 'Filesystem')) return false;
  if (claim.spec?.selector && !selectorMatches(claim.spec.selector, volume.metadata.labels)) return false;
  return ((claim.spec?.accessModes ?? []) as string[]).every((mode) => volume.spec?.accessModes?.includes(mode));
}

export interface VolumeDecisions {
  /** Volumes to be bound to claims before the pod is. */
  readonly bindings: readonly { readonly volume: KubeObject; readonly claim: KubeObject }[];
  /** Claims whose volume is to be made for the node. */
  readonly provision: readonly KubeObject[];
}

/** What must be done so that the waiting claims have volumes on the node; null when it cannot be. */
export function decideVolumes(claims: readonly KubeObject[], node: KubeObject, listers: Listers): VolumeDecisions | null {
  const bindings: { volume: KubeObject; claim: KubeObject }[] = [];
  const provision: KubeObject[] = [];
  for (const claim of claims) {
    const fitting = listers.list(PV).filter((one) => fitsClaim(one, claim) && admits(one, node) && !bindings.some((other) => other.volume === one))
      .sort((a, b) => wholeOf(a.spec?.capacity?.storage) - wholeOf(b.spec?.capacity?.storage) || compareStrings(a.metadata.name, b.metadata.name));
    if (fitting.length > 0) bindings.push({ volume: fitting[0], claim });
    else {
      const provisioner = listers.get(CLASS, claim.spec?.storageClassName ?? '')?.['provisioner'];
      if (!provisioner || provisioner === NO_PROVISIONER) return null;
      provision.push(claim);
    }
  }
  return { bindings, provision };
}

/** The pod's claims that wait for its place. */
export function delayedClaims(pod: KubeObject, listers: Listers): readonly KubeObject[] {
  return claimNames(pod).flatMap(({ name }) => listers.get(PVC, `${pod.metadata.namespace}/${name}`) ?? []).filter((claim) => !isBound(claim));
}

export const volumeBinding: Plugin = {
  name: 'VolumeBinding',
  weight: 0,
  events: [
    { resource: 'StorageClass', actions: Action.Add | Action.Update },
    { resource: 'PersistentVolumeClaim', actions: Action.Add | Action.Update, hint: (pod, event) => event.object?.metadata.namespace === pod.metadata.namespace && claimNames(pod).some((one) => one.name === event.object!.metadata.name) },
    { resource: 'PersistentVolume', actions: Action.Add | Action.Update },
    { resource: 'Node', actions: Action.Add | Action.UpdateNodeLabel | Action.UpdateNodeTaint },
    { resource: 'CSINode', actions: Action.Add | Action.Update },
  ],
  preFilter({ pod, snapshot }) {
    const names = claimNames(pod);
    if (names.length === 0) return 'skip';
    const { listers } = snapshot;
    const bound: (KubeObject | undefined)[] = [];
    const waiting: KubeObject[] = [];
    let immediate = false;
    for (const { name, ephemeral } of names) {
      const claim = listers.get(PVC, `${pod.metadata.namespace}/${name}`);
      if (!claim) return { reject: refused(ephemeral ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"` : `persistentvolumeclaim "${name}" not found`) };
      if (claim['status']?.phase === 'Lost') return { reject: refused(`persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName}"`) };
      if (claim.metadata.deletionTimestamp !== undefined) return { reject: refused(`persistentvolumeclaim "${name}" is being deleted`) };
      if (isBound(claim)) bound.push(listers.get(PV, claim.spec.volumeName));
      else if (listers.get(CLASS, claim.spec?.storageClassName ?? '')?.['volumeBindingMode'] === 'WaitForFirstConsumer' && !claim.spec?.volumeName) waiting.push(claim);
      else immediate = true;
    }
    if (immediate) return { reject: IMMEDIATE };
    return {
      check({ node }) {
        for (const volume of bound) {
          if (volume === undefined) return NO_VOLUME;
          if (!admits(volume, node)) return NODE_CONFLICT;
        }
        return waiting.length > 0 && decideVolumes(waiting, node, listers) === null ? BIND_CONFLICT : undefined;
      },
    };
  },
};

export const volumeRestrictions: Plugin = {
  name: 'VolumeRestrictions',
  weight: 0,
  events: [{ resource: 'Pod', actions: Action.Delete }, { resource: 'Node', actions: Action.Add }, { resource: 'PersistentVolumeClaim', actions: Action.Add }],
  preFilter({ pod, snapshot }) {
    const single = claimNames(pod).map((one) => one.name).filter((name) => snapshot.listers.get(PVC, `${pod.metadata.namespace}/${name}`)?.spec?.accessModes?.includes('ReadWriteOncePod'));
    if (single.length === 0) return 'skip';
    const used = snapshot.nodes.some((info) => info.pods.some((other) => other.metadata.namespace === pod.metadata.namespace && claimNames(other).some((one) => single.includes(one.name))));
    return used ? { check: (info) => (info.pods.some((other) => other.metadata.namespace === pod.metadata.namespace && claimNames(other).some((one) => single.includes(one.name))) ? IN_USE : { ...IN_USE, code: 'UnschedulableAndUnresolvable' }) } : 'skip';
  },
};
