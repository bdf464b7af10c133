// The camera's move when something is opened beside or on the stage: every box goes from where it stood to where it will stand, in 220 ms. Loaded after the page works.
import { animate } from 'framer-motion/dom';

let stop: (() => void) | null = null;
/** Calls `at` with 0..1 until it is 1. A new move takes over from the old one. */
export function glide(at: (k: number) => void): void {
  stop?.();
  const run = animate(0, 1, { duration: 0.22, ease: [0.4, 0.1, 0.3, 1], onUpdate: at });
  stop = () => run.stop();
}
