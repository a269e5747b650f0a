import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  demandMs,
  meanUsers,
  reliefShare,
  residenceMs,
  waitingShare,
  type Offered,
  type Station,
} from '../../src/predict/queueing.ts';

const closed = (users: number, elsewhereMs: number): Offered => ({
  model: 'closed',
  users,
  elsewhereMs,
});
const open = (perSecond: number): Offered => ({ model: 'open', ratePerMs: perSecond / 1_000 });

describe('a request stays at the station', () => {
  test('for its demand when it is alone', () => {
    expect(residenceMs(40, 1, closed(1, 100))).toBe(40);
    expect(residenceMs(40, 4, closed(1, 100))).toBe(40);
    expect(residenceMs(40, 2, open(0))).toBe(40);
  });

  test('of an open load as long as R = D / (1 − ρ)', () => {
    expect(residenceMs(40, 1, open(20))).toBeCloseTo(200);
    expect(residenceMs(40, 1, open(25))).toBe(Infinity);
  });

  test('of two users who do nothing else, twice its demand; of many, N·D − Z', () => {
    expect(residenceMs(40, 1, closed(2, 0))).toBeCloseTo(80);
    expect(residenceMs(40, 1, closed(500, 1_000))).toBeCloseTo(500 * 40 - 1_000);
    expect(residenceMs(40, 4, closed(500, 1_000))).toBeCloseTo((500 * 40) / 4 - 1_000);
  });

  test('as the machine repairman model has it: three users, D = Z', () => {
    // p0 of M/M/1//3 with r = 1: 1 / (1 + 3 + 6 + 6); R = 3D / (1 − p0) − Z.
    expect(residenceMs(10, 1, closed(3, 10))).toBeCloseTo(30 / (1 - 1 / 16) - 10);
  });
});

const stations: fc.Arbitrary<Station> = fc
  .record({
    demand: fc.double({ min: 0.01, max: 5_000, noNaN: true }),
    servers: fc.double({ min: 1, max: 64, noNaN: true }),
    offered: fc.oneof(
      fc
        .record({
          users: fc.integer({ min: 1, max: 200 }),
          elsewhereMs: fc.double({ min: 0, max: 10_000, noNaN: true }),
        })
        .map((rest) => ({ model: 'closed' as const, ...rest })),
      fc
        .double({ min: 0, max: 0.99, noNaN: true })
        .map((utilization) => ({ model: 'open' as const, utilization })),
    ),
  })
  .map(({ demand, servers, offered }) => {
    const load: Offered =
      offered.model === 'closed'
        ? offered
        : { model: 'open', ratePerMs: (offered.utilization * servers) / demand };
    return { offered: load, servers, residenceMs: residenceMs(demand, servers, load) };
  });

describe('of what was measured', () => {
  test('the demand comes back', () => {
    fc.assert(
      fc.property(stations, (station) => {
        const again = residenceMs(demandMs(station), station.servers, station.offered);
        expect(Math.abs(again / station.residenceMs - 1)).toBeLessThan(1e-4);
      }),
    );
  });

  test('the relief is never more than the waiting, and more work removed never relieves less', () => {
    fc.assert(
      fc.property(stations, fc.double({ min: 0, max: 1.2, noNaN: true }), (station, removed) => {
        const share = reliefShare(station, removed);
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(waitingShare(station));
        expect(reliefShare(station, removed / 2)).toBeLessThanOrEqual(share + 1e-4);
      }),
    );
  });

  test('whoever is alone is relieved of nothing', () => {
    const alone = { offered: closed(1, 100), servers: 1, residenceMs: 40 };
    expect(waitingShare(alone)).toBeCloseTo(0);
    expect(reliefShare(alone, 0.5)).toBeCloseTo(0);
  });

  test('at saturation half the work gone makes the cycle half as long', () => {
    const measured = { offered: closed(100, 600), servers: 1, residenceMs: 100 * 50 - 600 };
    const after = (measured.residenceMs / 2) * (1 - reliefShare(measured, 0.5));
    expect(after + 600).toBeCloseTo((100 * 50) / 2, -1);
  });
});

test('users who come and go count with their time', () => {
  const profile = { model: 'closed', users: 10, duration: '10s' } as const;
  expect(meanUsers(profile, 10_000)).toBe(10);
  expect(meanUsers({ ...profile, changes: [{ at: '5s', users: 30 }] }, 10_000)).toBe(20);
  expect(meanUsers({ ...profile, changes: [{ at: '20s', users: 30 }] }, 10_000)).toBe(10);
});
