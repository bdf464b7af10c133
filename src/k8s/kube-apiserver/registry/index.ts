/** Strategies by `<group>/<resource>` (the core group without a prefix). Kinds that are missing use the default. */
import { APPS } from './apps.ts';
import { CORE } from './core.ts';
import { OTHERS } from './others.ts';
import type { Strategy } from './strategy.ts';

export const STRATEGIES: Readonly<Record<string, Strategy>> = { ...CORE, ...APPS, ...OTHERS };
