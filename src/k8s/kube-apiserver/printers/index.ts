/** Printers by `<group>/<resource>`; the core group without a prefix. */
import { CORE_PRINTERS } from './core.ts';
import { OTHER_PRINTERS } from './others.ts';
import type { Printer } from './printer.ts';
import { WORKLOAD_PRINTERS } from './workloads.ts';

export const PRINTERS: Readonly<Record<string, Printer>> = { ...CORE_PRINTERS, ...WORKLOAD_PRINTERS, ...OTHER_PRINTERS };
