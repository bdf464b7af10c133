// A draggable edge between two panels, with the keyboard too.
import type { JSX } from 'react';

export function Divider({ name, vertical, value, min, max, set, from }: { name: string; vertical: boolean; value: number; min: number; max: number; set: (v: number) => void; /** Grows against the pointer's direction (panel on the right or below). */ from: 'end' | 'start' }): JSX.Element {
  const clamp = (v: number): number => Math.max(min, Math.min(max, Math.round(v))), sign = from === 'end' ? -1 : 1;
  return (
    <div role="separator" tabIndex={0} aria-orientation={vertical ? 'vertical' : 'horizontal'} aria-label={name} aria-valuenow={value} aria-valuemin={min} aria-valuemax={max} className={`divider ${vertical ? 'v' : 'h'}`}
      onPointerDown={(e) => { const start = vertical ? e.clientX : e.clientY, at = value, el = e.currentTarget; el.setPointerCapture(e.pointerId); const go = (m: PointerEvent): void => set(clamp(at + sign * ((vertical ? m.clientX : m.clientY) - start))); const end = (): void => { el.removeEventListener('pointermove', go); el.removeEventListener('pointerup', end); }; el.addEventListener('pointermove', go); el.addEventListener('pointerup', end); }}
      onKeyDown={(e) => { const d = { ArrowLeft: -16, ArrowUp: -16, ArrowRight: 16, ArrowDown: 16 }[e.key]; if (d !== undefined) { e.preventDefault(); e.stopPropagation(); set(clamp(value + sign * d)); } }} />
  );
}
