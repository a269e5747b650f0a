import { metricsErrors } from './metrics-errors.ts';

/**
 * Little's law: how many are being served at once when they arrive at this rate and stay this long,
 * on average, whatever the distributions. J. D. C. Little, "A proof for the queuing formula
 * L = λW", Operations Research 9 (1961).
 *
 * @throws `AMDAHL_METRICS_BAD_ARGUMENT` when the rate or the time is negative.
 */
export function concurrencyOf(ratePerSecond: number, timeMs: number): number {
  requireNotNegative(ratePerSecond, 'rate per second');
  requireNotNegative(timeMs, 'time in milliseconds');
  return (ratePerSecond * timeMs) / 1_000;
}

/**
 * Connections (threads, workers) to provide so that the peak keeps only this share of them busy:
 * 10,000 a second at 100 ms and 0.7 take 1,429.
 *
 * @throws `AMDAHL_METRICS_BAD_ARGUMENT` when the rate or the time is negative, or the target not
 * above 0 and at most 1.
 */
export function capacityFor(
  peakRatePerSecond: number,
  timeMs: number,
  utilisationTarget: number,
): number {
  if (!(utilisationTarget > 0 && utilisationTarget <= 1)) {
    throw metricsErrors.create('AMDAHL_METRICS_BAD_ARGUMENT', {
      expected: 'a utilisation target above 0 and at most 1',
      found: String(utilisationTarget),
      next: 'Write 70 % as 0.7.',
    });
  }
  return Math.ceil(concurrencyOf(peakRatePerSecond, timeMs) / utilisationTarget);
}

function requireNotNegative(value: number, name: string): void {
  if (Number.isFinite(value) && value >= 0) return;
  throw metricsErrors.create('AMDAHL_METRICS_BAD_ARGUMENT', {
    expected: `a ${name} from 0`,
    found: String(value),
    next: 'Give a measured or planned value.',
  });
}
