import { expect, test } from 'vitest';
import { knownLatency, latencyNames, trueTimesMs } from '../../src/self-test/known-latency.ts';
import { selfTest } from '../../src/self-test/self-test.ts';

test('the truth of each server is what its rule says', () => {
  const truth = (name: (typeof latencyNames)[number]): Float64Array =>
    trueTimesMs(knownLatency(name, 5), 5);
  expect(new Set(truth('constant'))).toEqual(new Set([20]));
  expect(truth('two-point').filter((time) => time === 100)).toHaveLength(100);
  // Arrivals of 2 s to 4 s wait for the end of the stall, and those just before it.
  const stalled = truth('stall');
  expect(stalled.filter((time) => time > 5.001).length).toBeGreaterThanOrEqual(199);
  expect(stalled.at(-1)).toBe(2_000);
  // Each of 500 arrivals comes 10 ms after the one before, and takes 12.5 ms: 2.5 ms more to wait.
  expect(truth('rate-limited').at(-1)).toBeCloseTo(12.5 + 499 * 2.5, 6);
});

test('measures them all and says how far off it is', { timeout: 120_000 }, async () => {
  const titles: string[] = [];
  const { servers } = await selfTest({ onServer: (title) => titles.push(title) });
  expect(titles).toHaveLength(latencyNames.length);
  expect(servers.map(({ title }) => title)).toEqual(titles);
  for (const { requests, figures } of servers) {
    expect(requests).toBe(500);
    // Nothing is answered before it is due: what is measured is never much less than the truth.
    const tooFast = figures.filter(({ trueMs, measuredMs }) => measuredMs < trueMs * 0.9);
    expect(tooFast).toEqual([]);
  }
  const stall = servers.find(({ title }) => title.includes('stall'));
  // A generator that leaves out what should have been sent meanwhile would find 5 ms.
  expect(stall?.figures.find(({ name }) => name === 'p90')?.measuredMs).toBeGreaterThan(1_000);
});

test('stops when it is asked to', async () => {
  const controller = new AbortController();
  const test = await selfTest({ signal: controller.signal, onServer: () => controller.abort() });
  expect(test).toEqual({ servers: [], passed: false });
});
