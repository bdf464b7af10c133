import { describe, expect, it } from 'vitest';
import type { Obj } from './field-checks.ts';
import { validateBinding, validateCreate, validateEphemeralContainersUpdate, validateUpdate } from './pod.ts';
import { statusWarnings, validateStatusUpdate } from './pod-status.ts';
import { podWarnings, templateWarnings } from './pod-warnings.ts';
import { path } from '../../apimachinery/field-error.ts';
import { container, copy, pod, template, texts } from './valid-objects.ts';

const created = (change: (p: Obj) => void): string[] => { const p = pod(); change(p); return texts(validateCreate(p)); };
const updated = (change: (p: Obj) => void, before: (p: Obj) => void = () => undefined): string[] => {
  const old = pod(); before(old);
  const p = copy(old); change(p);
  return texts(validateUpdate(p, old));
};
const C0 = 'spec.containers[0]';

describe('a new pod', () => {
  it('is accepted when right', () => expect(created(() => undefined)).toEqual([]));

  const table: [what: string, change: (p: Obj) => void, errors: string[]][] = [
    ['no containers', (p) => { p.spec.containers = []; }, ['spec.containers: Required value']],
    ['no name and no image', (p) => { delete p.spec.containers[0].name; delete p.spec.containers[0].image; }, [`${C0}.name: Required value`, `${C0}.image: Required value`]],
    ['two of a name', (p) => { p.spec.containers.push(container()); }, ['spec.containers[1].name: Duplicate value: "app"']],
    ['pull policy', (p) => { p.spec.containers[0].imagePullPolicy = 'Sometimes'; }, [`${C0}.imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"`]],
    ['port out of range', (p) => { p.spec.containers[0].ports = [{ containerPort: 70000, protocol: 'TCP' }]; }, [`${C0}.ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive`]],
    ['same host port twice', (p) => { p.spec.containers[0].ports = [{ containerPort: 1, hostPort: 5, protocol: 'TCP' }, { containerPort: 2, hostPort: 5, protocol: 'TCP' }]; }, [`${C0}.ports[1].hostPort: Duplicate value: "TCP//5"`]],
    ['mount of an unknown volume', (p) => { p.spec.containers[0].volumeMounts = [{ name: 'v', mountPath: '/v' }]; }, [`${C0}.volumeMounts[0].name: Not found: "v"`]],
    ['request above limit', (p) => { p.spec.containers[0].resources = { requests: { cpu: '2' }, limits: { cpu: '1' } }; }, [`${C0}.resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1`]],
    ['unknown resource', (p) => { p.spec.containers[0].resources = { limits: { gpu: '1' } }; }, [`${C0}.resources.limits[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified`, `${C0}.resources.limits[gpu]: Invalid value: "gpu": must be a standard resource for containers`]],
    ['probe without handler', (p) => { p.spec.containers[0].livenessProbe = { successThreshold: 2 }; }, [`${C0}.livenessProbe: Required value: must specify a handler type`, `${C0}.livenessProbe.successThreshold: Invalid value: 2: must be 1`]],
    ['hook of two kinds', (p) => { p.spec.containers[0].lifecycle = { preStop: { exec: { command: ['a'] }, sleep: { seconds: 99 } } }; }, [`${C0}.lifecycle.preStop.sleep: Forbidden: may not specify more than 1 handler type`]],
    ['sleep longer than grace', (p) => { p.spec.containers[0].lifecycle = { preStop: { sleep: { seconds: 99 } } }; }, [`${C0}.lifecycle.preStop.sleep: Invalid value: 99: must be non-negative and less than terminationGracePeriodSeconds (30)`]],
    ['two sources of a variable', (p) => { p.spec.containers[0].env = [{ name: 'A', value: 'x', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } }]; }, [`${C0}.env[0].valueFrom: Invalid value: "": may not be specified when \`value\` is not empty`]],
    ['unknown downward field', (p) => { p.spec.containers[0].env = [{ name: 'A', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.nope' } } }]; }, [`${C0}.env[0].valueFrom.fieldRef.fieldPath: Invalid value: "metadata.nope": error converting fieldPath: field label not supported: metadata.nope`]],
    ['escalation against privilege', (p) => { p.spec.containers[0].securityContext = { runAsUser: -1 }; }, [`${C0}.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive`]],
    ['probe of an init container', (p) => { p.spec.initContainers = [{ ...container('i'), livenessProbe: { exec: { command: ['a'] }, successThreshold: 1 } }]; }, ['spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always']],
    ['volume of two sources', (p) => { p.spec.volumes = [{ name: 'v', emptyDir: {}, secret: { secretName: 's' } }]; }, ['spec.volumes[0].secret: Forbidden: may not specify more than 1 volume type']],
    ['host path upwards', (p) => { p.spec.volumes = [{ name: 'v', hostPath: { path: '/a/../b', type: '' } }]; }, ["spec.volumes[0].hostPath.path: Invalid value: \"/a/../b\": must not contain '..'"]],
    ['projected paths twice', (p) => { p.spec.volumes = [{ name: 'v', projected: { sources: [{ secret: { name: 'a', items: [{ key: 'k', path: 'p' }] } }, { configMap: { name: 'b', items: [{ key: 'k', path: 'p' }] } }] } }]; }, ['spec.volumes[0].projected: Invalid value: "b": conflicting duplicate paths']],
    ['toleration without key', (p) => { p.spec.tolerations = [{ operator: 'Equal', value: 'x' }]; }, ['spec.tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys"']],
    ['weight of a preference', (p) => { p.spec.affinity = { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 101, preference: {} }] } }; }, ['spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 101: must be in the range 1-100']],
    ['affinity without topology', (p) => { p.spec.affinity = { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: {} }] } }; }, ['spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Required value: can not be empty', 'spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: "": name part must be non-empty', "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: \"\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"]],
    ['spread twice', (p) => { const c = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }; p.spec.topologySpreadConstraints = [c, { ...c, maxSkew: 0 }]; }, ['spec.topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}: Duplicate value: "{zone, DoNotSchedule}"', 'spec.topologySpreadConstraints[1].maxSkew: Invalid value: 0: must be greater than zero']],
    ['four name servers', (p) => { p.spec.dnsConfig = { nameservers: ['1.1.1.1', '1.0.0.1', '8.8.8.8', '8.8.4.4'] }; }, ['spec.dnsConfig.nameservers: Invalid value: ["1.1.1.1","1.0.0.1","8.8.8.8","8.8.4.4"]: must not have more than 3 nameservers']],
    ['no DNS at all', (p) => { p.spec.dnsPolicy = 'None'; }, ['spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None']],
    ['host ports on the host network', (p) => { p.spec.hostNetwork = true; p.spec.containers[0].ports = [{ containerPort: 80, hostPort: 81, protocol: 'TCP' }]; }, [`${C0}.ports[0].hostPort: Invalid value: 81: must match \`containerPort\` when \`hostNetwork\` is true`]],
    ['ephemeral containers', (p) => { p.spec.ephemeralContainers = [container('debug')]; }, ['spec.ephemeralContainers: Forbidden: cannot be set on create']],
    ['gated and bound', (p) => { p.spec.nodeName = 'n'; p.spec.schedulingGates = [{ name: 'a.io/g' }]; }, ['spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared']],
    ['unknown system', (p) => { p.spec.os = { name: 'plan9' }; }, ['spec.os: Unsupported value: "plan9": supported values: "linux", "windows"']],
    ['Linux settings on Windows', (p) => { p.spec.os = { name: 'windows' }; p.spec.securityContext = { fsGroup: 1 }; }, ['spec.securityContext.fsGroup: Forbidden: cannot be set for a windows pod']],
    ['sysctl of the host', (p) => { p.spec.hostNetwork = true; p.spec.securityContext = { sysctls: [{ name: 'net.ipv4.x', value: '1' }] }; }, ["spec.securityContext.sysctls[0].name: Invalid value: \"net.ipv4.x\": may not be specified when 'hostNetwork' is true"]],
    ['pod resources below containers', (p) => { p.spec.resources = { requests: { cpu: '1' } }; p.spec.containers[0].resources = { requests: { cpu: '2' } }; }, ['spec.resources.requests[cpu]: Invalid value: "1": must be greater than or equal to aggregate container requests of 2']],
    ['deletion cost', (p) => { p.metadata.annotations = { 'controller.kubernetes.io/pod-deletion-cost': '+1' }; }, ['metadata.annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: "+1": must be a 32bit integer']],
    ['white space around the image', (p) => { p.spec.containers[0].image = ' nginx'; }, [`${C0}.image: Invalid value: " nginx": must not have leading or trailing whitespace`]],
  ];
  it.each(table)('%s', (_what, change, errors) => expect(created(change)).toEqual(errors));

  it('prints whole structs as the server does', () => {
    expect(created((p) => { p.spec.containers[0].securityContext = { privileged: true, allowPrivilegeEscalation: false }; })).toEqual([
      `${C0}.securityContext: Invalid value: {"Capabilities":null,"Privileged":true,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,`
      + '"ReadOnlyRootFilesystem":null,"AllowPrivilegeEscalation":false,"ProcMount":null,"SeccompProfile":null,"AppArmorProfile":null}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
    ]);
  });
});

