import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RouteGain } from '../../src/audits/finding.ts';
import { boundedGain } from '../../src/predict/amdahl.ts';
import {
  moreOf,
  relievedGains,
  type RouteAtResource,
  type SharedResource,
} from '../../src/predict/relief.ts';

const slow = 'GET /slow';
const other = 'GET /other';

/** 2,000 users at one server, who pause for a second: half their requests for each route. */
const resource: SharedResource = {
  station: {
    offered: { model: 'closed', users: 2_000, elsewhereMs: 1_000 },
    servers: 1,
    residenceMs: 1_000,
  },
  workMs: 1_000,
  isKnown: true,
  routes: [at(slow, 1_500), at(other, 500)],
};

function at(route: string, residenceMs: number): RouteAtResource {
  return {
    route,
    beforeMs: residenceMs + 100,
    requestShare: 0.5,
    residenceMs,
    mostWaitingMs: residenceMs,
    behindMs: 0,
  };
}

const own: readonly RouteGain[] = [
  boundedGain(slow, 1_600, 900, { low: 700, mid: 800, high: 850 }),
];

function gainOf(gains: readonly RouteGain[], route: string): RouteGain {
  const gain = gains.find((each) => each.route === route);
  if (gain === undefined) throw new Error(`${route} gains`);
  return gain;
}

describe('where all stand in one line', () => {
  const gains = relievedGains(own, { mid: 400, high: 425 }, resource);
  /** R = N·D − Z: of a demand of 1 ms 0.6 remain, which take 200 ms, and without relief 600. */
  const relief = 1 - 200 / 600;

  test('a route that does less waits less for the rest too', () => {
    const { gainMs, boundMs } = gainOf(gains, slow);
    expect(gainMs.low).toBe(700);
    expect(gainMs.mid).toBeCloseTo(800 + 700 * relief, -1);
    expect(gainMs.high).toBeGreaterThan(gainMs.mid);
    expect(boundMs).toBeLessThan(1_500);
  });

  test('a route that never sends the statement gains nothing of its own, and waits less', () => {
    const { gainMs } = gainOf(gains, other);
    expect(gainMs.low).toBe(0);
    expect(gainMs.mid).toBeCloseTo(500 * relief, -1);
  });

  test('what hangs on the line from elsewhere moves the upper end alone', () => {
    const behind = {
      ...resource,
      routes: resource.routes.map((each) => ({ ...each, behindMs: 60 })),
    };
    const held = gainOf(relievedGains(own, { mid: 400, high: 425 }, behind), other);
    const { gainMs, boundMs } = gainOf(gains, other);
    expect(held.gainMs.mid).toBe(gainMs.mid);
    expect(held.gainMs.high).toBeGreaterThan(gainMs.high);
    expect(held.gainMs.high).toBeLessThan(gainMs.high + 60);
    expect(held.boundMs).toBeLessThan(boundMs + 60);
  });

  test('only what was waiting can go', () => {
    const pooled = {
      ...resource,
      routes: resource.routes.map((each) => ({ ...each, mostWaitingMs: 50 })),
    };
    const { gainMs } = gainOf(relievedGains(own, { mid: 400, high: 425 }, pooled), other);
    expect([gainMs.mid, gainMs.high]).toEqual([50, 50]);
  });

  test('servers that were not counted move the upper end alone', () => {
    const guessed = relievedGains(own, { mid: 400, high: 425 }, { ...resource, isKnown: false });
    expect(gainOf(guessed, slow).gainMs.mid).toBe(800);
    expect(gainOf(guessed, slow).gainMs.high).toBe(gainOf(gains, slow).gainMs.high);
  });
});

test('who waits for nobody gains what he gained', () => {
  const alone: SharedResource = {
    ...resource,
    station: { ...resource.station, offered: { model: 'closed', users: 1, elsewhereMs: 100 } },
  };
  expect(relievedGains(own, { mid: 400, high: 425 }, alone)).toEqual(own);
  expect(relievedGains(own, { mid: 0, high: 0 }, resource)).toBe(own);
});

test('a route the load does not visit keeps its own gain', () => {
  const hidden = boundedGain('GET /hidden', 90, 80, { low: 10, mid: 20, high: 30 });
  const gains = relievedGains([...own, hidden], { mid: 400, high: 425 }, resource);
  expect(gainOf(gains, 'GET /hidden')).toEqual(hidden);
});

test('no route gains more than it spends at the resource or behind it, nor less than before', () => {
  const ms = (max: number) => fc.double({ min: 0, max, noNaN: true });
  const cases = fc
    .record({
      users: fc.integer({ min: 1, max: 60 }),
      elsewhereMs: ms(5_000),
      servers: fc.double({ min: 1, max: 16, noNaN: true }),
      residences: fc.array(ms(4_000), { minLength: 1, maxLength: 4 }),
      behindMs: ms(100),
      shares: fc.tuple(ms(1), ms(1), ms(1), ms(1)),
      removed: fc.tuple(ms(5_000), ms(5_000)),
    })
    .filter(({ residences }) => residences.some((each) => each > 0));
  fc.assert(
    fc.property(cases, ({ users, elsewhereMs, servers, residences, behindMs, shares, removed }) => {
      const routes = residences.map((residenceMs, index) => ({
        ...at(`GET /${index}`, residenceMs),
        requestShare: 1 / residences.length,
        behindMs,
      }));
      const residenceMs = residences.reduce((sum, each) => sum + each, 0) / residences.length;
      const before = routes.map(({ route, beforeMs, residenceMs: spent }, index) => {
        const held = spent * (shares[index] ?? 0);
        return boundedGain(route, beforeMs, held, { low: 0, mid: held / 2, high: held });
      });
      const [mid, high] = removed.toSorted((a, b) => a - b) as [number, number];
      const after = relievedGains(
        before,
        { mid, high },
        {
          station: { offered: { model: 'closed', users, elsewhereMs }, servers, residenceMs },
          workMs: residenceMs,
          isKnown: true,
          routes,
        },
      );
      for (const { route, gainMs, boundMs } of after) {
        const spent = routes.find((each) => each.route === route)?.residenceMs ?? 0;
        const earlier = before.find((each) => each.route === route)?.gainMs;
        expect(boundMs).toBeLessThanOrEqual(spent + behindMs + 1e-6);
        expect(gainMs.low).toBeLessThanOrEqual(gainMs.mid);
        expect(gainMs.mid).toBeLessThanOrEqual(gainMs.high);
        expect(gainMs.high).toBeLessThanOrEqual(boundMs);
        expect(gainMs.mid).toBeGreaterThanOrEqual((earlier?.mid ?? 0) - 1e-6);
      }
    }),
  );
});

test('of two lines the one that holds more counts', () => {
  const gain = (low: number, mid: number, high: number): RouteGain =>
    boundedGain(slow, 100, 90, { low, mid, high });
  const [most, ...rest] = moreOf([gain(5, 20, 30)], [gain(1, 25, 28)]);
  expect(rest).toEqual([]);
  expect(most?.gainMs).toEqual({ low: 5, mid: 25, high: 30 });
});
