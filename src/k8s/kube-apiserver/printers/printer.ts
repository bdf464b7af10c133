/** What a printer is: the cells of one object, in the order of the kind's columns. `now` in microseconds of virtual time. */
import type { KubeObject } from '../../api/types.ts';

export type Cell = string | number | boolean | null;
export type Printer = (object: KubeObject, now: number) => readonly Cell[];
