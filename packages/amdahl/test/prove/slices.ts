import type { Verdict } from '@amdahl/load';
import type { Side, Slice, SliceFigures } from '../../src/prove/proof.ts';

const valid: Verdict = { kind: 'valid', reasons: [] };

export const voided: Verdict = {
  kind: 'void',
  reasons: [{ check: 'generator-lag', kind: 'void', message: 'sent late', next: 'Send less.' }],
};

/** Figures of a slice whose response times all scale with `ms`. */
export function figures(ms: number, overrides: Partial<SliceFigures> = {}): SliceFigures {
  return {
    count: 100,
    failed: 0,
    ratePerSecond: 1_000 / ms,
    meanMs: ms * 1.1,
    p50Ms: ms,
    p95Ms: ms * 2,
    ...overrides,
  };
}

/** A slice with one route, `GET /`, unless others are given. */
export function slice(
  side: Side,
  round: number,
  ms: number,
  overrides: Partial<Slice> = {},
): Slice {
  return {
    side,
    round,
    startedAtEpochMs: round * 1_000,
    verdict: valid,
    total: figures(ms),
    routes: { 'GET /': figures(ms) },
    cpuPerRequestUs: null,
    ...overrides,
  };
}

/** One slice of each side per entry: response times of A and B in milliseconds. */
export function rounds(times: readonly (readonly [a: number, b: number])[]): readonly Slice[] {
  return times.flatMap(([a, b], round) => [slice('a', round, a), slice('b', round, b)]);
}
