/** One run of our engine: `drive.ts URL`. Prints the figures of response time. */
import { runLoad } from '@amdahl/load';
import { Histogram } from '@amdahl/metrics';
import { ratePerSecond } from '@amdahl/load/self-test/known-latency';
import { durationSeconds } from './duration.ts';

const { total, counts } = await runLoad({
  baseUrl: process.argv[2] ?? '',
  scenario: {
    kind: 'requests',
    thinkTimeMs: 0,
    requests: [{ name: '/', method: 'GET', paths: ['/'], weight: 1 }],
  },
  profile: {
    model: 'open',
    arrivals: [
      {
        fromPerSecond: ratePerSecond,
        toPerSecond: ratePerSecond,
        duration: `${durationSeconds}s`,
      },
    ],
  },
});
const histogram = Histogram.fromBase64(total.responseTime);
const at = (percentile: number): number => histogram.valueAtPercentile(percentile) / 1_000;
process.stdout.write(
  JSON.stringify({
    requests: counts.succeeded,
    p50: at(50),
    p90: at(90),
    p99: at(99),
    p999: at(99.9),
    mean: histogram.mean / 1_000,
  }),
);
