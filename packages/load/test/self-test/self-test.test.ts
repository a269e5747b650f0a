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

// The command's own test, `amdahl load --self-test`, measures all five.
test('measures server after server until it is asked to stop', async () => {
  const controller = new AbortController();
  const titles: string[] = [];
  const { servers, passed } = await selfTest({
    signal: controller.signal,
    onServer: (title) => {
      titles.push(title);
      if (titles.length === 2) controller.abort();
    },
  });
  expect(titles).toEqual(latencyNames.slice(0, 2).map((name) => knownLatency(name, 5).title));
  expect(servers).toMatchObject([{ title: titles[0], requests: 500 }]);
  expect(servers[0]?.figures.map(({ trueMs }) => trueMs)).toEqual([20, 20, 20, 20, 20]);
  // What is not complete has not passed.
  expect(passed).toBe(false);
});
