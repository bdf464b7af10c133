/** A budget forbids what would leave too few, and a drain waits for it. */
import { expect, it } from 'vitest';
import { run } from '../../../host/cli-run.ts';

const SCENARIO = `@ nodes 1
$ kubectl create deployment web --image=nginx:1.27 --replicas=2
$ kubectl create poddisruptionbudget web --selector=app=web --min-available=1
$ kubectl create poddisruptionbudget none --selector=app=none --max-unavailable=50%
~ settle
$ kubectl get pdb web -o jsonpath='{.status.currentHealthy} {.status.desiredHealthy} {.status.expectedPods} {.status.disruptionsAllowed}'
$ kubectl get pdb none -o jsonpath='{.status.disruptionsAllowed}'
$ kubectl drain node-1 --timeout=12s
~ settle
$ kubectl get pdb web -o jsonpath='{.status.currentHealthy} {.status.desiredHealthy} {.status.disruptionsAllowed}'
`;

it('counts healthy pods and lets one go', () => {
  const commands: { stdout: string; stderr: string; exitCode: number }[] = [];
  run(SCENARIO, 1, (line) => {
    const one = JSON.parse(line);
    if (one.kind === 'Command') commands.push(one);
  });
  expect(commands[3]!.stdout).toBe('2 1 2 1');
  expect(commands[4]!.stdout).toBe('0');
  expect(commands[5]!.exitCode).toBe(1);
  expect(commands[5]!.stdout.match(/pod\/web-\S+ evicted/g)).toHaveLength(1);
  expect(commands[5]!.stderr).toContain("(will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget.");
  expect(commands[6]!.stdout).toBe('1 1 0');
});
