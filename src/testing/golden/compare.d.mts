export type Score = 'strict' | 'relaxed' | 'final' | 'managers' | 'order' | 'events' | 'messages' | 'output' | 'placement';
export const SCORES: readonly Score[];
export interface Difference { readonly role: string; readonly kind: string; readonly weight: number; readonly text: string }
/** Scores from 0 to 1. */
export function compareRun(run: unknown, real: readonly unknown[], options?: { readonly differences?: boolean }): { readonly scores: Readonly<Record<Score, number>>; readonly differences: readonly Difference[] };
