import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled, main, root, run } from './workspace.mjs';

/**
 * `npm run test:faults`: the long tier of the fault suite. `--seed 7` plays a run again, `--case "disk full"` only the
 * cases whose name has these words.
 */
await main(async () => {
  const { values } = parseArgs({ options: { seed: { type: 'string' }, case: { type: 'string' } } });
  await ensureInstalled();
  await ensureBuilt(['contracts', 'embedded-mongo', 'api']);
  const seed = values.seed ?? String(randomInt(1, 2 ** 31));
  process.stdout.write(`Seed ${seed}: again with --seed ${seed}\n`);
  const chosen = values.case ? ['-t', values.case] : [];
  process.exitCode = await run(
    join(root, 'node_modules', '.bin', 'vitest'),
    ['run', '--config', 'test/faults/vitest.config.ts', '--reporter=verbose', ...chosen],
    { env: { FAULTS_SEED: seed, FAULTS_TIER: 'long' }, allowFailure: true },
  );
});