describe('an update', () => {
  it('may change images, shorten deadlines, add tolerations, delete gates', () => {
    expect(updated((p) => { p.spec.containers[0].image = 'nginx:2'; p.spec.activeDeadlineSeconds = 5; p.spec.tolerations = [{ key: 'a', operator: 'Exists' }]; p.spec.schedulingGates = []; },
      (p) => { p.spec.activeDeadlineSeconds = 9; p.spec.schedulingGates = [{ name: 'g' }]; })).toEqual([]);
  });
  it('shows what it may not change', () => {
    const [error] = updated((p) => { p.spec.containers[0].command = ['x']; });
    expect(error).toContain('spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,');
    expect(error).toContain('\n@@ -5,7 +5,9 @@\n   {\n    "Name": "app",\n    "Image": "nginx",\n-   "Command": null,\n+   "Command": [\n+    "x"\n+   ],\n    "Args": null,\n');
  });
  it('takes quantities by value, not by text', () => {
    expect(updated((p) => { p.spec.containers[0].resources = { requests: { cpu: '1000m' } }; p.spec.tolerations = [{ operator: 'Exists' }]; }, (p) => { p.spec.containers[0].resources = { requests: { cpu: '1' } }; })).toEqual([]);
  });
  it('keeps containers and tolerations', () => {
    expect(updated((p) => { p.spec.containers.push(container('b')); })).toEqual(['spec.containers: Forbidden: pod updates may not add or remove containers']);
    expect(updated((p) => { p.spec.tolerations = []; }, (p) => { p.spec.tolerations = [{ key: 'a', operator: 'Exists' }]; })).toEqual(['spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds']);
  });
  it('keeps its identity', () => {
    expect(updated((p) => { p.metadata.uid = 'other'; })).toEqual(['metadata.uid: Invalid value: "other": field is immutable']);
    expect(updated((p) => { p.metadata.resourceVersion = ''; })).toEqual(['metadata.resourceVersion: Invalid value: "": must be specified for an update']);
  });
  it('adds ephemeral containers, and keeps them', () => {
    const old = pod(); old.spec.ephemeralContainers = [container('debug')];
    const p = copy(old); p.spec.ephemeralContainers = [{ ...container('debug'), image: 'other' }];
    expect(texts(validateEphemeralContainersUpdate(p, old))[0]).toContain('existing ephemeral containers "debug" may not be changed\n@@');
    p.spec.ephemeralContainers = [...old.spec.ephemeralContainers, container('more')];
    expect(texts(validateEphemeralContainersUpdate(p, old))).toEqual([]);
  });
});

