import { Histogram } from '@amdahl/metrics';
import type { LoadResult, RequestTimes, Verdict } from '@amdahl/load';
import type { PlannedSlice } from './schedule.ts';
import type { Slice, SliceFigures } from './proof.ts';

/** Boils a load run down to the figures of one slice. */
export function sliceOf(
  planned: PlannedSlice,
  result: LoadResult,
  verdict: Verdict,
  cpuPerRequestUs: number | null,
): Slice {
  const figuresOf = (times: RequestTimes, count: number, failed: number): SliceFigures => {
    const response = Histogram.fromBase64(times.responseTime);
    return {
      count,
      failed,
      ratePerSecond: result.measuredMs > 0 ? count / (result.measuredMs / 1_000) : 0,
      meanMs: response.mean / 1_000,
      p50Ms: response.valueAtPercentile(50) / 1_000,
      p95Ms: response.valueAtPercentile(95) / 1_000,
    };
  };
  const { succeeded, failed } = result.counts;
  return {
    ...planned,
    startedAtEpochMs: result.startedAtEpochMs,
    verdict,
    total: figuresOf(result.total, succeeded + failed, failed),
    routes: Object.fromEntries(
      result.requests.map((request) => [
        request.name,
        figuresOf(request, request.count, request.failed),
      ]),
    ),
    cpuPerRequestUs,
  };
}
