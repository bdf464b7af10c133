import type { AdmissionCase, CaseAnswer } from '../admission-cases.ts';

export type Mark = 'code' | 'reason' | 'message' | 'causes' | 'object' | 'warnings';
export interface Totals extends Readonly<Record<Mark, readonly [right: number, all: number]>> { readonly cases: number; readonly answered: number; readonly pass: number }
export interface Scored { readonly c: AdmissionCase; readonly s: { readonly pass: boolean; readonly why: readonly (readonly [path: string, wanted: unknown, got: unknown])[] } & Readonly<Partial<Record<Mark, boolean>>> }
export function score(cases: readonly AdmissionCase[], results: readonly CaseAnswer[]): readonly Scored[];
export function totals(rows: readonly Scored[]): Totals;
