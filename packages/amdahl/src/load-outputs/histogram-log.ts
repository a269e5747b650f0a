import type { MeasuredSecond } from '@amdahl/load';
import type { LoadOutput } from './load-output.ts';
import type { TextFile } from './text-file.ts';

const columns = [
  '"StartTimestamp"',
  '"Interval_Length"',
  '"Interval_Max"',
  '"Interval_Compressed_Histogram"',
];

/**
 * The response times as an HdrHistogram interval log, one interval a second, for the tools that read
 * it (https://github.com/HdrHistogram/HdrHistogram, HistogramLogWriter). Values are microseconds, so
 * those tools show milliseconds with an output value unit ratio of 1000; times are seconds since 1970.
 */
export function histogramLog(file: TextFile): LoadOutput {
  file.line('#[Histogram log format version 1.3]');
  file.line('#[Values are microseconds]');
  let started = false;
  return {
    second: ({ fromEpochMs, responseTime }: MeasuredSecond) => {
      const fromSeconds = (fromEpochMs / 1_000).toFixed(3);
      if (!started) {
        const date = new Date(fromEpochMs).toISOString();
        file.line(`#[StartTime: ${fromSeconds} (seconds since epoch), ${date}]`);
        file.line(columns.join(','));
        started = true;
      }
      const maxMs = (responseTime.max / 1_000).toFixed(3);
      file.line(`${fromSeconds},1.000,${maxMs},${responseTime.toBase64()}`);
    },
    end: () => file.end(),
  };
}
