import { join } from 'node:path';
import { StepFailed, ensureBuilt, ensureInstalled, main, root, run, step } from './workspace.mjs';

/**
 * `npm run test:long`: the tests of the embedded store that find more the longer they run. Names on the command line
 * choose some of them. `CRASH_SEED` and `MODEL_SEED` give other random choices; each test tells its own.
 */
const tiers = [
  { name: 'fuzz', what: '50,000 mutated frames and as many mutated commands', minutes: 1, file: 'test/wire.spec.ts' },
  { name: 'kills', what: '100 kills and 300 damaged copies of the file', minutes: 5, file: 'test/crash/crash.spec.ts' },
  { name: 'power', what: '200 failures of the power in a traced run', minutes: 3, file: 'test/crash/power.spec.ts' },
  {
    name: 'exports',
    what: 'exports killed at every step and begun again',
    minutes: 1,
    file: 'test/tools/resuming.spec.ts',
  },
  { name: 'model', what: '1,000,000 operations beside a model', minutes: 15, file: 'test/model/model.spec.ts' },
];

await main(async () => {
  const chosen = process.argv.slice(2);
  const unknown = chosen.find((name) => !tiers.some((tier) => tier.name === name));
  if (unknown)
    throw new StepFailed(`There is no long test "${unknown}"; there are ${tiers.map(({ name }) => name).join(', ')}.`);
  const planned = tiers.filter(({ name }) => chosen.length === 0 || chosen.includes(name));
  process.stdout.write('Planned, with minutes on two cores:\n');
  for (const { name, what, minutes } of planned) process.stdout.write(`  ${name.padEnd(7)} ${what} (${minutes})\n`);
  await ensureInstalled();
  await ensureBuilt(['embedded-mongo']);

  const failed = [];
  for (const { name, what, file } of planned) {
    const code = await step(`${name}: ${what}`, () =>
      run(join(root, 'node_modules/.bin/vitest'), ['run', file], {
        cwd: join(root, 'libs/embedded-mongo'),
        env: { LONG: '1' },
        allowFailure: true,
      }),
    );
    if (code !== 0) failed.push(name);
  }
  process.stdout.write(failed.length > 0 ? `\nFailed: ${failed.join(', ')}\n` : `\nAll ${planned.length} passed\n`);
  process.exitCode = failed.length > 0 ? 1 : 0;
});
