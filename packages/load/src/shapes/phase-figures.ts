import { Histogram } from '@amdahl/metrics';
import type { LoadResult } from '../result.ts';
import type { LoadLevel, ShapePlan } from './shape.ts';

/** What the users met in one phase of a shape, by the intended starts of their requests. */
export interface PhaseFigures {
  readonly name: string;
  readonly level: LoadLevel;
  readonly fromMs: number;
  /** Earlier than planned when the run was stopped. */
  readonly toMs: number;
  readonly count: number;
  /** Requests per second. */
  readonly ratePerSecond: number;
  /** Share of failed requests, 0..1. */
  readonly errorShare: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** Figures of all phases a run came to; phases are the last slices of its result. */
export function phaseFigures(plan: ShapePlan, { slices = [] }: LoadResult): PhaseFigures[] {
  const ofPhases = slices.slice(-plan.phases.length);
  return plan.phases.flatMap(({ name, level }, index) => {
    const slice = ofPhases[index];
    if (slice === undefined || slice.toMs <= slice.fromMs) return [];
    const { fromMs, toMs, count, failed } = slice;
    const times = Histogram.fromBase64(slice.responseTime);
    const at = (percentile: number): number => times.valueAtPercentile(percentile) / 1_000;
    return {
      name,
      level,
      fromMs,
      toMs,
      count,
      ratePerSecond: (count / (toMs - fromMs)) * 1_000,
      errorShare: count === 0 ? 0 : failed / count,
      p50Ms: at(50),
      p95Ms: at(95),
      p99Ms: at(99),
    };
  });
}
