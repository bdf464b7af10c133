/** Random scenarios: commands, edits and faults at random moments, from one booted cluster. Equal numbers give equal scenarios. */
import { finish, mix } from '../base/hash.ts';
import { createCluster } from '../k8s/cluster.ts';
import type { InputBody } from '../sim/event-queue.ts';
import type { Simulator, SimulatorOptions } from '../sim/simulator.ts';

/** A stream of draws for tests only; the engine itself never has one. */
export function draws(seed: number): (n: number) => number {
  let count = 0;
  return (n) => finish(mix(mix(0x1234567, seed), count++)) % n;
}

export const TEST_NODES = 2;

export function testCluster(options: Partial<SimulatorOptions> = {}): Simulator {
  return createCluster({ seed: 7, nodes: TEST_NODES, cpu: '4', memory: '8Gi', addons: false, simulator: { checkpointEvery: 512, ...options } });
}

let booted: unknown;
/** The state of a cluster that has settled, through JSON: made once a test file, its values shared (they are immutable). */
function bootedState(): unknown {
  if (booted === undefined) {
    const sim = testCluster({ journal: false });
    sim.boot();
    sim.runUntil(15_000_000);
    booted = JSON.parse(JSON.stringify(sim.serialise()));
  }
  return booted;
}

/** A cluster in the booted state. */
export function bootedCluster(options: Partial<SimulatorOptions> = {}): Simulator {
  const sim = testCluster(options);
  sim.restore(bootedState());
  return sim;
}

export interface Act { readonly afterEvents: number; readonly input: InputBody }

const NAMES = ['web', 'api', 'db'];
const COMPONENTS = ['kube-scheduler', 'kube-controller-manager', 'kubelet/node-1', 'kubelet/node-2', 'kube-apiserver', 'container-runtime/node-1'];

function commandLine(draw: (n: number) => number): string {
  const name = NAMES[draw(NAMES.length)];
  const lines = [
    `kubectl create deployment ${name} --image=nginx:1.27 --replicas=${draw(4)}`,
    `kubectl create deployment ${name} --image=nginx:doesnotexist`,
    `kubectl scale deployment ${name} --replicas=${draw(5)}`,
    `kubectl set image deployment/${name} nginx=nginx:1.${25 + draw(4)}`,
    `kubectl delete deployment ${name}`,
    `kubectl get pods -o wide`,
    `kubectl run ${name}-pod --image=busybox:1.36 -- sh -c 'sleep ${1 + draw(3)}; exit ${draw(2)}'`,
    `kubectl delete pod ${name}-pod`,
    `kubectl cordon node-${1 + draw(TEST_NODES)}`,
    `kubectl uncordon node-${1 + draw(TEST_NODES)}`,
    `kubectl label pods --all touched=${draw(9)} --overwrite`,
    `kubectl rollout undo deployment/${name}`,
    `kubectl rollout pause deployment/${name}`,
    `kubectl expose deployment ${name} --port=80`,
    `kubectl create namespace ns-${draw(3)}`,
    `kubectl delete namespace ns-${draw(3)}`,
    `kubectl describe deployment ${name}`,
  ];
  return lines[draw(lines.length)];
}

export function randomActs(seed: number): Act[] {
  const draw = draws(seed);
  const acts: Act[] = [];
  for (let i = 0, n = 2 + draw(5); i < n; i++) {
    const afterEvents = 20 + draw(220);
    const kind = draw(10);
    if (i === 0 || kind < 7) {
      const line = i === 0 ? `kubectl create deployment ${NAMES[draw(3)]} --image=nginx:1.27 --replicas=${1 + draw(3)}` : commandLine(draw);
      acts.push({ afterEvents, input: { kind: 'signal', to: 'workstation', body: { start: { line } }, label: { verb: 'Enter', subject: line } } });
    } else if (kind < 9) acts.push({ afterEvents, input: { kind: draw(2) ? 'stop' : 'start', component: COMPONENTS[draw(COMPONENTS.length)] } });
    else acts.push({ afterEvents, input: { kind: draw(2) ? 'cut' : 'heal', a: COMPONENTS[2 + draw(2)], b: 'kube-apiserver' } });
  }
  return acts;
}

/** Performs acts, each after its number of events; then `tail` events more. `each` is called after every event. */
export function perform(sim: Simulator, acts: readonly Act[], tail: number, each?: (sim: Simulator) => Simulator): Simulator {
  let here = sim;
  const steps = (n: number): void => {
    for (let i = 0; i < n; i++) {
      if (!here.step()) return;
      if (each) here = each(here);
    }
  };
  for (const act of acts) {
    steps(act.afterEvents);
    here.input(act.input);
    if (each) here = each(here);
  }
  steps(tail);
  return here;
}
