import { randomInt } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jestReport, playwrightReport } from './test-reports.mjs';
import { ensureBuilt, ensureInstalled, main, root, run, step } from './workspace.mjs';

/**
 * `npm test`: every suite, one after the other, each with its own runner and its own output; the last line sums them
 * up. A suite that dies before it can report counts as one failure. Names on the command line choose suites.
 */
const reports = mkdtempSync(join(tmpdir(), 'parlance-test-'));
const report = (name) => join(reports, `${name}.json`);
const bin = (name) => join(root, 'node_modules', '.bin', name);

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
    read: jestReport,
  },
  {
    name: 'api',
    run: () =>
      run(bin('jest'), ['--json', `--outputFile=${report('api')}`, '--testLocationInResults=false', '--maxWorkers=2'], {
        cwd: join(root, 'api'),
        env: { NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning' },
        allowFailure: true,
      }),
    read: jestReport,
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
    read: jestReport,
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
    read: jestReport,
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
    read: playwrightReport,
  },
];

const indented = (text) => text.replace(/^/gm, '    ');

function outcomeOf({ name, read }, exitCode) {
  const silent = { name: 'the suite itself', reason: `It ended with code ${exitCode}; see its output above.` };
  if (!existsSync(report(name))) return { passed: 0, failed: 1, skipped: 0, failures: [silent] };
  const outcome = read(JSON.parse(readFileSync(report(name), 'utf8')));
  return exitCode !== 0 && outcome.failed === 0
    ? { ...outcome, failed: 1, failures: [...outcome.failures, silent] }
    : outcome;
}

await main(async () => {
  const chosen = process.argv.slice(2);
  await ensureInstalled();
  await ensureBuilt();

  const sum = { passed: 0, failed: 0, skipped: 0 };
  const lines = [];
  // Told once more at the end, for whoever has only the last part of a long output.
  const failures = [];
  for (const suite of suites) {
    if (chosen.length > 0 && !chosen.includes(suite.name)) continue;
    const missing = suite.missing?.();
    if (missing) {
      sum.skipped += 1;
      lines.push(`${suite.name}: skipped, ${missing}`);
      continue;
    }
    const outcome = outcomeOf(
      suite,
      await step(suite.note ? `Suite ${suite.name} (${suite.note})` : `Suite ${suite.name}`, suite.run),
    );
    for (const key of Object.keys(sum)) sum[key] += outcome[key];
    for (const { name, reason } of outcome.failures)
      failures.push(`FAILED ${suite.name}: ${name}\n${indented(reason)}\n`);
    lines.push(`${suite.name}: ${outcome.passed} passed, ${outcome.failed} failed, ${outcome.skipped} skipped`);
  }
  rmSync(reports, { recursive: true, force: true });

  process.stdout.write(`\n${[...failures, ...lines].join('\n')}\n\n`);
  const skipped = sum.skipped > 0 ? `, ${sum.skipped} skipped` : '';
  process.stdout.write(`${sum.passed} passed, ${sum.failed} failed${skipped}\n`);
  process.exitCode = sum.failed > 0 || sum.passed === 0 ? 1 : 0;
});
