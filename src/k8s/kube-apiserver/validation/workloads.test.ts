import { describe, expect, it } from 'vitest';
import * as cronJob from './cron-job.ts';
import { cronScheduleError } from './cron-schedule.ts';
import * as daemonSet from './daemon-set.ts';
import * as deployment from './deployment.ts';
import type { Obj } from './field-checks.ts';
import * as job from './job.ts';
import { indexesCount } from './job-spec.ts';
import * as replicaSet from './replica-set.ts';
import * as replicationController from './replication-controller.ts';
import * as statefulSet from './stateful-set.ts';
import { isTimeZone } from './time-zones.ts';
import { copy, deployment as aDeployment, job as aJob, meta, template, texts } from './valid-objects.ts';

describe('Deployment', () => {
  const created = (change: (d: Obj) => void): string[] => { const d = aDeployment(); change(d); return texts(deployment.validateCreate(d)); };
  it('is accepted when right', () => expect(created(() => undefined)).toEqual([]));
  const table: [string, (d: Obj) => void, string[]][] = [
    ['no selector', (d) => { delete d.spec.selector; }, ['spec.selector: Required value', 'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`']],
    ['empty selector', (d) => { d.spec.selector = {}; }, ['spec.selector: Invalid value: {}: empty selector is invalid for deployment']],
    ['labels in sorted order', (d) => { d.spec.template.metadata.labels = { z: '1', a: '2' }; }, ['spec.template.metadata.labels: Invalid value: {"a":"2","z":"1"}: `selector` does not match template `labels`']],
    ['negative replicas', (d) => { d.spec.replicas = -1; }, ['spec.replicas: Invalid value: -1: must be greater than or equal to 0']],
    ['restart policy', (d) => { d.spec.template.spec.restartPolicy = 'Never'; }, ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"']],
    ['unknown strategy', (d) => { d.spec.strategy = { type: 'Blue' }; }, ['spec.strategy: Unsupported value: {"Type":"Blue","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate"']],
    ['no movement', (d) => { d.spec.strategy.rollingUpdate = { maxUnavailable: 0, maxSurge: 0 }; }, ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0']],
    ['above 100 %', (d) => { d.spec.strategy.rollingUpdate.maxUnavailable = '101%'; }, ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater than 100%']],
    ['deadline before readiness', (d) => { d.spec.minReadySeconds = 600; }, ['spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds']],
  ];
  it.each(table)('%s', (_w, change, errors) => expect(created(change)).toEqual(errors));
  it('keeps its selector', () => {
    const old = aDeployment(); const d = copy(old);
    d.spec.selector = { matchLabels: { app: 'web', b: 'c' } }; d.spec.template.metadata.labels = { app: 'web', b: 'c' };
    expect(texts(deployment.validateUpdate(d, old))).toEqual(['spec.selector: Invalid value: {"matchLabels":{"app":"web","b":"c"}}: field is immutable']);
  });
  it('has a status that adds up', () => {
    const old = aDeployment();
    expect(texts(deployment.validateStatusUpdate({ ...old, status: { replicas: 1, readyReplicas: 2 } }, old))).toEqual(['status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas']);
    expect(deployment.validateStatusUpdate({ ...old, status: { replicas: 2, readyReplicas: 2 } }, old)).toEqual([]);
  });
  it('warns of names that are no labels, and of templates only when they change', () => {
    const d = aDeployment(); d.metadata.name = 'a.b';
    expect(deployment.warnings(d)).toEqual(['metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]']);
    expect(deployment.warnings(d, d)).toEqual([]);
  });
});

it('ReplicaSets and ReplicationControllers', () => {
  const rs = { ...aDeployment(), kind: 'ReplicaSet' };
  expect(replicaSet.validateCreate(rs)).toEqual([]);
  expect(texts(replicaSet.validateStatusUpdate({ ...rs, status: { replicas: 1, fullyLabeledReplicas: 2 } }, rs))).toEqual(['status.fullyLabeledReplicas: Invalid value: 2: cannot be greater than status.replicas']);
  const rc = { metadata: meta('rc'), spec: { replicas: 1, selector: { app: 'x' }, template: template() } };
  expect(texts(replicationController.validateCreate(rc))).toEqual(['spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`']);
});

it('DaemonSets surge or are unavailable, not both', () => {
  const ds = (rollingUpdate: Obj): Obj => ({ metadata: meta('ds'), spec: { selector: { matchLabels: { app: 'web' } }, template: template(), updateStrategy: { type: 'RollingUpdate', rollingUpdate } } });
  expect(daemonSet.validateCreate(ds({ maxUnavailable: 1, maxSurge: 0 }))).toEqual([]);
  expect(texts(daemonSet.validateCreate(ds({ maxUnavailable: 1, maxSurge: 1 })))).toEqual(['spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero']);
  expect(texts(daemonSet.validateCreate(ds({ maxUnavailable: 0, maxSurge: 0 })))).toEqual(['spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0']);
});

describe('StatefulSet', () => {
  const set = (): Obj => ({ metadata: meta('db'), spec: { replicas: 1, serviceName: 'db', podManagementPolicy: 'OrderedReady', updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } }, selector: { matchLabels: { app: 'web' } }, template: template() } });
  it('mounts its claims', () => {
    const s = set();
    s.spec.template.spec.containers[0].volumeMounts = [{ name: 'data', mountPath: '/data' }];
    expect(texts(statefulSet.validateCreate(s))).toEqual(['spec.template.spec.containers[0].volumeMounts[0].name: Not found: "data"']);
    s.spec.volumeClaimTemplates = [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }];
    expect(statefulSet.validateCreate(s)).toEqual([]);
  });
  it('changes only what it may', () => {
    const old = set(); const s = copy(old);
    s.spec.replicas = 3;
    expect(statefulSet.validateUpdate(s, old)).toEqual([]);
    s.spec.serviceName = 'other';
    expect(texts(statefulSet.validateUpdate(s, old))[0]).toContain("spec: Forbidden: updates to statefulset spec for fields other than 'replicas'");
  });
});

