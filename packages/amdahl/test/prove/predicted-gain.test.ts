import { describe, expect, test } from 'vitest';
import type { RunResult } from '../../src/artifacts/run-result.ts';
import { comparePrediction, predictedGain } from '../../src/prove/predicted-gain.ts';
import { proofOf } from './proofs.ts';
import { rounds } from './slices.ts';

const interval = (mid: number) => ({ low: mid - 1, mid, high: mid + 1 });

const finding = (id: string, route: string) => ({
  id,
  title: `title of ${id}`,
  prediction: {
    method: 'critical-path',
    gains: [{ route, beforeMs: 100, gainMs: interval(40), boundMs: 60 }],
  },
  boughtMsPerRequest: interval(10),
});

const result = {
  findings: [finding('n-plus-one:ab', 'GET /orders/:id'), finding('missing-index:cd', 'GET /')],
} as unknown as RunResult;

describe('the prediction of a finding', () => {
  test('is that of the whole load and of each route', () => {
    expect(predictedGain(result, 'n-plus-one:ab')).toEqual({
      finding: 'n-plus-one:ab',
      title: 'title of n-plus-one:ab',
      method: 'critical-path',
      gains: [
        { route: null, gainMs: interval(10) },
        { route: 'GET /orders/:id', gainMs: interval(40) },
      ],
    });
  });

  test('is found by the start of its id, if only one fits', () => {
    expect(predictedGain(result, 'missing').finding).toBe('missing-index:cd');
  });

  test.each(['', 'unknown'])('is refused for "%s", naming those there are', (id) => {
    expect(() => predictedGain(result, id)).toThrow(
      expect.objectContaining({
        code: 'AMDAHL_PROVE_UNKNOWN_FINDING',
        message: expect.stringContaining('n-plus-one:ab, missing-index:cd') as string,
      }) as Error,
    );
  });

  test('is held against the mean the route saved, whatever its parameters are called', () => {
    const times = [100, 101, 99, 102, 98, 100].map((a) => [a, a - 50] as const);
    const slices = rounds(times).map((each) => ({
      ...each,
      routes: { 'GET /orders/{order}': each.total },
    }));
    const [whole, route] = comparePrediction(
      proofOf(slices, { prediction: predictedGain(result, 'n-plus-one:ab') }),
    );
    // The mean of a slice is 1.1 times its median, see `figures`.
    expect(whole?.provenMs?.mid).toBeCloseTo(55, 6);
    expect(route).toMatchObject({ route: 'GET /orders/:id', predictedMs: interval(40) });
    expect(route?.provenMs?.mid).toBeCloseTo(55, 6);
  });
});
