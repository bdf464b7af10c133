import { createDeployment } from '../lesson/catalog/create-deployment.ts';
import type { Lesson } from '../lesson/lesson.ts';

/** The lesson of that name; all but the first one are loaded when they are asked for. */
export async function findLesson(id: string | undefined): Promise<Lesson | undefined> {
  if (id === undefined) return undefined;
  return id === createDeployment.id ? createDeployment : (await import('../lesson/catalog/index-by-id.ts')).lessonById(id);
}
