/** All lessons, in the order in which they are offered; a scenario of the library has the lesson of its name. A new lesson is one file and one line here. */
import type { Lesson } from '../lesson.ts';
import { crashLoop } from './crash-loop.ts';
import { createDeployment } from './create-deployment.ts';
import { drain } from './drain.ts';
import { imagePull } from './image-pull.ts';
import { nodeLoss } from './node-loss.ts';
import { pendingPods } from './pending-pods.ts';
import { quota } from './quota.ts';
import { rollingUpdate } from './rolling-update.ts';
import { schedulerDown } from './scheduler-down.ts';
import { selfHealing } from './self-healing.ts';

export const LESSONS: readonly Lesson[] = [createDeployment, rollingUpdate, selfHealing, crashLoop, imagePull, pendingPods, quota, nodeLoss, drain, schedulerDown];

export function lessonById(id: string): Lesson | undefined {
  return LESSONS.find((lesson) => lesson.id === id);
}
