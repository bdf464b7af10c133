/** All commands, in the groups of `kubectl --help`. Upstream: k8s.io/kubectl/pkg/cmd/cmd.go */
import { API_COMMANDS } from './api-resources.ts';
import { APPLY } from './apply.ts';
import { AUTH } from './auth.ts';
import { CLUSTER_INFO, CONFIG, TOP, VERSION_COMMAND } from './config.ts';
import { CREATE } from './create.ts';
import { DELETE } from './delete.ts';
import { DESCRIBE_COMMAND } from './describe.ts';
import { CORDON_COMMANDS } from './drain.ts';
import { EVENTS_COMMAND } from './events.ts';
import { EXPLAIN } from './explain.ts';
import { AUTOSCALE_COMMAND, EXPOSE_COMMAND } from './expose.ts';
import { GET } from './get.ts';
import { ANNOTATE, LABEL_COMMAND } from './label.ts';
import { LOGS } from './logs.ts';
import { PATCH } from './patch.ts';
import { DIFF, REPLACE_COMMAND } from './replace.ts';
import { ROLLOUT } from './rollout.ts';
import { RUN } from './run.ts';
import { SCALE } from './scale.ts';
import type { Command } from './session.ts';
import { SET } from './set.ts';
import { TAINT } from './taint.ts';
import { WAIT } from './wait.ts';

export interface CommandGroup { readonly title: string; readonly commands: readonly Command[] }

export const GROUPS: readonly CommandGroup[] = [
  { title: 'Basic Commands (Beginner):', commands: [CREATE, EXPOSE_COMMAND, RUN, SET] },
  { title: 'Basic Commands (Intermediate):', commands: [EXPLAIN, GET, DELETE] },
  { title: 'Deploy Commands:', commands: [ROLLOUT, SCALE, AUTOSCALE_COMMAND] },
  { title: 'Cluster Management Commands:', commands: [CLUSTER_INFO, TOP, ...CORDON_COMMANDS, TAINT] },
  { title: 'Troubleshooting and Debugging Commands:', commands: [DESCRIBE_COMMAND, LOGS, AUTH, EVENTS_COMMAND] },
  { title: 'Advanced Commands:', commands: [DIFF, APPLY, PATCH, REPLACE_COMMAND, WAIT] },
  { title: 'Settings Commands:', commands: [LABEL_COMMAND, ANNOTATE] },
  { title: 'Other Commands:', commands: [...API_COMMANDS, CONFIG, VERSION_COMMAND] },
];

export const COMMANDS: readonly Command[] = GROUPS.flatMap((g) => g.commands);
