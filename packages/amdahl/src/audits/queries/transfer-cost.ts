import type { Interval } from '../finding.ts';

/**
 * What rows and bytes of a result cost between the table and the app's objects: reading, formatting,
 * sending, parsing. Measured with pg 8.23 on Node 24 and PostgreSQL 18 over loopback: 1 to 8 ns a
 * byte for values that lie in the row; 20 to 60 ns for long texts and documents (jsonb) kept out of
 * line, which are fetched from another table, decompressed and often parsed; about 1 µs for each
 * row. A network between the two adds to it.
 */
const nanosecondsPerByte: Readonly<Record<Storage, Interval>> = {
  'in-row': { low: 1, mid: 4, high: 10 },
  'out-of-line': { low: 5, mid: 20, high: 60 },
};
const microsecondsPerRow: Interval = { low: 0.5, mid: 1, high: 5 };

export type Storage = 'in-row' | 'out-of-line';

/** Milliseconds that this many rows and bytes take. */
export function transferMs(rows: number, bytes: number, storage: Storage = 'in-row'): Interval {
  const at = (bound: keyof Interval): number =>
    (rows * microsecondsPerRow[bound]) / 1e3 + (bytes * nanosecondsPerByte[storage][bound]) / 1e6;
  return { low: at('low'), mid: at('mid'), high: at('high') };
}
