/** All commands, in the groups of `kubectl --help`. Upstream: k8s.io/kubectl/pkg/cmd/cmd.go */
import { APPLY } from './apply.ts';
import { CREATE } from './create.ts';
import { DELETE } from './delete.ts';
import { DESCRIBE_COMMAND } from './describe.ts';
import { GET } from './get.ts';
import { ANNOTATE, LABEL_COMMAND } from './label.ts';
import { ROLLOUT } from './rollout.ts';
import { RUN } from './run.ts';
import { SCALE } from './scale.ts';
import type { Command } from './session.ts';
import { SET } from './set.ts';

export interface CommandGroup { readonly title: string; readonly commands: readonly Command[] }

export const GROUPS: readonly CommandGroup[] = [
  { title: 'Basic Commands (Beginner):', commands: [CREATE, RUN, SET] },
  { title: 'Basic Commands (Intermediate):', commands: [GET, DELETE] },
  { title: 'Deploy Commands:', commands: [ROLLOUT, SCALE] },
  { title: 'Troubleshooting and Debugging Commands:', commands: [DESCRIBE_COMMAND] },
  { title: 'Advanced Commands:', commands: [APPLY] },
  { title: 'Settings Commands:', commands: [LABEL_COMMAND, ANNOTATE] },
];

export const COMMANDS: readonly Command[] = GROUPS.flatMap((g) => g.commands);
