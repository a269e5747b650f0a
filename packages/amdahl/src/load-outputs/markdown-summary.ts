import { formatMs, Histogram } from '@amdahl/metrics';
import { formatCount, formatShare } from '../wording.ts';
import type { LoadOutput } from './load-output.ts';
import type { LoadRun } from './load-run.ts';
import { formatFound } from './objective-figure.ts';
import type { TextFile } from './text-file.ts';

/** The run in GitHub-flavoured Markdown, for a comment or a job's summary. */
export function markdownSummary(file: TextFile): LoadOutput {
  return {
    end: async (run) => {
      if (run !== undefined) file.line(markdownOf(run));
      await file.end();
    },
  };
}

export function markdownOf({ result, verdict }: LoadRun): string {
  const { counts, measuredMs, objectives = [], checks, requests, total } = result;
  const done = counts.succeeded + counts.failed;
  const rate = formatCount((done / Math.max(1, measuredMs)) * 1_000);
  const failedShare = formatShare(counts.failed / Math.max(1, done));
  const reasons = verdict.reasons.map(({ message, next }) => `> - ${message} ${next}`);
  return [
    `## Load run: ${verdict.kind}`,
    '',
    `${formatCount(done)} requests to ${result.baseUrl} in ${formatMs(measuredMs)}, ${rate}/s, ${failedShare} failed. Response times count from the intended start.`,
    ...(reasons.length === 0 ? [] : ['', ...reasons]),
    ...table(
      ['', 'objective', 'found'],
      objectives.map((outcome) => [
        outcome.met ? '✔' : '✖',
        `\`${outcome.objective.text}\``,
        formatFound(outcome),
      ]),
    ),
    ...(result.hopeless === undefined
      ? []
      : ['', `Stopped early: \`${result.hopeless}\` could not be met any more.`]),
    ...table(
      ['request', 'count', 'failed', 'p50', 'p95', 'p99'],
      [...requests, { name: '**all**', count: done, failed: counts.failed, ...total }].map(
        ({ name, count, failed, responseTime }) => {
          const times = Histogram.fromBase64(responseTime);
          const at = (percentile: number): string =>
            formatMs(times.valueAtPercentile(percentile) / 1_000);
          return [cell(name), formatCount(count), formatCount(failed), at(50), at(95), at(99)];
        },
      ),
    ),
    ...table(
      ['', 'check', 'passed'],
      checks.map(({ name, passed, failed }) => [
        failed === 0 ? '✔' : '✖',
        cell(name),
        `${formatCount(passed)} of ${formatCount(passed + failed)}`,
      ]),
    ),
    ...table(
      ['error', 'request', 'count'],
      requests.flatMap(({ name, errorDetails = {} }) =>
        Object.entries(errorDetails).map(([error, count]) => [
          cell(error),
          cell(name),
          formatCount(count),
        ]),
      ),
    ),
  ].join('\n');
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return ['', line(header), line(header.map(() => '---')), ...rows.map(line)];
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
}
