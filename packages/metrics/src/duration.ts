import { metricsErrors } from './metrics-errors.ts';

/** A duration as people write it: `250ms`, `1.5s`, `5m`, `2h`, `7d`, or a number of milliseconds. */
export type Duration = number | string;

const unitsMs: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * Milliseconds of a duration. Parts add up: `1m30s`.
 *
 * @throws `AMDAHL_METRICS_BAD_DURATION` when the text is no duration, or it is negative or infinite.
 */
export function durationMs(duration: Duration): number {
  if (typeof duration === 'number') {
    if (Number.isFinite(duration) && duration >= 0) return duration;
    throw bad(String(duration));
  }
  const text = duration.trim();
  if (!/^(\d+(\.\d+)?(us|ms|s|m|h|d))+$/.test(text)) throw bad(`"${duration}"`);
  let totalMs = 0;
  for (const part of text.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h|d)/g)) {
    totalMs += Number(part[1]) * (unitsMs[part[2] as string] as number);
  }
  if (!Number.isFinite(totalMs)) throw bad(`"${duration}"`);
  return totalMs;
}

/** A duration for people, three significant digits: `2.35 s`, `180 µs`, `12.3 ms`, `1 min 30 s`. */
export function formatMs(ms: number): string {
  // The unit is chosen after rounding: 999.9 ms is 1 s, not 1000 ms.
  const size = Math.abs(significant(ms));
  if (size === 0) return '0 ms';
  if (!Number.isFinite(ms)) return `${ms} ms`;
  if (size < 1) return `${significant(ms * 1_000)} µs`;
  if (size < 1_000) return `${significant(ms)} ms`;
  if (size < 60_000) return `${significant(ms / 1_000)} s`;
  const sign = ms < 0 ? '-' : '';
  const seconds = Math.round(Math.abs(ms) / 1_000);
  const parts = [
    [Math.floor(seconds / 3_600), 'h'],
    [Math.floor((seconds % 3_600) / 60), 'min'],
    [seconds % 60, 's'],
  ] as const;
  return (
    sign +
    parts
      .filter(([amount]) => amount > 0)
      .map(([amount, unit]) => `${amount} ${unit}`)
      .join(' ')
  );
}

function significant(value: number): number {
  return Number(value.toPrecision(3));
}

function bad(found: string): Error {
  return metricsErrors.create('AMDAHL_METRICS_BAD_DURATION', {
    expected: 'a duration such as 250ms, 1.5s, 5m or 1h30m, or a number of milliseconds',
    found,
    next: 'Write a positive number followed by us, ms, s, m, h or d.',
  });
}
