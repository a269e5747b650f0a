import { metricsErrors } from './metrics-errors.ts';

/** A year of 365 days and a twelfth of it: what availability is promised over. */
export const availabilityPeriodsMs = {
  day: 86_400_000,
  month: 2_628_000_000,
  year: 31_536_000_000,
} as const;

export type AvailabilityPeriod = keyof typeof availabilityPeriodsMs;

export interface Downtime {
  readonly perDayMs: number;
  readonly perMonthMs: number;
  readonly perYearMs: number;
}

/**
 * The downtime that an uptime share (0..1) leaves: 0.999 is 8.76 hours a year, 0.9999 52.6 minutes.
 *
 * @throws `AMDAHL_METRICS_BAD_ARGUMENT` when the share is not within 0..1.
 */
export function downtimeOf(uptimeShare: number): Downtime {
  if (!(uptimeShare >= 0 && uptimeShare <= 1)) {
    throw metricsErrors.create('AMDAHL_METRICS_BAD_ARGUMENT', {
      expected: 'an uptime share from 0 to 1',
      found: String(uptimeShare),
      next: 'Write 99.9 % as 0.999.',
    });
  }
  const downShare = 1 - uptimeShare;
  return {
    perDayMs: downShare * availabilityPeriodsMs.day,
    perMonthMs: downShare * availabilityPeriodsMs.month,
    perYearMs: downShare * availabilityPeriodsMs.year,
  };
}

/**
 * The uptime share (0..1) with this downtime in each period.
 *
 * @throws `AMDAHL_METRICS_BAD_ARGUMENT` when the downtime is negative or longer than the period.
 */
export function uptimeShareOf(downtimeMs: number, period: AvailabilityPeriod): number {
  const periodMs = availabilityPeriodsMs[period];
  if (!(downtimeMs >= 0 && downtimeMs <= periodMs)) {
    throw metricsErrors.create('AMDAHL_METRICS_BAD_ARGUMENT', {
      expected: `a downtime from 0 ms to a ${period}'s ${periodMs} ms`,
      found: `${downtimeMs} ms`,
      next: 'Give the downtime within one period, in milliseconds.',
    });
  }
  return 1 - downtimeMs / periodMs;
}
