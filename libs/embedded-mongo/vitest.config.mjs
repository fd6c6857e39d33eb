import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.spec.ts', 'test/**/*.spec.ts'],
    pool: 'forks',
    // Many wait for checkpoints and for processes of their own, so that two cores have time for a third.
    maxWorkers: 3,
    // A process for each of eighty files takes longer to start than most of them to run; they share nothing but modules.
    isolate: false,
    testTimeout: 90_000,
    hookTimeout: 90_000,
  },
});
