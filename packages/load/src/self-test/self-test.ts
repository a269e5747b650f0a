import { Histogram } from '@amdahl/metrics';
import { judge } from '../judge.ts';
import type { LoadResult } from '../result.ts';
import { runLoad } from '../run-load.ts';
import type { Verdict } from '../verdict.ts';
import { knownLatency, latencyNames, ratePerSecond, trueTimesMs } from './known-latency.ts';
import { startKnownLatency } from './start-known-latency.ts';

/** An error is within bounds up to the larger of these two. */
const boundShare = 0.01;
const boundMs = 1;
const defaultSeconds = 5;

export interface SelfTestOptions {
  /** Load on each of the servers, whole seconds; at least 5, since one of them stalls for two. @default 5 */
  readonly durationSeconds?: number;
  readonly signal?: AbortSignal;
  /** Told which server is next. */
  readonly onServer?: (title: string) => void;
}

/** What the load generator measured of servers whose latency is known. */
export interface SelfTest {
  readonly servers: readonly SelfTestServer[];
  /** Whether every figure is within bounds. */
  readonly passed: boolean;
}

export interface SelfTestServer {
  readonly title: string;
  readonly requests: number;
  readonly figures: readonly SelfTestFigure[];
  /** The 99th percentile of how late the server itself was: what no measurement can leave out. */
  readonly serverLatenessMs: number;
  readonly verdict: Verdict;
}

export interface SelfTestFigure {
  readonly name: 'p50' | 'p90' | 'p99' | 'p99.9' | 'mean';
  readonly trueMs: number;
  readonly measuredMs: number;
  /**
   * Whether the two differ by no more than 1 % or 1 ms, whichever is larger, and the server's own
   * lateness.
   */
  readonly within: boolean;
}

/**
 * Measures servers of known latency, one after the other, and compares: the instrument's own error.
 *
 * @throws `AMDAHL_LOAD_*` as `runLoad`
 */
export async function selfTest(options: SelfTestOptions = {}): Promise<SelfTest> {
  const { durationSeconds = defaultSeconds, signal, onServer } = options;
  const servers: SelfTestServer[] = [];
  for (const name of latencyNames) {
    if (signal?.aborted === true) break;
    const latency = knownLatency(name, durationSeconds);
    onServer?.(latency.title);
    const server = await startKnownLatency(name, durationSeconds);
    try {
      const result = await runLoad({
        baseUrl: server.url,
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
              duration: durationSeconds * 1_000,
            },
          ],
        },
        ...(signal === undefined ? {} : { signal }),
      });
      if (result.interrupted) break;
      const serverLatenessMs = await server.latenessMs();
      const truth = trueTimesMs(latency, durationSeconds);
      servers.push({
        title: latency.title,
        requests: result.counts.succeeded + result.counts.failed,
        figures: compare(truth, result, serverLatenessMs),
        serverLatenessMs,
        verdict: judge(result),
      });
    } finally {
      server.end();
    }
  }
  const complete = servers.length === latencyNames.length;
  const passed = servers.every(({ figures }) => figures.every(({ within }) => within));
  return { servers, passed: complete && passed };
}

function compare(
  truth: Float64Array,
  { total }: LoadResult,
  serverLatenessMs: number,
): readonly SelfTestFigure[] {
  const times = Histogram.fromBase64(total.responseTime);
  const figure = (
    name: SelfTestFigure['name'],
    trueMs: number,
    measuredMs: number,
  ): SelfTestFigure => {
    const bound = Math.max(boundMs, boundShare * trueMs) + serverLatenessMs;
    return { name, trueMs, measuredMs, within: Math.abs(measuredMs - trueMs) <= bound };
  };
  const at = (name: SelfTestFigure['name'], percentile: number): SelfTestFigure => {
    const rank = Math.max(1, Math.ceil((percentile / 100) * truth.length));
    return figure(name, truth[rank - 1] ?? 0, times.valueAtPercentile(percentile) / 1_000);
  };
  const meanMs = truth.reduce((sum, time) => sum + time, 0) / truth.length;
  return [
    at('p50', 50),
    at('p90', 90),
    at('p99', 99),
    at('p99.9', 99.9),
    figure('mean', meanMs, times.mean / 1_000),
  ];
}
