/** Printers by `<group>/<resource>`; the core group without a prefix. */
import type { Printer } from './printer.ts';

export const PRINTERS: Readonly<Record<string, Printer>> = {};
