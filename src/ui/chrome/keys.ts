// The page's keys: arrows step, space plays, Enter runs the command on offer, I hides the inspector, backtick opens the terminal. Typing into a field keeps its keys.
import { stepBack, stepForward, toggle } from '../stores/clock.ts';
import { setView, useView } from '../stores/view.ts';

const TYPING = 'input, textarea, select, [contenteditable="true"], [role="slider"], [role="separator"], [role="textbox"], .tty';
export function startKeys(): void {
  window.addEventListener('keydown', (e: KeyboardEvent) => {
    const el = e.target instanceof Element ? e.target : null;
    if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || el?.closest(TYPING)) return;
    const s = useView.getState(), on = el?.closest('button, a') !== null && el !== null;
    switch (e.key) {
      case 'ArrowRight': e.preventDefault(); stepForward(); break;
      case 'ArrowLeft': e.preventDefault(); stepBack(); break;
      // the one command on offer says so with its key
      case 'Enter': if (on) return; document.querySelector<HTMLButtonElement>('.you-run')?.click(); break;
      case ' ': if (on) return; e.preventDefault(); toggle(); break;
      case '1': case '2': case '3': case '4': case '5': case '6': document.querySelectorAll<HTMLButtonElement>('.predict button:not(:disabled)')[Number(e.key) - 1]?.click(); break;
      case 'i': case 'I': setView({ inspector: !s.inspector }); break;
      case 't': case 'T': setView({ timeline: !s.timeline }); break;
      case '`': e.preventDefault(); setView({ terminal: !s.terminal }); break;
      case 'Escape': if (s.panel !== null) setView({ panel: null }); else if (s.inspector) setView({ inspector: false }); break;
      default:
    }
  });
}
