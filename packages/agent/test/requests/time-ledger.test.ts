import { performance } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import { TimeLedger, waits } from '../../src/requests/time-ledger.ts';

test('time of overlapping waits counts once, for the first in order', () => {
  const ledger = new TimeLedger(0);
  ledger.enter(waits.socket, 0);
  ledger.answered(0);
  ledger.enter(waits.http, 10);
  ledger.enter(waits.database, 20);
  ledger.enter(waits.pool, 25);
  ledger.leave(waits.database, 40);
  ledger.leave(waits.pool, 45);
  ledger.leave(waits.http, 60);
  const budget = ledger.close(60);
  expect(budget).toMatchObject({ database: 20_000, pool: 5_000, http: 25_000, total: 60_000 });
});

test('two waits of one kind at once are one stretch', () => {
  const ledger = new TimeLedger(0);
  ledger.enter(waits.database, 0);
  ledger.enter(waits.database, 10);
  ledger.leave(waits.database, 20);
  ledger.leave(waits.database, 30);
  expect(ledger.close(30)).toMatchObject({ database: 30_000, total: 30_000 });
});

test('a wait that is going on at the end counts up to it', () => {
  const ledger = new TimeLedger(0);
  ledger.enter(waits.pool, 10);
  expect(ledger.close(50)).toMatchObject({ pool: 40_000, total: 50_000 });
});

test('a socket is waited for only if it answers', () => {
  const answered = new TimeLedger(0);
  answered.enter(waits.socket, 0);
  answered.answered(30);
  answered.leave(waits.socket, 30);
  expect(answered.close(30).socket).toBeCloseTo(30_000);

  const unanswered = new TimeLedger(0);
  unanswered.enter(waits.socket, 0);
  const budget = unanswered.close(30);
  expect(budget.socket).toBe(0);
  expect(budget.compute + budget.other).toBeCloseTo(30_000);
});

test('time the thread was held is compute', () => {
  const startedAt = performance.now();
  const ledger = new TimeLedger(startedAt);
  while (performance.now() < startedAt + 20);
  const { compute, other } = ledger.close(performance.now());
  expect(compute).toBeGreaterThanOrEqual(20_000);
  expect(other).toBe(0);
});

test('the parts sum to the total, whatever comes and goes', () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = generator(seed);
    const ledger = new TimeLedger(0);
    const going: (typeof waits)[keyof typeof waits][] = [];
    let at = 0;
    for (let step = 0; step < 40; step += 1) {
      at += random() * 5;
      const kinds = Object.values(waits);
      const action = random();
      if (action < 0.5 || going.length === 0) {
        const kind = kinds[Math.floor(random() * kinds.length)] ?? waits.database;
        going.push(kind);
        ledger.enter(kind, at);
      } else if (action < 0.6) {
        ledger.answered(at);
      } else {
        ledger.leave(going.splice(Math.floor(random() * going.length), 1)[0] ?? 0, at);
      }
    }
    const { total, ...parts } = ledger.close(at + 1);
    const values = Object.values(parts);
    expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(total, 3);
    expect(total).toBeCloseTo((at + 1) * 1_000, 3);
    for (const value of values) expect(value).toBeGreaterThanOrEqual(0);
  }
});

/** Numbers in 0..1 that are the same in each run (a linear congruential generator). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
