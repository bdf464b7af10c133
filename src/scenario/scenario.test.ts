import { describe, expect, it } from 'vitest';
import { formatScenario, parseScenario, ScenarioError } from './scenario.ts';

const TEXT = `# a comment
@ nodes 2
@ compare nodes
$ kubectl apply -f -
| a: 1
|   b: 2
~ settle
~ wait 2m
~ at 1.5s
& kubectl get pods -w
^C
! stop kubelet node-2
! cut kubelet/node-1 kube-apiserver
`;

describe('parseScenario', () => {
  it('reads every kind of line', () => {
    const { settings, steps } = parseScenario(TEXT);
    expect(settings).toMatchObject({ nodes: 2, cpu: '4', memory: '8Gi', compare: ['nodes'] });
    expect(steps.map((step) => step.kind)).toEqual(['command', 'settle', 'wait', 'at', 'command', 'interrupt', 'fault', 'fault']);
    expect(steps[0]).toMatchObject({ command: 'kubectl apply -f -', stdin: 'a: 1\n  b: 2\n' });
    expect(steps[2]).toMatchObject({ seconds: 120 });
    expect(steps[3]).toMatchObject({ micros: 1_500_000 });
  });

  it('says which line cannot be read and what to write instead', () => {
    expect(() => parseScenario('$ kubectl version\n~ wait a while')).toThrow('line 2: unknown wait: ~ wait a while; write ~ settle');
    expect(() => parseScenario('@ nodes 0')).toThrow(ScenarioError);
    expect(() => parseScenario('| x')).toThrow('line 1: standard input without a command before it');
    expect(() => parseScenario('@ orrery 9')).toThrow('version 1');
  });

  it('is written back as it was read', () => {
    const once = parseScenario(formatScenario(parseScenario(TEXT)));
    const strip = (s: ReturnType<typeof parseScenario>): unknown => JSON.parse(JSON.stringify({ ...s, steps: s.steps.map((step) => ({ ...step, line: 0 })), settings: { ...s.settings, other: {} } }));
    expect(strip(once)).toEqual(strip(parseScenario(TEXT)));
  });
});
