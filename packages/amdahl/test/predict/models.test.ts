import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundedGain, boundSpeedup } from '../../src/predict/amdahl.ts';
import { newTransferMs, warmTransferMs, type Link } from '../../src/predict/link.ts';
import { ttlHitRatio } from '../../src/predict/ttl-cache.ts';

describe("Amdahl's law", () => {
  test('half the time bounds the speedup at two, all of it at nothing', () => {
    expect(boundSpeedup(0.5)).toBe(2);
    expect(boundSpeedup(0.95)).toBeCloseTo(20);
    expect(boundSpeedup(1)).toBe(Infinity);
  });

  test('a gain is held under what the cause holds', () => {
    expect(boundedGain('GET /', 100, 30, { low: -5, mid: 20, high: 60 })).toEqual({
      route: 'GET /',
      beforeMs: 100,
      gainMs: { low: 0, mid: 20, high: 30 },
      boundMs: 30,
    });
  });
});

describe('a link', () => {
  const link: Link = { name: 'test', bitsPerSecond: 8_000_000, roundTripMs: 100 };

  test('takes its time for bytes', () => {
    expect(warmTransferMs(10_000, link)).toBe(10);
  });

  test('starts slowly: each round trip doubles what is under way', () => {
    expect(newTransferMs(14_600, link)).toBeCloseTo(14.6);
    expect(newTransferMs(14_601, link)).toBeGreaterThan(100);
    // Windows of 14.6, 29.2 and 58.4 kB, the last for what remains.
    expect(newTransferMs(14_600 + 29_200 + 10_000, link)).toBeCloseTo(210);
  });

  test('costs more for more bytes', () => {
    fc.assert(
      fc.property(fc.nat(5e6), fc.nat(5e6), (a, b) => {
        const [few, many] = a < b ? [a, b] : [b, a];
        expect(newTransferMs(few, link)).toBeLessThanOrEqual(newTransferMs(many, link) + 1e-6);
        expect(warmTransferMs(few, link)).toBeLessThanOrEqual(newTransferMs(few, link) + 1e-6);
      }),
    );
  });
});

test('a cache with a lifetime answers λT of 1 + λT requests', () => {
  expect(ttlHitRatio(9.9, 10)).toBeCloseTo(0.99);
  expect(ttlHitRatio(0, 10)).toBe(0);
});
