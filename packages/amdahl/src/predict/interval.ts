import { bootstrapInterval, mean } from '@amdahl/metrics';
import type { Interval } from '../audits/finding.ts';

/** Fewer values than this say too little of their spread for a bootstrap; their range stands in. */
const fewestForBootstrap = 5;

/**
 * Mean of a few measurements with its 95 % interval: bootstrapped, or of fewer than five values
 * their range. Of none it is all zeros.
 */
export function meanInterval(values: readonly number[]): Interval {
  if (values.length === 0) return { low: 0, mid: 0, high: 0 };
  if (values.length >= fewestForBootstrap) return bootstrapInterval(values, mean);
  return { low: Math.min(...values), mid: mean(values), high: Math.max(...values) };
}

export function scaleInterval(interval: Interval, factor: number): Interval {
  return {
    low: interval.low * factor,
    mid: interval.mid * factor,
    high: interval.high * factor,
  };
}

export function clampInterval(interval: Interval, least: number, most: number): Interval {
  const clamp = (value: number): number => Math.min(most, Math.max(least, value));
  return { low: clamp(interval.low), mid: clamp(interval.mid), high: clamp(interval.high) };
}
