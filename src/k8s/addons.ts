/**
 * The add-ons of a fresh kubeadm cluster: cluster DNS, kube-proxy's rights, and a network plugin on every node.
 * Upstream: cmd/kubeadm/app/phases/addons/{dns,proxy}; the network plugin is kind's kindnet.
 * Left out: kube-proxy's DaemonSet (kube-proxy runs as a process of its node), the ConfigMap kube-proxy.
 */
import { applyDefaults } from './api/defaults/defaulting.ts';
import { schemaOfObject } from './api/schema.ts';
import type { KubeObject } from './api/types.ts';

export const COREDNS_IMAGE = 'registry.k8s.io/coredns/coredns:v1.14.2';
export const KINDNET_IMAGE = 'docker.io/kindest/kindnetd:v20260528-df8de77b';
/** Images that are on a node before it joins. */
export const NODE_IMAGES: readonly string[] = ['registry.k8s.io/pause:3.10.2', COREDNS_IMAGE, KINDNET_IMAGE];
const DNS_IP = '10.96.0.10';

const COREFILE = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
`;

type Plain = Record<string, unknown>;
const NAMESPACE = 'kube-system';
const RBAC = 'rbac.authorization.k8s.io';

function object(apiVersion: string, kind: string, metadata: Plain, rest: Plain): KubeObject {
  const made = { apiVersion, kind, metadata, ...rest } as unknown as KubeObject;
  const type = schemaOfObject(apiVersion, kind);
  return type ? applyDefaults(type, made) : made;
}
const account = (name: string): KubeObject => object('v1', 'ServiceAccount', { name, namespace: NAMESPACE }, {});
const role = (name: string, rules: readonly Plain[]): KubeObject => object(`${RBAC}/v1`, 'ClusterRole', { name }, { rules });
const bind = (name: string, to: string, subject: string): KubeObject => object(`${RBAC}/v1`, 'ClusterRoleBinding', { name }, {
  subjects: [{ kind: 'ServiceAccount', name: subject, namespace: NAMESPACE }], roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: to },
});

function dns(): readonly KubeObject[] {
  const labels = { 'k8s-app': 'kube-dns' };
  const port = (containerPort: number, name: string, protocol = 'TCP'): Plain => ({ containerPort, name, protocol });
  return [
    account('coredns'),
    role('system:coredns', [
      { apiGroups: [''], resources: ['endpoints', 'services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
    ]),
    bind('system:coredns', 'system:coredns', 'coredns'),
    object('v1', 'ConfigMap', { name: 'coredns', namespace: NAMESPACE }, { data: { Corefile: COREFILE } }),
    object('networking.k8s.io/v1', 'IPAddress', { name: DNS_IP, labels: { 'ipaddress.kubernetes.io/ip-family': 'IPv4', 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' } }, {
      spec: { parentRef: { resource: 'services', namespace: NAMESPACE, name: 'kube-dns' } },
    }),
    object('v1', 'Service', {
      name: 'kube-dns', namespace: NAMESPACE, labels: { ...labels, 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'CoreDNS' }, annotations: { 'prometheus.io/port': '9153', 'prometheus.io/scrape': 'true' },
    }, {
      spec: {
        ports: [{ name: 'dns', protocol: 'UDP', port: 53, targetPort: 53 }, { name: 'dns-tcp', protocol: 'TCP', port: 53, targetPort: 53 }, { name: 'metrics', protocol: 'TCP', port: 9153, targetPort: 9153 }],
        selector: labels, clusterIP: DNS_IP, clusterIPs: [DNS_IP], type: 'ClusterIP', sessionAffinity: 'None', ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack', internalTrafficPolicy: 'Cluster',
      },
      status: { loadBalancer: {} },
    }),
    object('apps/v1', 'Deployment', { name: 'coredns', namespace: NAMESPACE, generation: 1, labels }, {
      spec: {
        replicas: 2, strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } }, selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            priorityClassName: 'system-cluster-critical', serviceAccountName: 'coredns',
            affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: { labelSelector: { matchExpressions: [{ key: 'k8s-app', operator: 'In', values: ['kube-dns'] }] }, topologyKey: 'kubernetes.io/hostname' } }] } },
            tolerations: [{ key: 'CriticalAddonsOnly', operator: 'Exists' }, { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }],
            nodeSelector: { 'kubernetes.io/os': 'linux' }, dnsPolicy: 'Default',
            containers: [{
              name: 'coredns', image: COREDNS_IMAGE, imagePullPolicy: 'IfNotPresent', resources: { limits: { memory: '170Mi' }, requests: { cpu: '100m', memory: '70Mi' } }, args: ['-conf', '/etc/coredns/Corefile'],
              volumeMounts: [{ name: 'config-volume', mountPath: '/etc/coredns', readOnly: true }],
              ports: [port(53, 'dns', 'UDP'), port(53, 'dns-tcp'), port(9153, 'metrics'), port(8080, 'liveness-probe'), port(8181, 'readiness-probe')],
              livenessProbe: { httpGet: { path: '/health', port: 'liveness-probe', scheme: 'HTTP' }, initialDelaySeconds: 60, timeoutSeconds: 5, successThreshold: 1, failureThreshold: 5 },
              readinessProbe: { httpGet: { path: '/ready', port: 'readiness-probe', scheme: 'HTTP' } },
              securityContext: { allowPrivilegeEscalation: false, capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] }, readOnlyRootFilesystem: true },
            }],
            volumes: [{ name: 'config-volume', configMap: { name: 'coredns', items: [{ key: 'Corefile', path: 'Corefile' }] } }],
          },
        },
      },
      status: {},
    }),
  ];
}

function network(): readonly KubeObject[] {
  const labels = { app: 'kindnet' };
  const limits = { cpu: '100m', memory: '50Mi' };
  return [
    account('kindnet'),
    role('kindnet', [
      { apiGroups: [''], resources: ['nodes', 'pods', 'namespaces'], verbs: ['list', 'watch', 'patch'] },
      { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: ['list', 'watch'] },
    ]),
    bind('kindnet', 'kindnet', 'kindnet'),
    object('apps/v1', 'DaemonSet', { name: 'kindnet', namespace: NAMESPACE, generation: 1, labels: { ...labels, tier: 'node', 'k8s-app': 'kindnet' } }, {
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels: { ...labels, tier: 'node', 'k8s-app': 'kindnet' } },
          spec: {
            hostNetwork: true, nodeSelector: { 'kubernetes.io/os': 'linux' }, tolerations: [{ operator: 'Exists' }], serviceAccountName: 'kindnet',
            containers: [{
              name: 'kindnet-cni', image: KINDNET_IMAGE, resources: { requests: limits, limits }, securityContext: { privileged: false, capabilities: { add: ['NET_RAW', 'NET_ADMIN'] } },
              env: [{ name: 'HOST_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } }, { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }, { name: 'POD_SUBNET', value: '10.244.0.0/16' }],
              volumeMounts: [{ name: 'cni-cfg', mountPath: '/etc/cni/net.d' }, { name: 'xtables-lock', mountPath: '/run/xtables.lock' }, { name: 'lib-modules', mountPath: '/lib/modules', readOnly: true }],
            }],
            volumes: [{ name: 'cni-cfg', hostPath: { path: '/etc/cni/net.d' } }, { name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } }, { name: 'lib-modules', hostPath: { path: '/lib/modules' } }],
          },
        },
      },
      status: {},
    }),
  ];
}

/** What kubeadm would have made before the first user comes. Stored by kube-apiserver when it is missing. */
export function addonObjects(): readonly KubeObject[] {
  return [account('kube-proxy'), bind('kubeadm:node-proxier', 'system:node-proxier', 'kube-proxy'), ...dns(), ...network()];
}
