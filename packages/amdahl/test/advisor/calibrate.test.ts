import { expect, test } from 'vitest';
import { calibrate } from '../../src/advisor/calibrate.ts';

test('a unit of cost takes some time on every machine, far less than a page read from a disk', async () => {
  const msPerCost = await calibrate(new AbortController().signal);
  // A sequentially read page is one unit of cost; even a spinning disk reads one in 10 ms.
  expect(msPerCost).toBeGreaterThan(0);
  expect(msPerCost).toBeLessThan(10);
});

test('an interrupt ends it', async () => {
  await expect(calibrate(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
});
