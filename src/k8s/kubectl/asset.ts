/**
 * kubectl is an asset: large, and not needed until the first command. Whoever hosts the engine provides it before an input that needs it is
 * performed; the simulator then finds it in place, synchronously. `eager.ts` provides it at once (tests, the command line).
 */
import { assert } from '../../base/assert.ts';
import type { KubectlArgs } from './kubectl.ts';
import type { KubectlIo } from './session.ts';
import type { Program } from '../../sim/program.ts';

export type Kubectl = (args: KubectlArgs, io: KubectlIo) => Program<number>;
/** Upstream's prose for `kubectl explain`: by the Go type's name and the field ('' for the type itself). */
export type Prose = (type: string, field: string) => string | undefined;

let provided: Kubectl | undefined;
let prose: Prose | undefined;

export function provideKubectl(kubectl: Kubectl): void {
  provided = kubectl;
}

export function provideProse(table: Prose): void {
  prose = table;
}

export function loadedKubectl(): Kubectl {
  assert(provided, 'kubectl was loaded before the input that runs it');
  return provided;
}

export function loadedProse(): Prose | undefined {
  return prose;
}
