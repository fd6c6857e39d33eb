import { basename } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/**
 * What the runners' JSON reports say, in one form: `{ passed, failed, skipped, failures }`, where `failures` has a name
 * and the beginning of the reason for everything that failed.
 */

/** Lines of a reason; the whole stands further up, in the runner's own output. */
const REASON_LINES = 8;

const beginningOf = (text = '') =>
  stripVTControlCharacters(text)
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\s+at .*(node_modules|node:internal|<anonymous>)/.test(line))
    .slice(0, REASON_LINES)
    .join('\n');

/** Of Jest or Vitest, which write the same. */
export function jestReport({ numPassedTests, numFailedTests, numPendingTests, testResults }) {
  const isFailed = ({ status }) => status === 'failed';
  const failedTests = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.filter(isFailed).map(({ fullName, failureMessages }) => ({
      name: `${basename(name)}: ${fullName}`,
      reason: beginningOf(failureMessages.join('\n')),
    })),
  );
  // A file that could not even be loaded, or begun, has no test that failed: it counts as one.
  const failedFiles = testResults
    .filter(({ status, assertionResults }) => status === 'failed' && !assertionResults.some(isFailed))
    .map(({ name, message }) => ({ name: basename(name), reason: beginningOf(message) }));
  return {
    passed: numPassedTests,
    failed: numFailedTests + failedFiles.length,
    skipped: numPendingTests,
    failures: [...failedTests, ...failedFiles],
  };
}

/** Of Playwright. What passed only at a second try has failed. */
export function playwrightReport({ stats, suites, errors }) {
  const specsOf = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specsOf)];
  const isFailed = ({ tests }) => tests.some(({ status }) => status === 'unexpected' || status === 'flaky');
  const failedSpecs = suites
    .flatMap(specsOf)
    .filter(isFailed)
    .map(({ file, title, tests }) => ({
      name: `${file}: ${title}`,
      reason: beginningOf(
        tests
          .flatMap(({ results }) => results.flatMap((result) => result.errors.map(({ message }) => message)))
          .join('\n'),
      ),
    }));
  const outside = errors.map(({ message }) => ({ name: 'outside of any test', reason: beginningOf(message) }));
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky,
    skipped: stats.skipped,
    failures: [...failedSpecs, ...outside],
  };
}
