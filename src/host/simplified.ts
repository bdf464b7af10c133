/** What of an object is simpler here than in a real cluster: said on the screen, so that nobody learns from a gap. */
import type { KubeObject } from '../k8s/api/types.ts';
import { isKnownImage } from '../k8s/container-runtime/images/catalogue.ts';
import { VALIDATION } from '../k8s/kube-apiserver/validation/index-by-kind.ts';
import type { Simplification } from '../protocol/protocol.ts';

/** Kinds that something acts on in a real cluster, and nothing here: stored and served, never carried out. */
const NOBODY_ACTS: ReadonlySet<string> = new Set([
  '/PersistentVolume', '/PersistentVolumeClaim', 'storage.k8s.io/StorageClass', 'storage.k8s.io/VolumeAttachment', 'storage.k8s.io/CSIDriver', 'storage.k8s.io/CSINode', 'storage.k8s.io/CSIStorageCapacity',
  'autoscaling/HorizontalPodAutoscaler', 'networking.k8s.io/Ingress', 'networking.k8s.io/IngressClass', 'networking.k8s.io/NetworkPolicy', 'node.k8s.io/RuntimeClass',
  'certificates.k8s.io/CertificateSigningRequest', 'apiextensions.k8s.io/CustomResourceDefinition', 'apiregistration.k8s.io/APIService',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration', 'admissionregistration.k8s.io/MutatingWebhookConfiguration', 'admissionregistration.k8s.io/ValidatingAdmissionPolicy', 'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/MutatingAdmissionPolicy', 'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding', 'resource.k8s.io/ResourceClaim', 'resource.k8s.io/ResourceClaimTemplate', 'resource.k8s.io/ResourceSlice', 'resource.k8s.io/DeviceClass',
]);

/** Last element of an image's name, without tag and digest: what the catalogue goes by. */
const baseOf = (image: string): string => image.slice(image.lastIndexOf('/') + 1).split(/[:@]/)[0];
/** Images of a Pod that have no program of their own: they run as a generic server on their declared ports. */
export function genericImages(pod: KubeObject): string[] {
  const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])] as { image?: string }[];
  return [...new Set(containers.map((one) => one.image ?? '').filter((image) => image !== '' && !isSystem(image) && !isKnownImage(baseOf(image))))];
}
/** The cluster's own add-ons are drawn as the components they are. */
const isSystem = (image: string): boolean => /(^|\/)(kindnetd|coredns|kube-proxy|pause)(:|@|$)/.test(image);

export function simplifiedOf(object: KubeObject): Simplification[] {
  const slash = object.apiVersion.indexOf('/');
  const key = `${slash < 0 ? '' : object.apiVersion.slice(0, slash)}/${object.kind}`;
  const out: Simplification[] = [];
  if (NOBODY_ACTS.has(key)) out.push({ reason: 'controller', what: object.kind });
  if (!Object.hasOwn(VALIDATION, key)) out.push({ reason: 'validation', what: object.kind });
  if (key === '/Pod') for (const image of genericImages(object)) out.push({ reason: 'image', what: image });
  if (key === '/Service' && object.spec?.type === 'LoadBalancer') out.push({ reason: 'controller', what: 'LoadBalancer' });
  return out;
}
