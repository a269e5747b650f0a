import { Histogram } from '@amdahl/metrics';
import { expect, test } from 'vitest';
import type { LoadObjective } from '../../src/objectives/objective.ts';
import { readObjective } from '../../src/objectives/read-objective.ts';
import type { LoadResult, SliceResult } from '../../src/result.ts';
import { answerOf, probeSlices, type ProbeAnswer } from '../../src/shapes/probe.ts';
import type { Verdict } from '../../src/verdict.ts';

const valid: Verdict = { kind: 'valid', reasons: [] };

/** A second of a hundred requests, so many of them slow and so many failed. */
function block(slow: number, failed = 0): SliceResult {
  const times = new Histogram();
  times.record(10_000, 100 - slow);
  times.record(900_000, slow);
  const responseTime = times.toBase64();
  return { name: '', fromMs: 0, toMs: 1_000, count: 100, failed, responseTime };
}

function answer(text: string, blocks: readonly SliceResult[]): ProbeAnswer {
  const objective = readObjective(text) as LoadObjective;
  const objectives = [{ objective, found: 1, met: true, count: 1 }];
  const slices = [block(0), ...blocks];
  return answerOf({ objectives, slices } as unknown as LoadResult, valid).answer;
}

const alternating = (...slow: readonly number[]): readonly SliceResult[] =>
  Array.from({ length: 12 }, (_, index) => block(slow[index % slow.length] ?? 0));

test('a probe is clear when the whole interval lies on one side', () => {
  expect(answer('p95 < 500ms', alternating(0, 1))).toBe('met');
  expect(answer('p95 < 500ms', alternating(20, 30))).toBe('missed');
  expect(answer('p95 < 500ms', alternating(0, 11))).toBe('unclear');
  const failing = Array.from({ length: 12 }, (_, index) => block(0, index % 2));
  expect(answer('errors < 5%', failing)).toBe('met');
  expect(answer('errors < 0.1%', failing)).toBe('missed');
  expect(answer('errors < 0.5%', failing)).toBe('unclear');
});

test('other objectives are taken as they stand', () => {
  expect(answer('mean < 1s', alternating(50))).toBe('met');
  expect(answer('GET /a: p95 < 1ms', alternating(50))).toBe('met');
});

test('a generator that gave out is not blamed on the service', () => {
  const verdict = (check: string, kind: 'bounded' | 'void'): Verdict => ({
    kind,
    reasons: [{ check, kind, message: 'why', next: '' } as never],
  });
  const result = { objectives: [], slices: [], hopeless: 'p95 < 1s' } as unknown as LoadResult;
  expect(answerOf(result, verdict('generator-cpu', 'void')).answer).toBe('generator');
  expect(answerOf(result, verdict('generator-lag', 'void')).answer).toBe('generator');
  expect(answerOf(result, verdict('generator-lag', 'bounded')).answer).toBe('missed');
  const kept = { objectives: [], slices: [] } as unknown as LoadResult;
  expect(answerOf(kept, verdict('unstarted-arrivals', 'bounded')).answer).toBe('missed');
});

test('blocks cover the probe', () => {
  expect(probeSlices(2_500).map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
    [0, 1_000],
    [1_000, 2_000],
    [2_000, 2_500],
  ]);
});
