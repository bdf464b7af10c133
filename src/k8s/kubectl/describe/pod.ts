/**
 * `kubectl describe pod`.
 * Upstream: k8s.io/kubectl/pkg/describe/describe.go (describePod)
 */
import { describeContainers, describeResources } from './containers.ts';
import { describeTolerations, describeTopologySpread } from './pod-template.ts';
import { describeVolumes } from './volumes.ts';
import { podQos } from './qos.ts';
import { annotationsMultiline, controllerText, describeEvents, labelsMultiline, rfc1123, since } from './writer.ts';
import type { Describer } from './describer.ts';

export const pod: Describer = {
  kinds: ['Pod'],
  events: 'no-kind',
  write(w, o, { events }) {
    const spec = o.spec ?? {};
    const status = o.status ?? {};
    w.field(0, 'Name', o.metadata.name);
    w.field(0, 'Namespace', o.metadata.namespace);
    if (spec.priority !== undefined) w.field(0, 'Priority', spec.priority);
    if (spec.priorityClassName) w.field(0, 'Priority Class Name', spec.priorityClassName);
    if (spec.runtimeClassName) w.field(0, 'Runtime Class Name', spec.runtimeClassName);
    if (spec.serviceAccountName) w.field(0, 'Service Account', spec.serviceAccountName);
    w.field(0, 'Node', spec.nodeName ? `${spec.nodeName}/${status.hostIP ?? ''}` : '<none>');
    if (status.startTime) w.field(0, 'Start Time', rfc1123(status.startTime));
    labelsMultiline(w, 'Labels', o.metadata.labels);
    annotationsMultiline(w, 'Annotations', o.metadata.annotations);
    if (o.metadata.deletionTimestamp && status.phase !== 'Failed' && status.phase !== 'Succeeded') {
      w.field(0, 'Status', `Terminating (lasts ${since(w.now, o.metadata.deletionTimestamp)})`);
      w.field(0, 'Termination Grace Period', `${o.metadata.deletionGracePeriodSeconds ?? 0}s`);
    } else w.field(0, 'Status', status.phase ?? '');
    if (status.reason) w.field(0, 'Reason', status.reason);
    if (status.message) w.field(0, 'Message', status.message);
    const seccomp = spec.securityContext?.seccompProfile;
    if (seccomp) {
      w.field(0, 'SeccompProfile', seccomp.type);
      if (seccomp.type === 'Localhost') w.field(0, 'LocalhostProfile', seccomp.localhostProfile);
    }
    w.field(0, 'IP', status.podIP ?? '');
    const ips: { ip: string }[] = status.podIPs ?? [];
    if (ips.length === 0) w.field(0, 'IPs', '<none>');
    else {
      w.line(0, 'IPs:');
      for (const ip of ips) w.field(1, 'IP', ip.ip);
    }
    const controller = controllerText(o);
    if (controller !== '') w.field(0, 'Controlled By', controller);
    if (status.nominatedNodeName) w.field(0, 'NominatedNodeName', status.nominatedNodeName);
    if (spec.resources !== undefined) {
      w.line(0, 'Resources:');
      describeResources(w, spec.resources, 1);
    }
    if ((spec.initContainers ?? []).length > 0) describeContainers(w, 'Init Containers', spec.initContainers, status.initContainerStatuses ?? [], '', o);
    describeContainers(w, 'Containers', spec.containers, status.containerStatuses ?? [], '', o);
    if ((spec.ephemeralContainers ?? []).length > 0) describeContainers(w, 'Ephemeral Containers', spec.ephemeralContainers, status.ephemeralContainerStatuses ?? [], '', o);
    const conditions: { type: string; status: string }[] = status.conditions ?? [];
    if ((spec.readinessGates ?? []).length > 0) {
      w.line(0, 'Readiness Gates:\n  Type\tStatus');
      for (const gate of spec.readinessGates) w.line(1, `${gate.conditionType} \t${conditions.find((c) => c.type === gate.conditionType)?.status ?? '<none>'} `);
    }
    if (conditions.length > 0) {
      w.line(0, 'Conditions:\n  Type\tStatus');
      for (const c of conditions) w.line(1, `${c.type} \t${c.status} `);
    }
    describeVolumes(w, spec.volumes, '');
    w.field(0, 'QoS Class', podQos(o));
    labelsMultiline(w, 'Node-Selectors', spec.nodeSelector);
    describeTolerations(w, 'Tolerations', spec.tolerations);
    describeTopologySpread(w, spec.topologySpreadConstraints, '');
    describeEvents(w, events);
  },
};
