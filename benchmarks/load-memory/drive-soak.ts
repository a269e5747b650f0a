/**
 * Holds a rate and samples its own memory every second of the measured time:
 * `drive-soak.ts URL REQUESTS_PER_SECOND WARMUP_SECONDS SECONDS`.
 */
import { memoryUsage } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { judge, runLoad } from '@amdahl/load';
import { residentBytes, workerHeap } from './own-memory.ts';

const [baseUrl = '', rate, warmupSeconds, seconds] = process.argv.slice(2);

const run = runLoad({
  baseUrl,
  scenario: {
    kind: 'requests',
    thinkTimeMs: 0,
    requests: [{ name: '/', method: 'GET', paths: ['/'], weight: 1 }],
  },
  profile: {
    model: 'open',
    arrivals: [
      {
        fromPerSecond: Number(rate),
        toPerSecond: Number(rate),
        duration: `${Number(seconds)}s`,
      },
    ],
    warmup: `${Number(warmupSeconds)}s`,
    maxUsers: 1_000,
  },
});
const over = new AbortController();
void run.finally(() => over.abort()).catch(() => undefined);
const beganMs = performance.now();
const at = (second: number): Promise<void> =>
  sleep(Math.max(0, beganMs + second * 1_000 - performance.now()));

await Promise.race([at(Number(warmupSeconds)), run]);
const collectedBefore = (await workerHeap('collected')).heapBytes;
const samples: object[] = [];
// The last seconds are left to the end of the run.
for (let second = 1; second <= Number(seconds) - 3 && !over.signal.aborted; second += 1) {
  await at(Number(warmupSeconds) + second);
  const { heapBytes } = await workerHeap('as-it-is');
  samples.push({
    second,
    residentBytes: residentBytes(),
    workerHeapBytes: heapBytes,
    leaderHeapBytes: memoryUsage().heapUsed,
  });
}
const collectedAfter = (await workerHeap('collected')).heapBytes;
const result = await run;
const { counts, generator } = result;
process.stdout.write(
  JSON.stringify({
    counts,
    socketsOpened: generator.socketsOpened,
    verdict: judge(result),
    collectedBefore,
    collectedAfter,
    samples,
  }),
);
