/**
 * A scenario: settings, commands with their standard input, waits and faults. The text form is the one of the recorded runs, with
 * `@ orrery 1` (version), `~ at 12.345678s` (wait until that virtual time after the start), `& kubectl …` (start, do not wait),
 * `^C` (interrupt what runs) and faults on links (`! cut a b`, `! heal a b`) added.
 */

export interface Settings {
  /** 1 to 5000. */
  readonly nodes: number;
  /** Capacity of every node, as quantities. */
  readonly cpu: string;
  readonly memory: string;
  readonly compare: readonly string[];
  /** Further `@ key value` settings, kept for those who read them. */
  readonly other: Readonly<Record<string, string>>;
}

export type ScenarioStep =
  | { readonly kind: 'command'; readonly line: number; readonly command: string; readonly stdin?: string; readonly background?: boolean }
  | { readonly kind: 'settle'; readonly line: number }
  | { readonly kind: 'wait'; readonly line: number; readonly seconds: number }
  | { readonly kind: 'until'; readonly line: number; readonly second: number }
  | { readonly kind: 'at'; readonly line: number; readonly micros: number }
  | { readonly kind: 'interrupt'; readonly line: number }
  | { readonly kind: 'fault'; readonly line: number; readonly action: 'stop' | 'start' | 'cut' | 'heal'; readonly component: string; readonly target: string };

export interface Scenario { readonly settings: Settings; readonly steps: readonly ScenarioStep[] }

/** A line that cannot be read: names the line and the way out. */
export class ScenarioError extends Error {
  constructor(readonly line: number, text: string) {
    super(`line ${line}: ${text}`);
  }
}

const MAX_LINES = 20_000;
const ACTIONS = ['stop', 'start', 'cut', 'heal'];

export function parseScenario(text: string): Scenario {
  const settings = { nodes: 3, cpu: '4', memory: '8Gi', compare: [] as string[], other: {} as Record<string, string> };
  const steps: ScenarioStep[] = [];
  const lines = text.split('\n');
  if (lines.length > MAX_LINES) throw new ScenarioError(MAX_LINES, `a scenario has at most ${MAX_LINES} lines`);
  lines.forEach((raw, index) => {
    const line = index + 1;
    const whole = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (whole.trim() === '' || whole[0] === '#') return;
    if (whole.trim() === '^C') {
      steps.push({ kind: 'interrupt', line });
      return;
    }
    const mark = whole[0];
    const rest = whole.slice(2);
    if (mark === '|') {
      const last = steps[steps.length - 1];
      if (last?.kind !== 'command') throw new ScenarioError(line, 'standard input without a command before it');
      steps[steps.length - 1] = { ...last, stdin: `${last.stdin ?? ''}${rest}\n` };
      return;
    }
    if (whole[1] !== ' ') throw new ScenarioError(line, `unknown line: ${whole}; a line begins with one of # @ $ & | ~ ! and a space`);
    if (mark === '@') readSetting(settings, rest, line);
    else if (mark === '$') steps.push({ kind: 'command', line, command: rest.trim() });
    else if (mark === '&') steps.push({ kind: 'command', line, command: rest.trim(), background: true });
    else if (mark === '~') steps.push(readWait(rest.trim(), line));
    else if (mark === '!') {
      const [action, component, target] = rest.trim().split(/\s+/);
      if (!ACTIONS.includes(action) || !component) throw new ScenarioError(line, `unknown fault: ${rest}; write ! stop|start COMPONENT [NODE] or ! cut|heal A B`);
      steps.push({ kind: 'fault', line, action: action as 'stop', component, target: target ?? '' });
    } else throw new ScenarioError(line, `unknown line: ${whole}`);
  });
  return { settings, steps };
}

function readSetting(settings: { nodes: number; cpu: string; memory: string; compare: string[]; other: Record<string, string> }, rest: string, line: number): void {
  const [key, ...values] = rest.trim().split(/\s+/);
  if (key === 'compare') settings.compare.push(...values);
  else if (key === 'nodes') {
    const nodes = Number(values[0]);
    if (!Number.isInteger(nodes) || nodes < 1 || nodes > 5000) throw new ScenarioError(line, `@ nodes takes a whole number from 1 to 5000, got ${values[0] ?? 'nothing'}`);
    settings.nodes = nodes;
  } else if (key === 'cpu' || key === 'memory') settings[key] = values.join(' ');
  else if (key === 'orrery' && values[0] !== '1') throw new ScenarioError(line, `this page reads scenarios of version 1, this one is ${values[0] ?? 'unnamed'}`);
  else settings.other[key] = values.join(' ');
}

function readWait(text: string, line: number): ScenarioStep {
  if (text === 'settle') return { kind: 'settle', line };
  const wait = /^wait (\d{1,6})(s|m)$/.exec(text);
  if (wait) return { kind: 'wait', line, seconds: Number(wait[1]) * (wait[2] === 'm' ? 60 : 1) };
  const until = /^until second (\d{1,2})$/.exec(text);
  if (until) return { kind: 'until', line, second: Number(until[1]) };
  const at = /^at (\d{1,9})(?:\.(\d{1,6}))?s$/.exec(text);
  if (at) return { kind: 'at', line, micros: Number(at[1]) * 1_000_000 + Number((at[2] ?? '').padEnd(6, '0')) };
  throw new ScenarioError(line, `unknown wait: ~ ${text}; write ~ settle, ~ wait 30s, ~ until second 20 or ~ at 1.5s`);
}

/** Writes a scenario back as text. parse(format(s)) equals s but for line numbers. */
export function formatScenario(scenario: Scenario): string {
  const { settings } = scenario;
  const lines = ['@ orrery 1'];
  if (settings.nodes !== 3) lines.push(`@ nodes ${settings.nodes}`);
  if (settings.cpu !== '4') lines.push(`@ cpu ${settings.cpu}`);
  if (settings.memory !== '8Gi') lines.push(`@ memory ${settings.memory}`);
  if (settings.compare.length > 0) lines.push(`@ compare ${settings.compare.join(' ')}`);
  for (const key of Object.keys(settings.other).sort()) if (key !== 'orrery') lines.push(`@ ${key} ${settings.other[key]}`);
  for (const step of scenario.steps) {
    if (step.kind === 'command') {
      lines.push(`${step.background ? '&' : '$'} ${step.command}`);
      if (step.stdin !== undefined) lines.push(...step.stdin.replace(/\n$/, '').split('\n').map((one) => `| ${one}`));
    } else if (step.kind === 'settle') lines.push('~ settle');
    else if (step.kind === 'wait') lines.push(`~ wait ${step.seconds}s`);
    else if (step.kind === 'until') lines.push(`~ until second ${step.second}`);
    else if (step.kind === 'at') lines.push(`~ at ${Math.floor(step.micros / 1_000_000)}.${String(step.micros % 1_000_000).padStart(6, '0')}s`);
    else if (step.kind === 'interrupt') lines.push('^C');
    else lines.push(`! ${step.action} ${step.component}${step.target ? ` ${step.target}` : ''}`);
  }
  return `${lines.join('\n')}\n`;
}
