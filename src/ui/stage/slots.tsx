// Places on the stage that others fill: the small terminal outside the cluster, and the scheduler's opened table.
import { lazy, Suspense } from 'react';
import { create } from 'zustand';
import type { ComponentType, JSX } from 'react';
import { You } from './You.tsx';

export interface StageSlots { terminal: ComponentType; scheduler: ComponentType }
// the table is opened on demand, so it is loaded on demand
export const useStageSlots = create<StageSlots>(() => ({ terminal: You, scheduler: lazy(() => import('./CycleTable.tsx')) }));
export function TerminalSlot(): JSX.Element { const C = useStageSlots((s) => s.terminal); return <C />; }
export function SchedulerSlot(): JSX.Element { const C = useStageSlots((s) => s.scheduler); return <Suspense fallback={null}><C /></Suspense>; }
