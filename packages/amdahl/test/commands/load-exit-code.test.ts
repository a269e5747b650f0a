import { readObjective, type LoadObjective, type LoadResult, type Verdict } from '@amdahl/load';
import { expect, test } from 'vitest';
import { loadExitCode } from '../../src/commands/load-exit-code.ts';

const objective = readObjective('errors < 1%') as LoadObjective;
const result = (changes: Partial<LoadResult>): LoadResult =>
  ({ interrupted: false, ...changes }) as LoadResult;
const missed: Partial<LoadResult> = {
  objectives: [{ objective, found: 0.5, met: false, count: 100 }],
};
const met: Partial<LoadResult> = { objectives: [{ objective, found: 0, met: true, count: 100 }] };

function verdict(...reasons: readonly (readonly ['bounded' | 'void', string])[]): Verdict {
  return {
    kind: reasons[0]?.[0] ?? 'valid',
    reasons: reasons.map(([kind, check]) => ({ kind, check, message: '', next: '' }) as never),
  };
}

test.each<[string, Partial<LoadResult>, Verdict, number]>([
  ['a run without objectives', {}, verdict(), 0],
  ['objectives met', met, verdict(['bounded', 'lost-workers']), 0],
  ['an objective missed', missed, verdict(), 1],
  ['a void run', {}, verdict(['void', 'generator-lag']), 3],
  ['a void run with an objective missed', missed, verdict(['void', 'generator-lag']), 3],
  ['mostly failures', {}, verdict(['void', 'error-mix']), 3],
  ['mostly failures, as an objective says', missed, verdict(['void', 'error-mix']), 1],
  [
    'mostly failures of a generator out of sockets',
    missed,
    verdict(['void', 'error-mix'], ['void', 'socket-errors']),
    3,
  ],
  ['a run stopped by its user', { ...missed, interrupted: true }, verdict(), 130],
  ['a hopeless run', { ...missed, interrupted: true, hopeless: 'errors < 1%' }, verdict(), 1],
])('%s', (_name, changes, judged, exitCode) => {
  expect(loadExitCode(result(changes), judged)).toBe(exitCode);
});
