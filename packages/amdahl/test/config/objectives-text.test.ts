import { describe, expect, test } from 'vitest';
import {
  completeObjectives,
  gatesOnly,
  joinObjectives,
  noObjectives,
  readObjectives,
  type GivenObjectives,
} from '../../src/config/objectives-text.ts';

test.each<[unknown, Omit<GivenObjectives, 'gates'>]>([
  ['p95 < 200ms', { default: { goodMs: 200, acceptableMs: 200 }, routes: {} }],
  ['p95 < 0.1s, acceptable < 500ms', { default: { goodMs: 100, acceptableMs: 500 }, routes: {} }],
  ['errors < 0.5%', { errorShare: 0.005, routes: {} }],
  [
    'GET /products/:id: p95<80ms',
    { routes: { 'GET /products/:id': { goodMs: 80, acceptableMs: 80 } } },
  ],
  [
    ['p95 < 1s', 'errors < 2%', 'POST /orders: p95 < 2s'],
    {
      default: { goodMs: 1_000, acceptableMs: 1_000 },
      errorShare: 0.02,
      routes: { 'POST /orders': { goodMs: 2_000, acceptableMs: 2_000 } },
    },
  ],
  [
    { default: 'p95 < 1s', errors: '< 2%', 'POST /orders': 'p95 < 2s' },
    {
      default: { goodMs: 1_000, acceptableMs: 1_000 },
      errorShare: 0.02,
      routes: { 'POST /orders': { goodMs: 2_000, acceptableMs: 2_000 } },
    },
  ],
])('%j is read', (given, read) => {
  const { gates, ...bands } = readObjectives(given) as GivenObjectives;
  expect(bands).toEqual(read);
  expect(gates.length).toBeGreaterThan(0);
});

test.each([
  [''],
  ['p95'],
  ['p95 < fast'],
  ['p95 < -1ms'],
  ['p95 < 0ms'],
  ['p95 > 100ms'],
  ['p95 < 500ms, acceptable < 100ms'],
  ['errors < 200%'],
  ['errors < 1'],
  ['/products p95 < 1s'],
  [7],
  [null],
  [['p95 < 1s', 'quick']],
  [{ default: 1 }],
])('%j is refused', (given) => {
  expect(readObjectives(given)).toBeUndefined();
});

describe('several objectives', () => {
  const first = readObjectives(['p95 < 10ms', 'GET /a: p95 < 1ms']) as GivenObjectives;
  const second = readObjectives([
    'errors < 5%',
    'p95 < 20ms',
    'GET /a: p95 < 2ms',
    'GET /b: p95 < 3ms',
  ]) as GivenObjectives;

  test('are joined one by one, the first in front', () => {
    const { gates, ...bands } = joinObjectives(first, second);
    expect(gates.map(({ text }) => text)).toEqual([
      'errors < 5%',
      'GET /b: p95 < 3ms',
      'p95 < 10ms',
      'GET /a: p95 < 1ms',
    ]);
    expect(bands).toEqual({
      default: { goodMs: 10, acceptableMs: 10 },
      errorShare: 0.05,
      routes: {
        'GET /a': { goodMs: 1, acceptableMs: 1 },
        'GET /b': { goodMs: 3, acceptableMs: 3 },
      },
    });
  });

  test('are completed by the defaults', () => {
    expect(completeObjectives(noObjectives)).toEqual({
      default: { goodMs: 100, acceptableMs: 500 },
      errorShare: 0.01,
      routes: {},
    });
  });
});

test('some objectives are for load runs only', () => {
  const forBoth = ['p95 < 1s', 'errors < 2%', 'GET /a: p95 < 1ms'];
  const others = ['p99 < 1s', 'GET /a: errors < 1%', 'rate > 9/s', 'p95 < 1s from 0 to 5s'];
  const { gates } = readObjectives([...forBoth, ...others]) as GivenObjectives;
  expect(gatesOnly(gates).map(({ text }) => text)).toEqual(others);
});
