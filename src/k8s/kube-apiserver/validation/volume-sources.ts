/**
 * Volume sources of storage systems, of pods and of persistent volumes alike.
 * Upstream: validate…VolumeSource in pkg/apis/core/validation/validation.go
 * Left out: nothing.
 */
import type { Path } from '../../apimachinery/field-error.ts';
import { invalid, notSupported, required } from '../../apimachinery/field-error.ts';
import { nameIsDNSLabel } from '../../apimachinery/validation-strings.ts';
import { asciiLower, complain, dns1123Label, dns1123Subdomain, has, isAbsolute, list, localDescendingPath, noBacksteps, sortedKeys, type Errs, type Obj } from './field-checks.ts';
import { csiDriverName } from './names.ts';

/** Upstream: validateHostPathType. */
const HOST_PATH_TYPES = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'];

const need = (errs: Errs, value: Obj, at: Path, ...names: [string, ...string[]]): void => { if (!value) errs.push(required(at.child(...names), '')); };

export function hostPath(errs: Errs, s: Obj, at: Path): void {
  if (!s.path) { errs.push(required(at.child('path'), '')); return; }
  noBacksteps(errs, s.path, at.child('path'));
  if (has(s.type) && !HOST_PATH_TYPES.includes(s.type)) errs.push(notSupported(at.child('type'), s.type, HOST_PATH_TYPES));
}

export function gitRepo(errs: Errs, s: Obj, at: Path): void {
  need(errs, s.repository, at, 'repository');
  localDescendingPath(errs, s.directory ?? '', at.child('directory'));
}

function disk(errs: Errs, s: Obj, name: string, at: Path): void {
  need(errs, s[name], at, name);
  const partition = s.partition ?? 0;
  if (partition < 0 || partition > 255) errs.push(invalid(at.child('partition'), partition, 'must be between 1 and 255, inclusive'));
}
export const gcePersistentDisk = (errs: Errs, s: Obj, at: Path): void => disk(errs, s, 'pdName', at);
export const awsElasticBlockStore = (errs: Errs, s: Obj, at: Path): void => disk(errs, s, 'volumeID', at);

export function nfs(errs: Errs, s: Obj, at: Path): void {
  need(errs, s.server, at, 'server');
  need(errs, s.path, at, 'path');
  if (!isAbsolute(s.path ?? '')) errs.push(invalid(at.child('path'), s.path ?? '', 'must be an absolute path'));
}

const IQN = /iqn\.\d{4}-\d{2}\.([a-zA-Z0-9\-.]+)(:[^,;*&$|\s]+)$/;
const EUI = /^eui.[a-zA-Z0-9]{16}$/;
const NAA = /^naa.[a-zA-Z0-9]{32}$/;
function initiator(errs: Errs, name: string, at: Path, badStart: string): void {
  const start = name.slice(0, 3);
  if (start !== 'iqn' && start !== 'eui' && start !== 'naa') errs.push(invalid(at, name, badStart));
  else if (!(start === 'iqn' ? IQN : start === 'eui' ? EUI : NAA).test(name)) errs.push(invalid(at, name, 'must be valid format'));
}
function iscsiCommon(errs: Errs, s: Obj, at: Path, badStart: string): void {
  if (!s.iqn) errs.push(required(at.child('iqn'), ''));
  else initiator(errs, s.iqn, at.child('iqn'), badStart);
  const lun = s.lun ?? 0;
  if (lun < 0 || lun > 255) errs.push(invalid(at.child('lun'), lun, 'must be between 0 and 255, inclusive'));
  if ((s.chapAuthDiscovery || s.chapAuthSession) && !has(s.secretRef)) errs.push(required(at.child('secretRef'), ''));
}
export function iscsi(errs: Errs, s: Obj, at: Path): void {
  const badStart = 'must be valid format starting with iqn, eui, or naa';
  need(errs, s.targetPortal, at, 'targetPortal');
  iscsiCommon(errs, s, at, badStart);
  if (has(s.initiatorName)) initiator(errs, s.initiatorName, at.child('initiatorname'), badStart);
}
export function iscsiPersistent(errs: Errs, s: Obj, at: Path, volumeName: string): void {
  need(errs, s.targetPortal, at, 'targetPortal');
  if (has(s.initiatorName) && (volumeName + ':' + (s.targetPortal ?? '')).length > 64) {
    errs.push(invalid(at.child('targetportal'), s.targetPortal ?? '', 'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.'));
  }
  iscsiCommon(errs, s, at, 'must be valid format');
  if (has(s.secretRef)) need(errs, s.secretRef.name, at, 'secretRef', 'name');
  if (has(s.initiatorName)) initiator(errs, s.initiatorName, at.child('initiatorname'), 'must be valid format');
}

