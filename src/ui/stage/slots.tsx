// Places on the stage that others fill: the small terminal outside the cluster, and the scheduler's opened table.
import { create } from 'zustand';
import type { ComponentType, JSX } from 'react';
import { You } from './You.tsx';

export interface StageSlots { terminal: ComponentType; scheduler: ComponentType | null }
export const useStageSlots = create<StageSlots>(() => ({ terminal: You, scheduler: null }));
export function TerminalSlot(): JSX.Element { const C = useStageSlots((s) => s.terminal); return <C />; }
export function SchedulerSlot(): JSX.Element | null { const C = useStageSlots((s) => s.scheduler); return C ? <C /> : null; }
