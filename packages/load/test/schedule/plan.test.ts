import { expect, test } from 'vitest';
import type { LoadProfile } from '../../src/profile.ts';
import { planOf } from '../../src/schedule/plan.ts';

test('reads a closed profile', () => {
  expect(
    planOf({ model: 'closed', users: 5, rampUp: '2s', warmup: '500ms', duration: '1m' }),
  ).toEqual({
    model: 'closed',
    users: 5,
    changes: [],
    rampUpMs: 2_000,
    warmupMs: 500,
    measuredMs: 60_000,
  });
});

test('puts the warm-up of an open profile before its stages, at the rate they start with', () => {
  const stage = { fromPerSecond: 10, toPerSecond: 30, durationMs: 1_000 };
  expect(
    planOf({
      model: 'open',
      warmup: '2s',
      arrivals: [{ fromPerSecond: 10, toPerSecond: 30, duration: '1s' }],
    }),
  ).toEqual({
    model: 'open',
    stages: [{ fromPerSecond: 10, toPerSecond: 10, durationMs: 2_000 }, stage],
    spacing: 'uniform',
    maxUsers: 1_000,
    rampUpMs: 0,
    warmupMs: 2_000,
    measuredMs: 1_000,
  });
});

const stage = { fromPerSecond: 1, toPerSecond: 1, duration: '1s' };
const bad: [string, unknown][] = [
  ['no users', { model: 'closed', users: 0, duration: 1 }],
  ['half a user', { model: 'closed', users: 1.5, duration: 1 }],
  ['users without end', { model: 'closed', users: Infinity, duration: 1 }],
  ['a negative duration', { model: 'closed', users: 1, duration: -1 }],
  ['a negative duration in words', { model: 'closed', users: 1, duration: '-5s' }],
  ['no duration', { model: 'closed', users: 1, duration: 0 }],
  ['a bad ramp-up', { model: 'closed', users: 1, duration: 1, rampUp: 'soon' }],
  [
    'a change to no users',
    { model: 'closed', users: 1, duration: 9, changes: [{ at: 1, users: 0 }] },
  ],
  [
    'a change after the end',
    { model: 'closed', users: 1, duration: 9, changes: [{ at: 9, users: 2 }] },
  ],
  [
    'changes out of order',
    {
      model: 'closed',
      users: 1,
      duration: 9,
      changes: [
        { at: 5, users: 2 },
        { at: 4, users: 3 },
      ],
    },
  ],
  ['another model', { model: 'ajar', users: 1, duration: 1 }],
  ['no stages', { model: 'open', arrivals: [] }],
  ['rate 0', { model: 'open', arrivals: [{ ...stage, fromPerSecond: 0, toPerSecond: 0 }] }],
  ['a negative rate', { model: 'open', arrivals: [{ ...stage, fromPerSecond: -1 }] }],
  ['a rate that is none', { model: 'open', arrivals: [{ ...stage, toPerSecond: NaN }] }],
  ['a stage of no time', { model: 'open', arrivals: [{ ...stage, duration: 0 }] }],
  ['less than one arrival', { model: 'open', arrivals: [{ ...stage, duration: 100 }] }],
  ['no users allowed', { model: 'open', arrivals: [stage], maxUsers: 0 }],
  ['another spacing', { model: 'open', arrivals: [stage], spacing: 'random' }],
];

test.each(bad)('refuses %s', (_, profile) => {
  expect(() => planOf(profile as LoadProfile)).toThrowError(
    expect.objectContaining({ code: 'AMDAHL_LOAD_BAD_PROFILE' }) as Error,
  );
});

test('quotes the wrong value', () => {
  expect(() => planOf({ model: 'closed', users: 1, duration: '-5s' })).toThrowError(
    /found "-5s" as duration/,
  );
});
