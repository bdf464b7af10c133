/**
 * `kubectl expose` and `kubectl autoscale`.
 * Upstream: k8s.io/kubectl/pkg/cmd/{expose,autoscale}, pkg/polymorphichelpers
 * Left out: --overrides.
 */
import type { KubeObject } from '../api/types.ts';
import type { Program } from '../../sim/program.ts';
import { KubectlError } from './errors.ts';
import type { Flag, Flags } from './flags.ts';
import { createObject, requireFlags } from './generator.ts';
import { dryRunOf, DRY_RUN_FLAG, PRINT_FLAGS, printResult, resultPrinter, typed, VALIDATE_FLAG } from './result.ts';
import type { Command, Session } from './session.ts';
import { each, ref } from './session.ts';
import { toJson } from '../apimachinery/json-emit.ts';
import { fetchTarget, FILENAME_FLAGS, resolveTargets } from './targets.ts';
import type { Info } from './targets.ts';

const EXPOSE: readonly Flag[] = [
  ...FILENAME_FLAGS, ...PRINT_FLAGS, DRY_RUN_FLAG, { name: 'field-manager', type: 'string', default: 'kubectl-expose' },
  { name: 'port', type: 'string' }, { name: 'target-port', type: 'string' }, { name: 'protocol', type: 'string' }, { name: 'name', type: 'string' }, { name: 'type', type: 'string' }, { name: 'selector', type: 'string' }, { name: 'labels', short: 'l', type: 'string' },
  { name: 'external-ip', type: 'string' }, { name: 'load-balancer-ip', type: 'string' }, { name: 'session-affinity', type: 'string' }, { name: 'cluster-ip', type: 'string' }, { name: 'overrides', type: 'string' }, { name: 'override-type', type: 'string' }, { name: 'save-config', type: 'bool' },
];

const EXPOSABLE = ['ReplicationController', 'Service', 'Pod', 'Deployment', 'ReplicaSet'];

interface ContainerPort { readonly containerPort: number; readonly protocol?: string }

function podSpec(o: KubeObject, kind: string): { containers?: readonly { ports?: readonly ContainerPort[] }[] } {
  return kind === 'Pod' ? o.spec : o.spec?.template?.spec ?? {};
}

/** Labels that select what the object selects. */
function selectorFor(o: KubeObject, kind: string): Record<string, string> {
  const fail = (why: string): KubectlError => new KubectlError(`couldn't retrieve selectors via --selector flag or introspection: ${why}`);
  switch (kind) {
    case 'Pod': {
      const labels = o.metadata.labels ?? {};
      if (Object.keys(labels).length === 0) throw fail('the pod has no labels and cannot be exposed');
      return labels;
    }
    case 'Service': {
      if (o.spec?.selector === undefined) throw fail('the service has no pod selector set');
      return o.spec.selector;
    }
    case 'ReplicationController': return o.spec.selector ?? {};
    default: {
      const s = o.spec?.selector ?? {};
      if ((s.matchExpressions ?? []).length > 0) throw fail('couldn\'t convert expressions - "' + JSON.stringify(s.matchExpressions) + '" to map-based selector format');
      if (Object.keys(s.matchLabels ?? {}).length === 0) throw fail('invalid deployment: no selectors, therefore cannot be exposed');
      return s.matchLabels;
    }
  }
}

function pairs(text: string): Record<string, string> {
  const out: Record<string, string> = {};
  for (const part of text.split(',')) {
    const words = part.split('=');
    if (words.length !== 2 || words[0] === '') throw new KubectlError(`unexpected label spec: ${part}`);
    out[words[0]] = words[1];
  }
  return out;
}

function portsFor(flags: Flags, info: Info): { port: number; protocol: string; name?: string; targetPort: number | string }[] {
  const kind = info.mapping.kind;
  const found: ContainerPort[] = kind === 'Service'
    ? (info.object.spec?.ports ?? []).map((p: { port: number; protocol?: string }) => ({ containerPort: p.port, protocol: p.protocol }))
    : (podSpec(info.object, kind).containers ?? []).flatMap((c) => c.ports ?? []);
  let list: string[];
  if (flags.string('port') !== '') list = flags.string('port').split(',');
  else if (found.length > 0) list = found.map((p) => String(p.containerPort));
  else if (flags.string('cluster-ip') === 'None') list = [];
  else throw new KubectlError("couldn't find port via --port flag or introspection");
  const target = flags.string('target-port');
  return list.map((text, i) => {
    if (!/^\d+$/.test(text)) throw new KubectlError(`strconv.Atoi: parsing "${text}": invalid syntax`);
    const port = Number(text);
    const protocol = flags.string('protocol') || found.find((p) => p.containerPort === port)?.protocol || 'TCP';
    return { ...(list.length > 1 ? { name: `port-${i + 1}` } : {}), port, protocol, targetPort: target === '' ? port : /^\d+$/.test(target) ? Number(target) : target };
  });
}

