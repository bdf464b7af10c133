/**
 * A pod's volumes.
 * Upstream: ValidateVolumes, validateVolumeSource in pkg/apis/core/validation/validation.go
 * Left out: nothing.
 */
import type { Path } from '../../apimachinery/field-error.ts';
import { duplicate, forbidden, invalid, required } from '../../apimachinery/field-error.ts';
import { nameIsDNSSubdomain } from '../../apimachinery/validation-strings.ts';
import { dns1123Label, has, list, quote, type Errs, type Obj } from './field-checks.ts';
import type { PodOptions } from './pod-options.ts';
import { pullPolicy } from './image-pull-policy.ts';
import { claimTemplate } from './persistent-volume-claim-spec.ts';
import { quantitySign } from './quantities.ts';
import { csiDriverName } from './names.ts';
import { configMapVolume, downwardAPIVolume, projectedVolume, secretVolume } from './projected-volumes.ts';
import * as sources from './volume-sources.ts';

type Check = (errs: Errs, source: Obj, at: Path, opts: PodOptions) => void;

function emptyDir(errs: Errs, s: Obj, at: Path): void {
  if (has(s.sizeLimit) && quantitySign(s.sizeLimit) < 0) errs.push(forbidden(at.child('sizeLimit'), 'SizeLimit field must be a valid resource quantity'));
}
function claim(errs: Errs, s: Obj, at: Path): void { if (!s.claimName) errs.push(required(at.child('claimName'), '')); }
function csi(errs: Errs, s: Obj, at: Path): void {
  csiDriverName(errs, s.driver ?? '', at.child('driver'));
  if (!has(s.nodePublishSecretRef)) return;
  const name = s.nodePublishSecretRef.name;
  if (!name) errs.push(required(at.child('nodePublishSecretRef', 'name'), ''));
  else for (const m of nameIsDNSSubdomain(name, false)) errs.push(invalid(at.child('name'), name, m));
}
function ephemeral(errs: Errs, s: Obj, at: Path): void {
  if (!has(s.volumeClaimTemplate)) errs.push(required(at.child('volumeClaimTemplate'), ''));
  else claimTemplate(errs, s.volumeClaimTemplate, at.child('volumeClaimTemplate'));
}
function image(errs: Errs, s: Obj, at: Path, opts: PodOptions): void {
  if (opts.isPod && !s.reference) errs.push(required(at.child('reference'), ''));
  pullPolicy(errs, s.pullPolicy ?? '', at.child('pullPolicy'));
}

/** In upstream's order: v1 name, the path its errors use, the name of a second one in its error, its check. The odd spellings are upstream's. */
const SOURCES: readonly (readonly [field: string, at: string, second: string, check: Check])[] = [
  ['emptyDir', 'emptyDir', 'emptyDir', emptyDir],
  ['hostPath', 'hostPath', 'hostPath', sources.hostPath],
  ['gitRepo', 'gitRepo', 'gitRepo', sources.gitRepo],
  ['gcePersistentDisk', 'persistentDisk', 'gcePersistentDisk', sources.gcePersistentDisk],
  ['awsElasticBlockStore', 'awsElasticBlockStore', 'awsElasticBlockStore', sources.awsElasticBlockStore],
  ['secret', 'secret', 'secret', secretVolume],
  ['nfs', 'nfs', 'nfs', sources.nfs],
  ['iscsi', 'iscsi', 'iscsi', sources.iscsi],
  ['glusterfs', 'glusterfs', 'glusterfs', sources.glusterfs],
  ['flocker', 'flocker', 'flocker', sources.flocker],
  ['persistentVolumeClaim', 'persistentVolumeClaim', 'persistentVolumeClaim', claim],
  ['rbd', 'rbd', 'rbd', sources.rbd],
  ['cinder', 'cinder', 'cinder', sources.cinder],
  ['cephfs', 'cephfs', 'cephFS', sources.cephfs],
  ['quobyte', 'quobyte', 'quobyte', sources.quobyte],
  ['downwardAPI', 'downwardAPI', 'downwarAPI', downwardAPIVolume],
  ['fc', 'fc', 'fc', sources.fibreChannel],
  ['flexVolume', 'flexVolume', 'flexVolume', sources.flexVolume],
  ['configMap', 'configMap', 'configMap', configMapVolume],
  ['azureFile', 'azureFile', 'azureFile', sources.azureFile],
  ['vsphereVolume', 'vsphereVolume', 'vsphereVolume', sources.vsphereVolume],
  ['photonPersistentDisk', 'photonPersistentDisk', 'photonPersistentDisk', sources.photonPersistentDisk],
  ['portworxVolume', 'portworxVolume', 'portworxVolume', sources.portworxVolume],
  ['azureDisk', 'azureDisk', 'azureDisk', sources.azureDisk],
  ['storageos', 'storageos', 'storageos', sources.storageos],
  ['projected', 'projected', 'projected', projectedVolume],
  ['scaleIO', 'scaleIO', 'scaleIO', sources.scaleIO],
  ['csi', 'csi', 'csi', csi],
  ['ephemeral', 'ephemeral', 'ephemeral', ephemeral],
  ['image', 'image', 'image', image],
];

