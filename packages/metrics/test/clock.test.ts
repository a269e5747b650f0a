import { describe, expect, test } from 'vitest';
import { ManualClock, systemClock } from '../src/index.ts';

describe('the manual clock', () => {
  test('stands still until advanced', async () => {
    const clock = new ManualClock(100, Date.UTC(2026, 5, 1));
    expect(clock.nowMs()).toBe(100);
    await clock.advance(1_500);
    expect(clock.nowMs()).toBe(1_600);
    expect(clock.epochMs()).toBe(Date.UTC(2026, 5, 1) + 1_500);
  });

  test('wakes sleepers in the order they are due, at their time', async () => {
    const clock = new ManualClock();
    const woken: string[] = [];
    const sleeper = async (name: string, delayMs: number): Promise<void> => {
      await clock.sleep(delayMs);
      woken.push(`${name} at ${clock.nowMs()}`);
    };
    const all = [sleeper('late', 30), sleeper('middle', 20), sleeper('early', 10)];
    await clock.advance(25);
    expect(woken).toEqual(['early at 10', 'middle at 20']);
    await clock.advance(5);
    expect(woken).toEqual(['early at 10', 'middle at 20', 'late at 30']);
    await Promise.all(all);
  });

  test('wakes one that falls asleep again within the advance', async () => {
    const clock = new ManualClock();
    const wokenAt: number[] = [];
    const repeated = (async () => {
      for (let round = 0; round < 3; round += 1) {
        await clock.sleep(10);
        wokenAt.push(clock.nowMs());
      }
    })();
    await clock.advance(30);
    await repeated;
    expect(wokenAt).toEqual([10, 20, 30]);
  });
});

describe.each([
  { name: 'manual', clock: new ManualClock() },
  { name: 'system', clock: systemClock },
])('sleep on the $name clock', ({ clock }) => {
  test('rejects with the reason of a signal aborted before', async () => {
    const reason = new Error('stopped');
    await expect(clock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  test('rejects with the reason of a signal aborted meanwhile', async () => {
    const controller = new AbortController();
    const reason = new Error('stopped');
    const sleep = clock.sleep(60_000, controller.signal);
    controller.abort(reason);
    await expect(sleep).rejects.toBe(reason);
  });

  test('endures until aborted when endless', async () => {
    const controller = new AbortController();
    const endless = clock.sleep(Number.POSITIVE_INFINITY, controller.signal);
    const outcome = await Promise.race([
      endless.then(() => 'woke'),
      systemClock.sleep(20).then(() => 'asleep'),
    ]);
    expect(outcome).toBe('asleep');
    controller.abort(new Error('enough'));
    await expect(endless).rejects.toThrow('enough');
  });
});

test('the system clock moves on', async () => {
  const startMs = systemClock.nowMs();
  await systemClock.sleep(0);
  expect(systemClock.nowMs()).toBeGreaterThan(startMs);
  expect(systemClock.epochMs()).toBeGreaterThan(Date.UTC(2026, 0, 1));
});
