import { expect, test } from 'vitest';
import type { RuntimeSample } from '@amdahl/agent/protocol';
import { memoryGrowth } from '../../../src/audits/scale/memory-growth.ts';
import { agentOf, routeOf, seconds } from '../../fixtures/agent.ts';
import { target } from '../../fixtures/artifacts.ts';
import { findingOf, findingsOf, outcomeOf } from '../../fixtures/audit.ts';

function runtime(
  count: number,
  at: (second: number) => Partial<RuntimeSample>,
): {
  agent: ReturnType<typeof agentOf>;
  target: typeof target;
} {
  const samples = seconds(count, at);
  const routes = [routeOf('GET /', { compute: 1 }, count * 100)];
  return { target, agent: agentOf({ routes, runtime: samples, windowMs: count * 1_000 }) };
}

test('a heap that is larger after each collection grows', () => {
  const finding = findingOf(
    memoryGrowth,
    runtime(30, (second) => ({ heapAfterGcBytes: 40e6 + second * 2e6 })),
  );
  expect(finding.title).toBe('The heap grows by 2 MB a second and never shrinks');
  expect(finding.evidence).toContainEqual(
    expect.objectContaining({ label: 'Kept for each request', value: 20_000 }),
  );
});

test('buffers outside the heap are seen in the memory as a whole, given time', () => {
  const finding = findingOf(
    memoryGrowth,
    runtime(180, (second) => ({ rssBytes: 120e6 + second * 5e6, heapAfterGcBytes: 0 })),
  );
  expect(finding.title).toBe('The process grows by 5 MB a second and never shrinks');
});

test.each<[string, (second: number) => Partial<RuntimeSample>]>([
  ['settles', (second) => ({ rssBytes: 60e6 - 30e6 * 0.6 ** second })],
  ['goes up and down', (second) => ({ heapAfterGcBytes: 60e6 + (second % 5) * 10e6 })],
  [
    'differs from one full collection to the next',
    (second) => ({
      heapAfterGcBytes: [60e6, 40e6, 70e6, 45e6, 66e6, 80e6][Math.floor(second / 25)] ?? 0,
    }),
  ],
  ['grows by little', (second) => ({ heapAfterGcBytes: 60e6 + second * 2e4 })],
])('memory that %s is left alone', (_, at) => {
  expect(findingsOf(memoryGrowth, runtime(150, at))).toEqual([]);
});

test('a short run says nothing, however its memory moves', () => {
  const short = runtime(30, (second) => ({ rssBytes: 100e6 + second * 5e6 }));
  expect(outcomeOf(memoryGrowth, short)).toMatchObject({
    status: 'unmeasured',
    reason:
      'a leak shows over 5 full garbage collections or 120 seconds; there were 1 in 30 seconds: ' +
      'give --duration more',
  });
});
