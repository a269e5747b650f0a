import type { LoadProfile } from '@amdahl/load';
import { describe, expect, test } from 'vitest';
import { changeProfile, isProfile } from '../../src/config/profile.ts';

const closed: LoadProfile = { model: 'closed', users: 5, warmup: '1s', duration: '10s' };
const staged: LoadProfile = {
  model: 'open',
  arrivals: [
    { fromPerSecond: 0, toPerSecond: 10, duration: '5s' },
    { fromPerSecond: 10, toPerSecond: 10, duration: '15s' },
  ],
};

test.each<[LoadProfile]>([
  [closed],
  [staged],
  [{ ...closed, rampUp: 0, warmup: 0 }],
  [{ ...staged, spacing: 'poisson', maxUsers: 10 }],
])('%j is a profile', (profile) => {
  expect(isProfile(profile)).toBe(true);
});

test.each([
  [null],
  ['closed'],
  [{}],
  [{ ...closed, model: 'half-open' }],
  [{ ...closed, users: 0 }],
  [{ ...closed, users: 1.5 }],
  [{ ...closed, duration: '0s' }],
  [{ ...closed, duration: 'long' }],
  [{ ...closed, warmup: 'short' }],
  [{ ...staged, arrivals: [] }],
  [{ ...staged, arrivals: [{ fromPerSecond: -1, toPerSecond: 1, duration: 1 }] }],
  [{ ...staged, arrivals: [null] }],
  [{ ...staged, spacing: 'random' }],
  [{ ...staged, maxUsers: 0 }],
])('%j is none', (value) => {
  expect(isProfile(value)).toBe(false);
});

describe('changes', () => {
  test('users, duration, warm-up and ramp-up keep the rest', () => {
    expect(changeProfile(closed, { users: 7, duration: 3_000, rampUp: 100 })).toEqual({
      model: 'closed',
      users: 7,
      warmup: '1s',
      duration: 3_000,
      rampUp: 100,
    });
  });

  test('a rate makes it open, for as long', () => {
    expect(changeProfile(closed, { rate: 50 })).toEqual({
      model: 'open',
      warmup: '1s',
      arrivals: [{ fromPerSecond: 50, toPerSecond: 50, duration: 10_000 }],
    });
  });

  test('users make it closed, for as long', () => {
    expect(changeProfile(staged, { users: 3 })).toEqual({
      model: 'closed',
      users: 3,
      duration: 20_000,
    });
  });

  test.each([
    ['users with a rate', closed, { users: 1, rate: 1 }],
    ['a ramp-up with a rate', closed, { rate: 1, rampUp: 1 }],
    ['a duration for several stages', staged, { duration: 1 }],
  ])('%s contradict', (_, profile, changes) => {
    expect(changeProfile(profile, changes)).toBeNull();
  });

  test('none change nothing', () => {
    expect(changeProfile(staged, {})).toEqual(staged);
  });
});
