import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['src/**/*.test.ts', 'src/**/*.test.tsx'], environment: 'node', pool: 'threads', maxWorkers: 2, testTimeout: 20_000 },
});
