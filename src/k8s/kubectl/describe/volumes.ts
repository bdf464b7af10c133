/**
 * Volumes, as `kubectl describe` shows them.
 * Upstream: k8s.io/kubectl/pkg/describe/describe.go (describeVolumes)
 * Left out: the sources of removed and cloud-specific plugins print their fields in a generic form.
 */
import { unset } from './writer.ts';
import type { Any, Writer } from './writer.ts';

const optional = (v: Any): string => String(v?.optional === true);

export function describeVolumes(w: Writer, volumes: readonly Any[] | undefined, space: string): void {
  const list = volumes ?? [];
  if (list.length === 0) { w.write(0, `${space}Volumes:\t<none>\n`); return; }
  w.write(0, `${space}Volumes:\n`);
  for (const v of list) {
    w.line(1, `${space === '' ? '' : ' '}${v.name}:`);
    describeSource(w, v);
  }
}

function rows(w: Writer, type: string, fields: readonly (readonly [string, unknown])[]): void {
  w.field(2, 'Type', type);
  for (const [name, value] of fields) w.field(2, name, value);
}

/** The source of a pod's volume or of a persistent volume. */
export function describeSource(w: Writer, v: Any): void {
  if (v.hostPath) rows(w, 'HostPath (bare host directory volume)', [['Path', v.hostPath.path], ['HostPathType', v.hostPath.type ?? '<none>']]);
  else if (v.emptyDir) rows(w, "EmptyDir (a temporary directory that shares a pod's lifetime)", [['Medium', v.emptyDir.medium ?? ''], ['SizeLimit', v.emptyDir.sizeLimit && v.emptyDir.sizeLimit !== '0' ? v.emptyDir.sizeLimit : '<unset>']]);
  else if (v.secret) rows(w, 'Secret (a volume populated by a Secret)', [['SecretName', v.secret.secretName ?? ''], ['Optional', optional(v.secret)]]);
  else if (v.configMap) rows(w, 'ConfigMap (a volume populated by a ConfigMap)', [['Name', v.configMap.name ?? ''], ['Optional', optional(v.configMap)]]);
  else if (v.nfs) rows(w, 'NFS (an NFS mount that lasts the lifetime of a pod)', [['Server', v.nfs.server], ['Path', v.nfs.path], ['ReadOnly', v.nfs.readOnly === true]]);
  else if (v.persistentVolumeClaim) rows(w, 'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)', [['ClaimName', v.persistentVolumeClaim.claimName], ['ReadOnly', v.persistentVolumeClaim.readOnly === true]]);
  else if (v.downwardAPI) {
    w.field(2, 'Type', 'DownwardAPI (a volume populated by information about the pod)');
    w.line(2, 'Items:');
    for (const item of v.downwardAPI.items ?? []) {
      if (item.fieldRef) w.line(3, `${item.fieldRef.fieldPath} -> ${item.path}`);
      if (item.resourceFieldRef) w.line(3, `${item.resourceFieldRef.resource} -> ${item.path}`);
    }
  } else if (v.projected) {
    w.field(2, 'Type', 'Projected (a volume that contains injected data from multiple sources)');
    for (const s of v.projected.sources ?? []) {
      if (s.secret) { w.field(2, 'SecretName', s.secret.name ?? ''); w.field(2, 'Optional', optional(s.secret)); }
      else if (s.downwardAPI) w.field(2, 'DownwardAPI', 'true');
      else if (s.configMap) { w.field(2, 'ConfigMapName', s.configMap.name ?? ''); w.field(2, 'Optional', optional(s.configMap)); }
      else if (s.serviceAccountToken) w.field(2, 'TokenExpirationSeconds', s.serviceAccountToken.expirationSeconds);
    }
  } else if (v.csi) {
    rows(w, 'CSI (a Container Storage Interface (CSI) volume source)', [
      ['Driver', v.csi.driver], ['FSType', v.csi.fsType ?? ''], ...(v.csi.volumeHandle === undefined ? [] : [['VolumeHandle', v.csi.volumeHandle] as const]), ['ReadOnly', v.csi.readOnly === true],
    ]);
    const attributes = Object.keys(v.csi.volumeAttributes ?? {}).sort();
    if (attributes.length === 0) w.field(2, 'VolumeAttributes', '<none>');
    else attributes.forEach((key, i) => w.line(2, `${i === 0 ? 'VolumeAttributes:' : ''}\t${key}=${v.csi.volumeAttributes[key]}`));
  } else if (v.image) rows(w, 'Image (a container image or OCI artifact)', [['Reference', v.image.reference], ['PullPolicy', v.image.pullPolicy ?? '']]);
  else if (v.local) rows(w, 'LocalVolume (a persistent volume backed by local storage on a node)', [['Path', v.local.path]]);
  else if (v.ephemeral) {
    w.field(2, 'Type', 'EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)');
    const spec = v.ephemeral.volumeClaimTemplate?.spec ?? {};
    w.field(2, 'StorageClass', spec.storageClassName ?? '');
    w.field(2, 'Volume', spec.volumeName ?? '');
    w.field(2, 'VolumeMode', unset(spec.volumeMode));
  } else w.line(1, '<unknown>');
}
