import type { MeasuredSecond } from '@amdahl/load';
import type { LoadOutput } from './load-output.ts';
import type { TextFile } from './text-file.ts';

const columns = [
  'epoch_ms',
  'offset_ms',
  'done',
  'failed',
  'in_flight',
  'p50_ms',
  'p90_ms',
  'p95_ms',
  'p99_ms',
  'max_ms',
];

/** The time series as comma-separated values, one line a second. */
export function timeSeriesCsv(file: TextFile): LoadOutput {
  file.line(columns.join(','));
  return {
    second: ({ second, fromEpochMs, responseTime }: MeasuredSecond) => {
      const at = (percentile: number): number => responseTime.valueAtPercentile(percentile) / 1_000;
      const { atMs, done, failed, inFlight } = second;
      const figures = [at(50), at(90), at(95), at(99), second.maxMs];
      file.line([Math.round(fromEpochMs), atMs, done, failed, inFlight, ...figures].join(','));
    },
    end: () => file.end(),
  };
}
