import { judgeSoFar, type LoadProgress } from '@amdahl/load';
import { formatMs } from '@amdahl/metrics';
import { formatCount, formatShare } from '../wording.ts';

const barWidth = 24;
const sparks = '▁▂▃▄▅▆▇█';
/** Seconds the sparkline goes back. */
const shownSeconds = 30;

/** A description of a load run for a terminal: a few lines, with the rate of the last half minute. */
export function liveDescription(): (progress: LoadProgress) => string {
  const rates: number[] = [];
  let second = -1;
  return (progress) => {
    const { elapsedMs, plannedMs, ratePerSecond, p50Ms, p95Ms, done, failed, inFlight } = progress;
    const now = Math.floor(elapsedMs / 1_000);
    if (now !== second) {
      // A shape's next run begins again.
      if (now < second) rates.length = 0;
      second = now;
      rates.push(ratePerSecond);
      if (rates.length > shownSeconds) rates.shift();
    }
    const seconds = (ms: number): string => `${Math.round(ms / 1_000)} s`;
    return [
      `  ${bar(elapsedMs / plannedMs)} ${seconds(elapsedMs)} of ${seconds(plannedMs)}`,
      `  ${formatCount(ratePerSecond).padStart(7)}/s  ${sparkline(rates)}`,
      `  p50 ${formatMs(p50Ms)} · p95 ${formatMs(p95Ms)}`,
      `  ${formatCount(done)} requests · ${formatCount(failed)} failed (${formatShare(failed / Math.max(1, done))}) · ${formatCount(inFlight)} in flight`,
      `  so far: ${judgeSoFar(progress)}`,
    ].join('\n');
  };
}

function bar(share: number): string {
  const full = Math.round(Math.min(1, share) * barWidth);
  return '█'.repeat(full) + '░'.repeat(barWidth - full);
}

/** Heights from 0 to the highest. */
function sparkline(values: readonly number[]): string {
  const most = Math.max(...values, Number.EPSILON);
  return values
    .map((value) => sparks[Math.round((value / most) * (sparks.length - 1))] ?? '')
    .join('');
}
