import { expect, it } from 'vitest';
import { parseScenario } from '../scenario.ts';
import { LIBRARY } from './index-by-id.ts';

it('every scenario of the library can be read, does something, and has a name of its own', () => {
  for (const entry of LIBRARY) expect(parseScenario(entry.text).steps.length, entry.id).toBeGreaterThan(1);
  expect(new Set(LIBRARY.map((entry) => entry.id)).size).toBe(LIBRARY.length);
});