const byField = new Map(SOURCES.map((s) => [s[0], s]));

function volumeSource(errs: Errs, v: Obj, at: Path, podName: string, opts: PodOptions): void {
  // Nearly every volume has one source; the table is only walked for those that have more.
  let only: string | undefined; let n = 0;
  for (const k in v) if (k !== 'name' && has(v[k])) { n++; only = k; }
  if (n === 0) { errs.push(required(at, 'must specify a volume type')); return; }
  const walk = n === 1 ? [byField.get(only as string)] : SOURCES;
  let taken = 0;
  for (const s of walk) {
    if (s === undefined || !has(v[s[0]])) continue;
    const [field, place, second, check] = s;
    if (taken > 0) errs.push(forbidden(at.child(second), 'may not specify more than 1 volume type'));
    else {
      taken++;
      check(errs, v[field], at.child(place), opts);
      if (field === 'ephemeral' && podName !== '' && v.name) {
        const pvc = podName + '-' + v.name;
        for (const m of nameIsDNSSubdomain(pvc, false)) errs.push(invalid(at.child('name'), v.name, `PVC name ${quote(pvc)}: ${m}`));
      }
    }
    if (field === 'iscsi' && has(v.iscsi.initiatorName) && ((v.name ?? '') + ':' + (v.iscsi.targetPortal ?? '')).length > 64) {
      errs.push(invalid(at.child('name'), v.name ?? '', 'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.'));
    }
  }
}

/** Returns the volumes that are right, by name: mounts are looked up in them. `podName` is '' for templates. */
export function validateVolumes(errs: Errs, volumes: Obj, podName: string, at: Path, opts: PodOptions): ReadonlyMap<string, Obj> {
  const good = new Map<string, Obj>();
  const all = list(volumes);
  let created: Set<string> | undefined;
  if (podName !== '') for (const v of all) if (has(v.ephemeral)) (created ??= new Set()).add(podName + '-' + (v.name ?? ''));
  for (let i = 0; i < all.length; i++) {
    const v = all[i];
    const p = at.index(i);
    const before = errs.length;
    volumeSource(errs, v, p, podName, opts);
    const name: string = v.name ?? '';
    if (name === '') errs.push(required(p.child('name'), ''));
    else dns1123Label(errs, name, p.child('name'));
    if (good.has(name)) errs.push(duplicate(p.child('name'), name));
    if (errs.length === before) good.set(name, v);
    const claimName = v.persistentVolumeClaim?.claimName;
    if (created !== undefined && claimName !== undefined && created.has(claimName)) {
      errs.push(invalid(p.child('persistentVolumeClaim').child('claimName'), claimName, 'must not reference a PVC that gets created for an ephemeral volume'));
    }
  }
  return good;
}
