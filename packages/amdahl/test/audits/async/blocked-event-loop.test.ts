import { describe, expect, test } from 'vitest';
import { blockedEventLoop } from '../../../src/audits/async/blocked-event-loop.ts';
import { agentOf, pid, routeOf, seconds } from '../../fixtures/agent.ts';
import { findingOf, findingsOf, outcomeOf } from '../../fixtures/audit.ts';
import { profileOf, type Place } from '../../fixtures/cpu-profile.ts';
import { loadOf, request } from '../../fixtures/load.ts';

const handler: Place = { name: 'handle', url: 'file:///app/src/server.ts', line: 5 };
const recommend: Place = { name: 'recommend', url: 'file:///app/src/recommend.ts', line: 40 };
const library: Place = { name: 'sort', url: 'file:///app/node_modules/fast/sort.js', line: 1 };
const idle: Place = { name: '(idle)' };

const load = loadOf([request('GET /', 60), request('GET /health', 20)]);
const routes = [
  routeOf('GET /', { database: 10, compute: 40 }),
  routeOf('GET /health', { compute: 15 }),
];
const blocked = agentOf({
  routes,
  runtime: seconds(10, () => ({ loopDelayP99Ms: 45, loopDelayMaxMs: 60, loopDelayMeanMs: 5 })),
});

function profiled(...stacks: Parameters<typeof profileOf>[0]): {
  durationMs: number;
  profiles: { pid: number; profile: ReturnType<typeof profileOf> }[];
} {
  return { durationMs: 1_000, profiles: [{ pid, profile: profileOf(stacks) }] };
}

const inBlocks = [1, 2, 3, 4].flatMap(() => [
  { stack: [handler, recommend], ms: 20 },
  { stack: [handler, recommend, library], ms: 20 },
  { stack: [idle], ms: 10 },
]);

describe('a function that computes in long runs', () => {
  const finding = findingOf(blockedEventLoop, {
    agent: blocked,
    load,
    cpuProfile: profiled({ stack: [handler], ms: 4 }, ...inBlocks),
  });

  test('is named with its line, what it calls in libraries counted as its own', () => {
    expect(finding.where).toEqual({
      file: '/app/src/recommend.ts',
      line: 40,
      column: 1,
      functionName: 'recommend',
    });
    expect(finding.title).toBe(
      'recommend blocks the event loop for 40 ms at a time, 98 % of all computing',
    );
  });

  test('comes with what it is reached through', () => {
    expect(finding.evidence).toContainEqual({
      kind: 'text',
      text: 'Reached through handle (src/server.ts:5).',
    });
  });

  test('costs every route in flight, whichever calls it', () => {
    const [home, health] = finding.prediction.gains;
    expect(home?.gainMs.low).toBeCloseTo(40 * 0.976, 0);
    expect(health?.gainMs.mid).toBeCloseTo(20 * 0.976, 0);
    expect(finding.prediction.gains.every((gain) => gain.gainMs.high <= gain.boundMs)).toBe(true);
  });
});

test('work divided among helpers is blamed on what divides it', () => {
  const helpers = ['filter', 'score', 'rank'].map((name, index): Place => ({
    name,
    url: 'file:///app/src/recommend.ts',
    line: 50 + index,
  }));
  const cpuProfile = profiled(
    ...[1, 2, 3].flatMap(() => [
      ...helpers.map((helper) => ({ stack: [handler, recommend, helper], ms: 15 })),
      { stack: [idle], ms: 5 },
    ]),
  );
  expect(findingOf(blockedEventLoop, { agent: blocked, load, cpuProfile }).where?.line).toBe(40);
});

test('two processes that block in one function are one cause', () => {
  const [one] = blocked.processes;
  if (one === undefined) throw new Error('one process');
  const other = { ...one, process: { ...one.process, pid: pid + 1 } };
  const { profiles } = profiled(...inBlocks);
  const cpuProfile = {
    durationMs: 1_000,
    profiles: profiles.flatMap((each) => [each, { ...each, pid: pid + 1 }]),
  };
  expect(
    findingsOf(blockedEventLoop, { agent: { processes: [one, other] }, load, cpuProfile }),
  ).toHaveLength(1);
});

test('a function called often but briefly blocks nothing', () => {
  const cpuProfile = profiled(
    ...Array.from({ length: 50 }, () => [
      { stack: [handler, recommend], ms: 2 },
      { stack: [idle], ms: 1 },
    ]).flat(),
  );
  expect(findingsOf(blockedEventLoop, { agent: blocked, load, cpuProfile })).toEqual([]);
});

test('long runs that never delayed the loop are left alone', () => {
  const calm = agentOf({ routes });
  expect(
    findingsOf(blockedEventLoop, { agent: calm, load, cpuProfile: profiled(...inBlocks) }),
  ).toEqual([]);
});

test('time in libraries alone has no line of the app to name', () => {
  const cpuProfile = profiled({ stack: [library], ms: 400 });
  expect(findingsOf(blockedEventLoop, { agent: blocked, load, cpuProfile })).toEqual([]);
});

test('without samples of the loop it is not judged', () => {
  const agent = agentOf({ routes, runtime: [] });
  expect(
    outcomeOf(blockedEventLoop, { agent, load, cpuProfile: profiled(...inBlocks) }),
  ).toMatchObject({ status: 'unmeasured' });
});