describe('Job', () => {
  const created = (change: (j: Obj) => void): string[] => { const j = aJob(); change(j); return texts(job.validateCreate(j)); };
  it('is accepted when right', () => expect(created(() => undefined)).toEqual([]));
  const table: [string, (j: Obj) => void, string[]][] = [
    ['restart policy', (j) => { j.spec.template.spec.restartPolicy = 'Always'; }, ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"']],
    ['indexed without completions', (j) => { j.spec.completionMode = 'Indexed'; delete j.spec.completions; }, ['spec.completions: Required value: when completion mode is Indexed']],
    ['limits of indexes', (j) => { j.spec.backoffLimitPerIndex = 1; }, ['spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode']],
    ['failure rule', (j) => { j.spec.podReplacementPolicy = 'Failed'; j.spec.podFailurePolicy = { rules: [{ action: 'Ignore', onExitCodes: { operator: 'In', values: [0, 3, 2] } }] }; }, ['spec.podFailurePolicy.rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator', 'spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: [0,3,2]: must be ordered']],
    ['own selector', (j) => { j.spec.selector.matchLabels.a = 'b'; }, ['spec.selector: Invalid value: {"matchLabels":{"a":"b","batch.kubernetes.io/controller-uid":"0a0a0a0a-0000-0000-0000-000000000001"}}: `selector` not auto-generated', 'spec.template.metadata.labels: Invalid value: {"batch.kubernetes.io/controller-uid":"0a0a0a0a-0000-0000-0000-000000000001","batch.kubernetes.io/job-name":"once","controller-uid":"0a0a0a0a-0000-0000-0000-000000000001","job-name":"once"}: `selector` does not match template `labels`']],
  ];
  it.each(table)('%s', (_w, change, errors) => expect(created(change)).toEqual(errors));
  it('keeps its template, unless suspended', () => {
    const old = aJob(); const j = copy(old);
    j.spec.template.spec.nodeSelector = { a: 'b' };
    expect(texts(job.validateUpdate(j, old))[0]).toContain('spec.template: Invalid value: {"labels":{"batch.kubernetes.io/controller-uid"');
    old.spec.suspend = true;
    expect(job.validateUpdate(j, old)).toEqual([]);
  });
  it('finishes once', () => {
    const old = aJob(); old.status = { startTime: '2026-01-01T00:00:00Z', conditions: [{ type: 'Complete', status: 'True' }, { type: 'SuccessCriteriaMet', status: 'True' }], completionTime: '2026-01-01T00:00:05Z', succeeded: 1 };
    expect(job.validateStatusUpdate({ ...old, status: { ...old.status } }, old)).toEqual([]);
    expect(texts(job.validateStatusUpdate({ ...old, status: { ...old.status, conditions: [] } }, old))).toContain('status.conditions: Invalid value: cannot disable the terminal Complete=True condition');
  });
  it('counts indexes', () => {
    expect(indexesCount('0,2-4', 5)).toBe(4);
    expect(indexesCount('2,1', 5)).toBe('non-increasing order, previous: 2, current: 1');
    expect(indexesCount('7', 5)).toBe('too large index: "7"');
  });
});

describe('CronJob', () => {
  const cron = (schedule: string, more: Obj = {}): Obj => ({ metadata: meta('c'), spec: { schedule, concurrencyPolicy: 'Allow', jobTemplate: { spec: { template: { spec: { ...template().spec, restartPolicy: 'Never' } } } }, ...more } });
  it('has a schedule and a zone', () => {
    expect(cronJob.validateCreate(cron('*/5 * * * mon-fri', { timeZone: 'Europe/Berlin' }))).toEqual([]);
    expect(texts(cronJob.validateCreate(cron('TZ=UTC * * * * *')))).toEqual(['spec.schedule: Invalid value: "TZ=UTC * * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead']);
    expect(texts(cronJob.validateCreate(cron('* * * * *', { timeZone: 'Europe/Atlantis' })))).toEqual(['spec.timeZone: Invalid value: "Europe/Atlantis": unknown time zone Europe/Atlantis']);
    expect(isTimeZone('America/Argentina/Buenos_Aires')).toBe(true);
  });
  it.each([
    ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'], ['60 * * * *', 'end of range (60) above maximum (59): 60'], ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'], ['*/0 * * * *', 'step of range should be a positive number: */0'], ['a * * * *', 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax'],
    ['1-2-3 * * * *', 'too many hyphens: 1-2-3'], ['@sometimes', 'unrecognized descriptor: @sometimes'], ['@daily', undefined], ['@every 5m', undefined], ['0 0 1 jan sun', undefined],
  ])('%s', (schedule, error) => expect(cronScheduleError(schedule)).toBe(error));
});
