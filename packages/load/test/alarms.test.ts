import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Alarms } from '../src/alarms.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function alarmsAt(): { alarms: Alarms; rung: string[]; note: (name: string) => () => void } {
  const rung: string[] = [];
  const startMs = Date.now();
  const alarms = new Alarms(() => Date.now() - startMs);
  return { alarms, rung, note: (name) => () => void rung.push(`${name}@${Date.now() - startMs}`) };
}

test('rings in order, never early', () => {
  const { alarms, rung, note } = alarmsAt();
  alarms.at(20, note('b'));
  alarms.at(10.5, note('a'));
  alarms.at(20.5, note('c'));
  vi.advanceTimersByTime(10);
  expect(rung).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(rung).toEqual(['a@11', 'b@20', 'c@21']);
  expect(alarms.nextDueMs).toBe(Infinity);
});

test('rings at once what is due when somebody is awake anyway', () => {
  const { alarms, rung, note } = alarmsAt();
  alarms.at(0, note('due'));
  alarms.at(5, note('later'));
  alarms.ringDue();
  expect(rung).toEqual(['due@0']);
  expect(alarms.nextDueMs).toBe(5);
});

test('rings alarms set by others, and does not ring within a ring', () => {
  const { alarms, rung, note } = alarmsAt();
  alarms.at(1, () => {
    alarms.at(1, note('inner'));
    alarms.ringDue();
    note('outer')();
  });
  vi.advanceTimersByTime(1);
  expect(rung).toEqual(['outer@1', 'inner@1']);
});

test('forgets cancelled alarms, and all of them when cleared', () => {
  const { alarms, rung, note } = alarmsAt();
  const first = alarms.at(1, note('first'));
  const second = alarms.at(2, note('second'));
  alarms.cancel(first);
  alarms.cancel(first);
  vi.advanceTimersByTime(5);
  expect(rung).toEqual(['second@2']);
  alarms.cancel(second);
  alarms.at(10, note('third'));
  alarms.clear();
  vi.advanceTimersByTime(100);
  expect(rung).toEqual(['second@2']);
  expect(vi.getTimerCount()).toBe(0);
});

test('needs one timer for any number of alarms', () => {
  const { alarms, note } = alarmsAt();
  for (let index = 0; index < 1_000; index += 1) alarms.at(1_000 - index, note('x'));
  expect(vi.getTimerCount()).toBe(1);
});

test('waits longer than a timer of Node can', () => {
  const { alarms, rung, note } = alarmsAt();
  alarms.at(2 ** 31 + 10, note('far'));
  vi.advanceTimersByTime(2 ** 31 + 10);
  expect(rung).toEqual([`far@${2 ** 31 + 10}`]);
});

test('keeps the order whatever is set and cancelled', () => {
  const step = fc.record({ dueMs: fc.nat(100), cancel: fc.option(fc.nat(50), { nil: undefined }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { alarms } = alarmsAt();
      const rung: number[] = [];
      const expected: (number | undefined)[] = [];
      const set = steps.map(({ dueMs, cancel }, index) => {
        expected.push(dueMs);
        const alarm = alarms.at(dueMs, () => void rung.push(dueMs));
        return { alarm, cancel: cancel === undefined || cancel > index ? undefined : cancel };
      });
      for (const { cancel } of set) {
        if (cancel === undefined) continue;
        alarms.cancel(set[cancel]!.alarm);
        expected[cancel] = undefined;
      }
      vi.advanceTimersByTime(200);
      const left = expected.filter((dueMs) => dueMs !== undefined).sort((a, b) => a - b);
      expect(rung).toEqual(left);
    }),
  );
});

test('precise alarms never ring early, and wait in a loop for little of the time', async () => {
  vi.useRealTimers();
  let lookedMs = performance.now();
  /** The longest time this thread looked at no clock: for as long, a loop cannot end. */
  let longestPauseMs = 0;
  const nowMs = (): number => {
    const now = performance.now();
    longestPauseMs = Math.max(longestPauseMs, now - lookedMs);
    lookedMs = now;
    return now;
  };
  const alarms = new Alarms(nowMs, { precise: true });
  const fromMs = nowMs();
  const early: number[] = [];
  await new Promise<void>((resolve) => {
    for (let index = 1; index <= 40; index += 1) {
      const dueMs = fromMs + index * 6.3;
      alarms.at(dueMs, () => {
        if (nowMs() < dueMs) early.push(index);
        if (index === 40) resolve();
      });
    }
  });
  expect(early).toEqual([]);
  expect(alarms.loopedMs).toBeGreaterThan(0);
  // A loop that was under way may go over the tenth.
  expect(alarms.loopedMs).toBeLessThan(0.1 * (nowMs() - fromMs) + 10 + longestPauseMs);
});
