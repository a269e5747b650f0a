import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readObjective } from '../../src/objectives/read-objective.ts';

test.each([
  ['p95 < 200ms', { figure: { kind: 'percentile', percentile: 95 }, limit: 200 }],
  ['p99.9<1.5s', { figure: { kind: 'percentile', percentile: 99.9 }, limit: 1_500 }],
  ['median < 20ms', { figure: { kind: 'percentile', percentile: 50 }, limit: 20 }],
  ['mean < 30ms', { figure: { kind: 'mean' }, limit: 30 }],
  ['max < 2s', { figure: { kind: 'max' }, limit: 2_000 }],
  ['errors < 1%', { figure: { kind: 'errors' }, limit: 0.01 }],
  ['errors < 0.5 %', { figure: { kind: 'errors' }, limit: 0.005 }],
  ['rate > 500/s', { figure: { kind: 'rate' }, limit: 500 }],
  ['rate > 500', { figure: { kind: 'rate' }, limit: 500 }],
  ['checks > 99%', { figure: { kind: 'checks' }, limit: 0.99 }],
  [
    'p95 < 100ms, acceptable < 500ms',
    { figure: { kind: 'percentile', percentile: 95 }, limit: 100, acceptableLimit: 500 },
  ],
  [
    'GET /orders/:id: p95 < 80ms',
    { request: 'GET /orders/:id', figure: { kind: 'percentile', percentile: 95 }, limit: 80 },
  ],
  [
    'POST view the cart: errors < 2% from 30s to 1m',
    {
      request: 'POST view the cart',
      figure: { kind: 'errors' },
      limit: 0.02,
      window: { fromMs: 30_000, toMs: 60_000 },
    },
  ],
  [
    'p95 < 200ms from 0 to 10s',
    {
      figure: { kind: 'percentile', percentile: 95 },
      limit: 200,
      window: { fromMs: 0, toMs: 10_000 },
    },
  ],
  [
    'p95 < 1s during spike',
    { figure: { kind: 'percentile', percentile: 95 }, limit: 1_000, phase: 'spike' },
  ],
])('reads %s', (text, expected) => {
  expect(readObjective(text)).toEqual({ text, ...expected });
});

test.each([
  '',
  'fast',
  'p95 > 200ms',
  'p95 < 200',
  'p95 < -1s',
  'p95 < 0ms',
  'p0 < 1s',
  'p100 < 1s',
  'errors < 1',
  'errors < 101%',
  'errors > 1%',
  'rate < 500/s',
  'rate > 10ms',
  'checks < 99%',
  'GET /: checks > 99%',
  'p95 < 200ms, acceptable < 100ms',
  'rate > 100, acceptable > 200',
  'p95 < 200ms from 1m to 30s',
  'p95 < 200ms from 1m',
  'p95 < 200ms from soon to later',
  'p95 < 200ms during',
])('takes no notice of %j', (text) => {
  expect(readObjective(text)).toBeUndefined();
});

test('never throws', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (first, second) => {
      expect(readObjective(first)?.text ?? first.trim()).toBe(first.trim());
      const text = `p95 < ${first} from ${second} to ${first}`.trim();
      expect(readObjective(text)?.text ?? text).toBe(text);
    }),
  );
});
