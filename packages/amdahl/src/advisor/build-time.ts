import type { Interval } from '../audits/finding.ts';
import type { IndexKind } from '../sql/index-definition.ts';

/**
 * Rows an index takes in each second while it is built `CONCURRENTLY`, which reads the table twice:
 * medians of benchmarks/index-maintenance for a B-tree on numbers and on texts, and for trigrams,
 * everything in memory on one core of a shared machine.
 */
const rowsPerSecond = { numbers: 700_000, texts: 350_000, gin: 14_000 } as const;

/**
 * A server of today's cores with parallel workers is up to so much faster; one that reads the table
 * from a slow disk while it serves others so much slower.
 */
const faster = 3;
const slower = 5;

/** Seconds it takes to build an index over so many rows. */
export function buildSeconds(rows: number, kind: IndexKind): Interval {
  const mid = Math.max(rows, 0) / rowsPerSecond[kind];
  return { low: mid / faster, mid, high: mid * slower };
}

/** `under a second`, `20 s to 5 min` */
export function formatBuildTime({ low, high }: Interval): string {
  if (high < 1) return 'under a second';
  return low < 1 ? `up to ${duration(high)}` : `${duration(low)} to ${duration(high)}`;
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5_400) return `${Math.ceil(seconds / 60)} min`;
  return `${Math.ceil(seconds / 3_600)} h`;
}
