import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['src/**/*.test.ts', 'src/**/*.test.tsx'], environment: 'node', setupFiles: ['src/testing/setup.ts'], pool: 'threads', maxWorkers: 2, testTimeout: 20_000 },
});