describe('a status update', () => {
  const written = (change: (p: Obj) => void, before: (p: Obj) => void = () => undefined): string[] => {
    const old = pod(); before(old);
    const p = { ...old, status: copy(old.status) }; change(p);
    return texts(validateStatusUpdate(p, old));
  };
  it('accepts what a kubelet writes', () => {
    expect(written((p) => { p.status = { ...p.status, podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }], hostIP: '10.1.0.1', hostIPs: [{ ip: '10.1.0.1' }], conditions: [{ type: 'Ready', status: 'True' }], containerStatuses: [{ name: 'app', state: { running: {} } }] }; })).toEqual([]);
  });
  it('refuses to revive what ended for good', () => {
    const ended = (p: Obj): void => { p.spec.restartPolicy = 'Never'; p.status.containerStatuses = [{ name: 'app', state: { terminated: { exitCode: 0 } } }]; };
    expect(written((p) => { p.status.containerStatuses = [{ name: 'app', state: { running: {} } }]; }, ended)).toEqual(['status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state']);
  });
  it('keeps the class of service and one address a family', () => {
    expect(written((p) => { p.status.qosClass = 'Guaranteed'; })).toEqual(['status.qosClass: Invalid value: "Guaranteed": field is immutable']);
    expect(written((p) => { p.status.podIPs = [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }]; })).toEqual(['status.podIPs: Invalid value: [{"IP":"10.0.0.1"},{"IP":"10.0.0.2"}]: may specify no more than one IP for each IP family']);
  });
  it('warns of addresses written oddly', () => {
    const p = pod(); p.status.podIPs = [{ ip: '2001:DB8::1' }];
    expect(statusWarnings(p)).toHaveLength(1);
  });
});

describe('warnings', () => {
  it('tells duplicates, with the template\'s path in front', () => {
    const p = pod();
    p.spec.containers[0].env = [{ name: 'A', value: '1' }, { name: 'A', value: '2' }];
    p.spec.containers[0].ports = [{ name: 'a', containerPort: 80, protocol: 'TCP' }, { name: 'b', containerPort: 80, protocol: 'TCP' }];
    expect(podWarnings(p)).toEqual(['spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply', 'spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]']);
    const t = template(); t.spec.nodeSelector = { 'beta.kubernetes.io/os': 'linux' };
    expect(templateWarnings(t, path('spec', 'template'))).toEqual(['spec.template.spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead']);
  });
  it('says nothing of a plain pod', () => expect(podWarnings(pod())).toEqual([]));
});

it('a binding names a node', () => {
  expect(texts(validateBinding({ target: { kind: 'Pod' } }))).toEqual(['target.kind: Unsupported value: "Pod": supported values: "Node", "<empty>"', 'target.name: Required value']);
  expect(validateBinding({ target: { kind: 'Node', name: 'n' } })).toEqual([]);
});
