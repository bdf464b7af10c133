/** The library of scenarios, in the order in which they are shown. */
import { CRASH_LOOP } from './crash-loop.ts';
import { DRAIN } from './drain.ts';
import type { LibraryEntry } from './entry.ts';
import { IMAGE_PULL } from './image-pull.ts';
import { NODE_LOSS } from './node-loss.ts';
import { PENDING_PODS } from './pending-pods.ts';
import { QUOTA } from './quota.ts';
import { ROLLING_UPDATE } from './rolling-update.ts';
import { SCHEDULER_DOWN } from './scheduler-down.ts';
import { SELF_HEALING } from './self-healing.ts';

export const LIBRARY: readonly LibraryEntry[] = [ROLLING_UPDATE, SELF_HEALING, CRASH_LOOP, IMAGE_PULL, PENDING_PODS, QUOTA, NODE_LOSS, DRAIN, SCHEDULER_DOWN];
