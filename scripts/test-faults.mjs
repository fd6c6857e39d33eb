import { randomInt } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled, main, root, run, StepFailed } from './workspace.mjs';

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
  // Vitest takes a pattern; a name is a name.
  const chosen = values.case ? ['-t', values.case.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')] : [];
  const folder = mkdtempSync(join(tmpdir(), 'parlance-faults-report-'));
  const report = join(folder, 'report.json');
  try {
    process.exitCode = await run(
      join(root, 'node_modules', '.bin', 'vitest'),
      [
        ...['run', '--config', 'test/faults/vitest.config.ts', '--reporter=verbose'],
        ...['--reporter=json', `--outputFile.json=${report}`, ...chosen],
      ],
      { env: { FAULTS_SEED: seed, FAULTS_TIER: 'long' }, allowFailure: true },
    );
    const { numTotalTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'));
    // Vitest is content when nothing was run.
    if (numTotalTests === numPendingTests) throw new StepFailed(`No case has "${values.case}" in its name.`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
