/** All lessons, in the order in which they are offered. A new lesson is one file and one line here. */
import type { Lesson } from '../lesson.ts';
import { createDeployment } from './create-deployment.ts';

export const LESSONS: readonly Lesson[] = [createDeployment];

export function lessonById(id: string): Lesson | undefined {
  return LESSONS.find((lesson) => lesson.id === id);
}
