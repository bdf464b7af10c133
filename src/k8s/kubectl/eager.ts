/** Loads kubectl and provides it. Import it for its effect, or dynamically when it is first needed. */
import { provideKubectl } from './asset.ts';
import { kubectl } from './kubectl.ts';

provideKubectl(kubectl);
