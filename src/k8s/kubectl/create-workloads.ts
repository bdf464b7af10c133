/**
 * `kubectl create` deployment, job, cronjob.
 * Upstream: k8s.io/kubectl/pkg/cmd/create/create_{deployment,job,cronjob}.go
 * Left out: the random suffix of container names made from images with dots or underscores is the first free one of a fixed row.
 */
import type { KubeObject } from '../api/types.ts';
import type { Program } from '../../sim/program.ts';
import { KubectlError } from './errors.ts';
import { generatorCommand } from './generator.ts';
import type { Generator } from './generator.ts';
import type { Command, Session } from './session.ts';

/** The last part of an image's name without tag and digest. */
export function imageBaseName(image: string): string {
  return image.split('/').pop()!.split(':')[0].split('@')[0];
}

const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** Five letters from the image's name: upstream draws them by chance. */
function suffixOf(text: string): string {
  let h = 2166136261;
  let out = '';
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619);
  for (let i = 0; i < 5; i++) { out += LETTERS[(h >>> 0) % LETTERS.length]; h = Math.imul(h ^ i, 16777619); }
  return out;
}

function containerName(image: string): string {
  const name = imageBaseName(image);
  return /[_.]/.test(name) ? `${name.replace(/[_.]/g, '-')}-${suffixOf(image)}` : name;
}

const deployment: Generator = {
  name: 'deployment', aliases: ['deploy'], short: 'Create a deployment with the specified name', usage: 'deployment NAME --image=image -- [COMMAND] [args...]',
  flags: [
    { name: 'image', type: 'array' }, { name: 'port', type: 'int', default: -1 }, { name: 'replicas', short: 'r', type: 'int', default: 1 },
  ],
  required: ['image'], takesCommand: true, failure: 'failed to create deployment: ',
  *build(name, flags) {
    const images = flags.list('image');
    const command = flags.dash >= 0 ? flags.args.slice(flags.dash) : flags.args.slice(1);
    if (images.length > 1 && command.length > 0) throw new KubectlError('cannot specify multiple --image options and command');
    const port = flags.int('port');
    const containers = images.map((image, i) => ({
      name: containerName(image), image, ...(command.length > 0 ? { command } : {}), ...(port >= 0 && i === 0 ? { ports: [{ containerPort: port }] } : {}),
    }));
    return {
      apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, labels: { app: name } },
      spec: { replicas: flags.int('replicas'), selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: { containers } } },
    };
  },
};

const cronjob: Generator = {
  name: 'cronjob', aliases: ['cj'], short: 'Create a cron job with the specified name', usage: "cronjob NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...]",
  flags: [{ name: 'image', type: 'string' }, { name: 'schedule', type: 'string' }, { name: 'restart', type: 'string' }],
  required: ['image', 'schedule'], takesCommand: true, failure: 'failed to create cronjob: ',
  *build(name, flags) {
    const command = flags.dash >= 0 ? flags.args.slice(flags.dash) : flags.args.slice(1);
    const restart = flags.string('restart') === '' ? 'OnFailure' : flags.string('restart');
    return {
      apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name },
      spec: {
        schedule: flags.string('schedule'),
        jobTemplate: { metadata: { name }, spec: { template: { spec: { containers: [{ name, image: flags.string('image'), ...(command.length > 0 ? { command } : {}) }], restartPolicy: restart } } } },
      },
    };
  },
};

function* jobFromCronJob(k: Session, name: string, from: string): Program<Record<string, unknown>> {
  const parts = from.split('/');
  if (parts.length !== 2) throw new KubectlError('arguments in resource/name form must have a single resource and name');
  const mapping = yield* k.resource(parts[0]);
  if (mapping.kind !== 'CronJob') throw new KubectlError(`from must be an existing cronjob: could not use ${mapping.kind}`);
  const cron: KubeObject = yield* k.get(mapping, k.namespace, parts[1]);
  const template = cron.spec.jobTemplate;
  return {
    apiVersion: 'batch/v1', kind: 'Job',
    metadata: {
      name, annotations: { 'cronjob.kubernetes.io/instantiate': 'manual', ...template.metadata?.annotations }, ...(template.metadata?.labels ? { labels: template.metadata.labels } : {}),
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: cron.metadata.name, uid: cron.metadata.uid, controller: true }],
    },
    spec: template.spec,
  };
}

const job: Generator = {
  name: 'job', short: 'Create a job with the specified name', usage: 'job NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...]',
  flags: [{ name: 'image', type: 'string' }, { name: 'from', type: 'string' }], takesCommand: true, failure: 'failed to create job: ',
  *build(name, flags, k) {
    const image = flags.string('image');
    const from = flags.string('from');
    if ((image === '') === (from === '')) throw new KubectlError('either --image or --from must be specified');
    const command = flags.dash >= 0 ? flags.args.slice(flags.dash) : flags.args.slice(1);
    if (from !== '') {
      if (command.length > 0) throw new KubectlError('cannot specify --from and command');
      return yield* jobFromCronJob(k, name, from);
    }
    return {
      apiVersion: 'batch/v1', kind: 'Job', metadata: { name },
      spec: { template: { spec: { containers: [{ name, image, ...(command.length > 0 ? { command } : {}) }], restartPolicy: 'Never' } } },
    };
  },
};

export const CREATE_WORKLOADS: readonly Command[] = [deployment, cronjob, job].map(generatorCommand);