function* expose(k: Session, flags: Flags): Program {
  const { targets } = yield* resolveTargets(k, flags, flags.args, {});
  yield* each(targets, function* (target) {
    for (const info of yield* fetchTarget(k, target)) {
      const kind = info.mapping.kind;
      if (!EXPOSABLE.includes(kind)) throw new KubectlError(`cannot expose a ${kind}${info.mapping.group === '' ? '' : '.' + info.mapping.group}`);
      const selector = flags.string('selector') === '' ? selectorFor(info.object, kind) : pairs(flags.string('selector'));
      const ports = portsFor(flags, info);
      const labels = flags.string('labels') === '' ? info.object.metadata.labels : pairs(flags.string('labels'));
      const name = flags.string('name') || info.name.slice(0, 63);
      const type = flags.string('type');
      const affinity = flags.string('session-affinity');
      const ip = flags.string('cluster-ip');
      yield* createObject(k, flags, {
        apiVersion: 'v1', kind: 'Service', metadata: { name, ...(labels === undefined || Object.keys(labels).length === 0 ? {} : { labels }) },
        spec: {
          ...(ports.length === 0 ? {} : { ports }), selector, ...(type === '' ? {} : { type }), ...(affinity === '' ? {} : { sessionAffinity: affinity }), ...(ip === '' ? {} : { clusterIP: ip }),
          ...(flags.string('external-ip') === '' ? {} : { externalIPs: [flags.string('external-ip')] }), ...(flags.string('load-balancer-ip') === '' ? {} : { loadBalancerIP: flags.string('load-balancer-ip') }),
        },
      }, '', 'exposed');
    }
  });
}

const AUTOSCALE: readonly Flag[] = [
  ...FILENAME_FLAGS, ...PRINT_FLAGS, DRY_RUN_FLAG, VALIDATE_FLAG, { name: 'field-manager', type: 'string', default: 'kubectl-autoscale' },
  { name: 'min', type: 'int', default: -1 }, { name: 'max', type: 'int', default: -1 }, { name: 'cpu-percent', type: 'int', default: -1 }, { name: 'cpu', type: 'string' }, { name: 'memory', type: 'string' }, { name: 'name', type: 'string' }, { name: 'save-config', type: 'bool' },
];

const SCALABLE = ['Deployment', 'ReplicaSet', 'ReplicationController', 'StatefulSet'];

function metric(name: string, text: string): unknown {
  const m = /^(\d+)%$/.exec(text);
  return { type: 'Resource', resource: { name, target: m === null ? { type: 'AverageValue', averageValue: text } : { type: 'Utilization', averageUtilization: Number(m[1]) } } };
}

function* autoscale(k: Session, flags: Flags): Program {
  requireFlags(flags, ['max']);
  const min = flags.int('min');
  const max = flags.int('max');
  if (max < 1) throw new KubectlError(`--max=MAXPODS is required and must be at least 1, max: ${max}`);
  if (max < min) throw new KubectlError(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`);
  const { targets } = yield* resolveTargets(k, flags, flags.args, {});
  const dryRun = dryRunOf(flags);
  yield* each(targets, function* (target) {
    for (const info of yield* fetchTarget(k, target)) {
      if (!SCALABLE.includes(info.mapping.kind)) throw new KubectlError(`cannot autoscale a ${info.mapping.kind}: the server could not find the requested resource`);
      const scaleTargetRef = { kind: info.mapping.kind, name: info.name, apiVersion: info.object.apiVersion };
      const base = { metadata: { name: flags.string('name') || info.name } };
      const cpu = flags.string('cpu') || (flags.int('cpu-percent') >= 0 ? `${flags.int('cpu-percent')}%` : '');
      const memory = flags.string('memory');
      const metrics = [...(cpu === '' ? [] : [metric('cpu', cpu)]), ...(memory === '' ? [] : [metric('memory', memory)])];
      const body = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', ...base, spec: { scaleTargetRef, ...(min > 0 ? { minReplicas: min } : {}), maxReplicas: max, ...(metrics.length === 0 ? {} : { metrics }) } };
      let object = typed(body);
      if (dryRun !== 'client') {
        object = (yield* k.ask({
          verb: 'create', ...ref({ group: 'autoscaling', version: 'v2', resource: 'horizontalpodautoscalers' }), namespace: info.namespace, text: toJson(object), contentType: 'application/json', accept: 'object',
          options: { fieldManager: flags.string('field-manager'), ...(dryRun === 'server' ? { dryRun: true } : {}) },
        })) as KubeObject;
      }
      yield* printResult(k, resultPrinter(flags), object, 'autoscaled', dryRun);
    }
  });
}

export const EXPOSE_COMMAND: Command = { name: 'expose', short: 'Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service', usage: 'expose (-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--external-ip=external-ip-of-service] [--type=type]', flags: EXPOSE, run: expose };
export const AUTOSCALE_COMMAND: Command = { name: 'autoscale', short: 'Auto-scale a deployment, replica set, stateful set, or replication controller', usage: 'autoscale (-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU]', flags: AUTOSCALE, run: autoscale };
