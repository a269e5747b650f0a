import type { LoadSecond } from '../result.ts';
import type { PhaseFigures } from './phase-figures.ts';

/** Recovered means as fast as before the spike, up to this ratio … */
const recoveredRatio = 1.25;
/** … or up to this time, where milliseconds are within the noise … */
const recoveredSlackMs = 5;
/** … with no more failures than before, up to this share, … */
const recoveredErrorSlack = 0.01;
/** … in this many seconds in a row. */
const recoveredSeconds = 3;

export interface SpikeFindings {
  readonly shape: 'spike';
  readonly phases: readonly PhaseFigures[];
  /** The 95th percentile of a second's response times that counts as recovered. */
  readonly recoveredMs: number;
  /** From the end of the spike until the service was as before it; null when it never was. */
  readonly recoveryMs: number | null;
}

/** How the service bore a spike and how soon it recovered. */
export function spikeFindings(
  phases: readonly PhaseFigures[],
  series: readonly LoadSecond[],
): SpikeFindings {
  const [before, , after] = phases;
  const p95Ms = before?.p95Ms ?? 0;
  const recoveredMs = Math.max(p95Ms * recoveredRatio, p95Ms + recoveredSlackMs);
  const mostErrors = (before?.errorShare ?? 0) + recoveredErrorSlack;
  const seconds = series.filter(({ atMs }) => atMs >= (after?.fromMs ?? Infinity));
  const well = seconds.map(
    ({ p95Ms: secondMs, done, failed }) =>
      done > 0 && secondMs <= recoveredMs && failed / done <= mostErrors,
  );
  const index = well.findIndex((_, from) => {
    const row = well.slice(from, from + recoveredSeconds);
    return row.length === recoveredSeconds && row.every(Boolean);
  });
  const recovered = seconds[index];
  return {
    shape: 'spike',
    phases,
    recoveredMs,
    recoveryMs:
      recovered === undefined || after === undefined ? null : recovered.atMs - after.fromMs,
  };
}
