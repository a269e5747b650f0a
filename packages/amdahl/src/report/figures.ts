/** Figures of findings as every report writes them. */
import { formatMs } from '@amdahl/metrics';
import type { Unit } from '../audits/detail.ts';
import type { Interval, RouteGain } from '../audits/finding.ts';
import { formatBytes, formatCount, formatShare } from '../wording.ts';

const withUnit: Readonly<Record<Unit, (value: number) => string>> = {
  ms: formatMs,
  bytes: formatBytes,
  share: formatShare,
  'per-second': (value) => `${formatCount(value)}/s`,
  count: formatCount,
  none: formatCount,
};

/** A value with its unit; an em dash for none. */
export function formatValue(value: string | number | null, unit: Unit): string {
  if (value === null) return '—';
  return typeof value === 'string' ? value : withUnit[unit](value);
}

/** `−182 ms`; of less than a microsecond `0 ms`. */
export function formatGain(gainMs: number): string {
  return gainMs < 0.001 ? '0 ms' : `−${formatMs(gainMs)}`;
}

/** `150 ms to 210 ms`, or nothing when the ends read the same. */
export function formatRange({ low, high }: Interval): string {
  const [from, to] = [formatMs(atLeastZero(low)), formatMs(atLeastZero(high))];
  return from === to ? '' : `${from} to ${to}`;
}

/** Mean response time with the fix, as predicted. */
export function afterMs(gain: RouteGain): number {
  return Math.max(0, gain.beforeMs - gain.gainMs.mid);
}

/** Below a microsecond there is nothing to tell. */
function atLeastZero(ms: number): number {
  return ms < 0.001 ? 0 : ms;
}
