/**
 * Prints the count of a Vitest JSON report as `N passed, N failed, N skipped`. With `--no-skips`,
 * names every skipped test and fails when there is one.
 */
import { readFile } from 'node:fs/promises';

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

const [file, ...flags] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: test-count.ts <vitest-report.json> [--no-skips]');

const report = JSON.parse(await readFile(file, 'utf8')) as Report;
const tests = report.testResults.flatMap((suite) => suite.assertionResults);
const skipped = tests.filter((test) => !['passed', 'failed'].includes(test.status));
// A suite that fails before its first test has no test to count: it counts as one failure.
const brokenSuites = report.testResults.filter(
  (suite) => suite.status === 'failed' && suite.assertionResults.length === 0,
);
const passed = tests.filter((test) => test.status === 'passed').length;
const failed = tests.filter((test) => test.status === 'failed').length + brokenSuites.length;

if (flags.includes('--no-skips')) {
  for (const test of skipped) process.stdout.write(`skipped: ${test.fullName}\n`);
}
process.stdout.write(`${passed} passed, ${failed} failed, ${skipped.length} skipped\n`);
if (failed > 0 || (flags.includes('--no-skips') && skipped.length > 0)) process.exitCode = 1;