export function glusterfs(errs: Errs, s: Obj, at: Path): void {
  need(errs, s.endpoints, at, 'endpoints');
  need(errs, s.path, at, 'path');
}
export function glusterfsPersistent(errs: Errs, s: Obj, at: Path): void {
  glusterfs(errs, s, at);
  const ns = s.endpointsNamespace;
  if (!has(ns)) return;
  if (ns === '') errs.push(invalid(at.child('endpointsNamespace'), ns, 'if the endpointnamespace is set, it must be a valid namespace name'));
  else complain(errs, at.child('endpointsNamespace'), ns, nameIsDNSLabel(ns, false));
}

export function flocker(errs: Errs, s: Obj, at: Path): void {
  const name = s.datasetName ?? ''; const uuid = s.datasetUUID ?? '';
  if (name === '' && uuid === '') errs.push(required(at, 'one of datasetName and datasetUUID is required'));
  if (name !== '' && uuid !== '') errs.push(invalid(at, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'));
  if (name.includes('/')) errs.push(invalid(at.child('datasetName'), name, "must not contain '/'"));
}

export function rbd(errs: Errs, s: Obj, at: Path): void {
  if (list(s.monitors).length === 0) errs.push(required(at.child('monitors'), ''));
  need(errs, s.image, at, 'image');
}
export function cephfs(errs: Errs, s: Obj, at: Path): void { if (list(s.monitors).length === 0) errs.push(required(at.child('monitors'), '')); }

export function cinder(errs: Errs, s: Obj, at: Path): void {
  need(errs, s.volumeID, at, 'volumeID');
  if (has(s.secretRef)) need(errs, s.secretRef.name, at, 'secretRef', 'name');
}
export function cinderPersistent(errs: Errs, s: Obj, at: Path): void {
  cinder(errs, s, at);
  if (has(s.secretRef)) need(errs, s.secretRef.namespace, at, 'secretRef', 'namespace');
}

// Upstream: net.SplitHostPort.
const isHostPort = (t: string): boolean => /^(?:[^[\]:]*|\[[^[\]]*\]):[^[\]:]*$/.test(t);
export function quobyte(errs: Errs, s: Obj, at: Path): void {
  const why = 'must be a host:port pair or multiple pairs separated by commas';
  const registry: string = s.registry ?? '';
  if (registry === '') errs.push(required(at.child('registry'), why));
  else if ((s.tenant ?? '').length >= 65) errs.push(required(at.child('tenant'), 'must be a UUID and may not exceed a length of 64 characters'));
  else for (const pair of registry.split(',')) if (!isHostPort(pair)) errs.push(invalid(at.child('registry'), registry, why));
  need(errs, s.volume, at, 'volume');
}

export function fibreChannel(errs: Errs, s: Obj, at: Path): void {
  const wwns = list(s.targetWWNs).length; const wwids = list(s.wwids).length;
  if (wwns < 1 && wwids < 1) errs.push(required(at.child('targetWWNs'), 'must specify either targetWWNs or wwids, but not both'));
  if (wwns !== 0 && wwids !== 0) errs.push(invalid(at.child('targetWWNs'), s.targetWWNs, 'targetWWNs and wwids can not be specified simultaneously'));
  if (wwns === 0) return;
  if (!has(s.lun)) errs.push(required(at.child('lun'), 'lun is required if targetWWNs is specified'));
  else if (s.lun < 0 || s.lun > 255) errs.push(invalid(at.child('lun'), s.lun, 'must be between 0 and 255, inclusive'));
}

export function flexVolume(errs: Errs, s: Obj, at: Path): void {
  need(errs, s.driver, at, 'driver');
  for (const k of sortedKeys(s.options)) {
    const slash = k.indexOf('/');
    const ns = '.' + asciiLower(slash < 0 ? k : k.slice(0, slash));
    if (ns.endsWith('.kubernetes.io') || ns.endsWith('.k8s.io')) errs.push(invalid(at.child('options').key(k), k, 'kubernetes.io and k8s.io namespaces are reserved'));
  }
}

export function azureFile(errs: Errs, s: Obj, at: Path): void {
  need(errs, s.secretName, at, 'secretName');
  need(errs, s.shareName, at, 'shareName');
}
export function azureFilePersistent(errs: Errs, s: Obj, at: Path): void {
  azureFile(errs, s, at);
  if (s.secretNamespace === '') errs.push(required(at.child('secretNamespace'), ''));
}

const CACHING = ['None', 'ReadOnly', 'ReadWrite'];
const DISK_KINDS = ['Dedicated', 'Managed', 'Shared'];
export function azureDisk(errs: Errs, s: Obj, at: Path): void {
  need(errs, s.diskName, at, 'diskName');
  need(errs, s.diskURI, at, 'diskURI');
  if (has(s.cachingMode) && !CACHING.includes(s.cachingMode)) errs.push(notSupported(at.child('cachingMode'), s.cachingMode, CACHING));
  if (!has(s.kind)) return;
  if (!DISK_KINDS.includes(s.kind)) errs.push(notSupported(at.child('kind'), s.kind, DISK_KINDS));
  const uri: string = s.diskURI ?? '';
  if (s.kind === 'Managed') {
    if (!uri.startsWith('/subscriptions/')) errs.push(notSupported(at.child('diskURI'), uri, ['/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}']));
  } else if (!uri.startsWith('https://')) errs.push(notSupported(at.child('diskURI'), uri, ['https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd']));
}

export const vsphereVolume = (errs: Errs, s: Obj, at: Path): void => need(errs, s.volumePath, at, 'volumePath');
export const photonPersistentDisk = (errs: Errs, s: Obj, at: Path): void => need(errs, s.pdID, at, 'pdID');
export const portworxVolume = (errs: Errs, s: Obj, at: Path): void => need(errs, s.volumeID, at, 'volumeID');

export function scaleIO(errs: Errs, s: Obj, at: Path): void {
  need(errs, s.gateway, at, 'gateway');
  need(errs, s.system, at, 'system');
  need(errs, s.volumeName, at, 'volumeName');
}

export function storageos(errs: Errs, s: Obj, at: Path): void {
  if (!s.volumeName) errs.push(required(at.child('volumeName'), ''));
  else dns1123Label(errs, s.volumeName, at.child('volumeName'));
  if (s.volumeNamespace) dns1123Label(errs, s.volumeNamespace, at.child('volumeNamespace'));
  if (has(s.secretRef)) need(errs, s.secretRef.name, at, 'secretRef', 'name');
}
export function storageosPersistent(errs: Errs, s: Obj, at: Path): void {
  storageos(errs, s, at);
  if (has(s.secretRef)) need(errs, s.secretRef.namespace, at, 'secretRef', 'namespace');
}

/** `true` if the path was there. Upstream: validateLocalVolumeSource. */
export function local(errs: Errs, s: Obj, at: Path): void {
  if (!s.path) errs.push(required(at.child('path'), ''));
  else noBacksteps(errs, s.path, at.child('path'));
}

function secretReference(errs: Errs, ref: Obj, at: Path): void {
  if (!has(ref)) return;
  if (!ref.name) errs.push(required(at.child('name'), ''));
  else dns1123Subdomain(errs, ref.name, at.child('name'));
  if (!ref.namespace) errs.push(required(at.child('namespace'), ''));
  else dns1123Label(errs, ref.namespace, at.child('namespace'));
}
export function csiPersistent(errs: Errs, s: Obj, at: Path): void {
  csiDriverName(errs, s.driver ?? '', at.child('driver'));
  need(errs, s.volumeHandle, at, 'volumeHandle');
  for (const f of ['controllerPublishSecretRef', 'controllerExpandSecretRef', 'nodePublishSecretRef', 'nodeExpandSecretRef']) secretReference(errs, s[f], at.child(f));
}
