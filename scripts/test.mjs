import { randomInt } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, main, root, run, step } from './workspace.mjs';

/**
 * `npm test`: every suite, one after the other, each with its own runner and its own output; the last line sums them
 * up. A suite that dies before it can report counts as one failure. Names on the command line choose suites.
 */
const reports = mkdtempSync(join(tmpdir(), 'parlance-test-'));
const report = (name) => join(reports, `${name}.json`);
const bin = (name) => join(root, 'node_modules', '.bin', name);

/** Jest and Vitest write the same totals. */
const jestTotals = ({ numPassedTests, numFailedTests, numFailedTestSuites = 0, testResults, numPendingTests }) => ({
  passed: numPassedTests,
  // A file that could not even be loaded has no test to fail: it counts as one.
  failed:
    numFailedTests +
    (numFailedTests === 0
      ? (testResults?.filter((file) => file.status === 'failed').length ?? numFailedTestSuites)
      : 0),
  skipped: numPendingTests,
});

const faultsSeed = process.env.FAULTS_SEED ?? String(randomInt(1, 2 ** 31));
const chromium = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

const suites = [
  {
    name: 'embedded-mongo',
    run: () =>
      run(bin('vitest'), ['run', '--reporter=default', '--reporter=json', `--outputFile=${report('embedded-mongo')}`], {
        cwd: join(root, 'libs/embedded-mongo'),
        allowFailure: true,
      }),
    totals: jestTotals,
  },
  {
    name: 'api',
    run: () =>
      run(bin('jest'), ['--json', `--outputFile=${report('api')}`, '--testLocationInResults=false', '--maxWorkers=2'], {
        cwd: join(root, 'api'),
        env: { NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning' },
        allowFailure: true,
      }),
    totals: jestTotals,
  },
  {
    name: 'web',
    run: () =>
      run(
        bin('ng'),
        ['test', 'web', '--watch=false', '--reporters=json', '--reporters=default', `--output-file=${report('web')}`],
        {
          env: { NG_CLI_ANALYTICS: 'false' },
          allowFailure: true,
        },
      ),
    totals: jestTotals,
  },
  {
    name: 'faults',
    note: `seed ${faultsSeed}; again with FAULTS_SEED=${faultsSeed} npm test faults`,
    run: () =>
      run(
        bin('vitest'),
        [
          ...['run', '--config', 'test/faults/vitest.config.ts'],
          ...['--reporter=default', '--reporter=json', `--outputFile=${report('faults')}`],
        ],
        { env: { FAULTS_SEED: faultsSeed }, allowFailure: true },
      ),
    totals: jestTotals,
  },
  {
    name: 'e2e',
    missing: () =>
      existsSync(chromium)
        ? undefined
        : `there is no browser at ${chromium}; install Debian's chromium or set CHROMIUM_PATH`,
    run: () =>
      run(bin('playwright'), ['test', '--config', 'e2e/playwright.config.ts'], {
        env: { PLAYWRIGHT_JSON_OUTPUT_NAME: report('e2e'), CHROMIUM_PATH: chromium },
        allowFailure: true,
      }),
    totals: ({ stats }) => ({ passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped }),
  },
];

function totalsOf({ name, totals }, exitCode) {
  if (!existsSync(report(name))) return { passed: 0, failed: 1, skipped: 0 };
  const sum = totals(JSON.parse(readFileSync(report(name), 'utf8')));
  return exitCode !== 0 && sum.failed === 0 ? { ...sum, failed: 1 } : sum;
}

await main(async () => {
  const chosen = process.argv.slice(2);
  await ensureInstalled();
  await ensureBuilt();

  const sum = { passed: 0, failed: 0, skipped: 0 };
  const lines = [];
  for (const suite of suites) {
    if (chosen.length > 0 && !chosen.includes(suite.name)) continue;
    const missing = suite.missing?.();
    if (missing) {
      sum.skipped += 1;
      lines.push(`${suite.name}: skipped, ${missing}`);
      continue;
    }
    const totals = totalsOf(
      suite,
      await step(suite.note ? `Suite ${suite.name} (${suite.note})` : `Suite ${suite.name}`, suite.run),
    );
    for (const key of Object.keys(sum)) sum[key] += totals[key] ?? 0;
    lines.push(`${suite.name}: ${totals.passed} passed, ${totals.failed} failed, ${totals.skipped ?? 0} skipped`);
  }
  rmSync(reports, { recursive: true, force: true });

  process.stdout.write(`\n${lines.join('\n')}\n\n`);
  const skipped = sum.skipped > 0 ? `, ${sum.skipped} skipped` : '';
  process.stdout.write(`${sum.passed} passed, ${sum.failed} failed${skipped}\n`);
  process.exitCode = sum.failed > 0 || sum.passed === 0 ? 1 : 0;
});
