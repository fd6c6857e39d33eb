import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  test: {
    include: ['cases/*.spec.ts'],
    pool: 'forks',
    maxWorkers: 2,
    maxConcurrency: 2,
    // What the devices hold is measured, too.
    execArgv: ['--expose-gc'],
    // A case has bounds of its own for everything that it waits for; this one is for the day on which they fail.
    testTimeout: process.env['FAULTS_TIER'] === 'long' ? 900_000 : 300_000,
    hookTimeout: 60_000,
  },
});
