import { expect, test } from 'vitest';
import { saturation } from '../../../src/audits/scale/saturation.ts';
import { agentOf, routeOf, seconds } from '../../fixtures/agent.ts';
import { target } from '../../fixtures/artifacts.ts';
import { findingOf, findingsOf } from '../../fixtures/audit.ts';
import { loadOf, request } from '../../fixtures/load.ts';

const load = loadOf([request('GET /', 90, 1_000)]);
const routes = [routeOf('GET /', { compute: 10 })];

test('a loop that is busy all the time is what limits throughput', () => {
  const agent = agentOf({ routes, runtime: seconds(10, () => ({ loopUtilization: 0.97 })) });
  const finding = findingOf(saturation, { agent, load, target });
  expect(finding.title).toBe(
    'The event loop is 97 % busy: 1 process can serve no more than 100 requests a second',
  );
  // 80 of 90 ms are spent before the app sees the request; four processors share that.
  expect(finding.prediction.gains[0]?.gainMs.mid).toBeCloseTo(60, 0);
  expect(finding.prediction.assumes).toBeDefined();
});

test('a loop with room to spare is left alone', () => {
  expect(findingsOf(saturation, { agent: agentOf({ routes }), load, target })).toEqual([]);
});
