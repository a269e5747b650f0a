import { Histogram } from '@amdahl/metrics';
import { loadErrors } from '../load-errors.ts';
import type { LoadSlice } from '../measure/slices.ts';
import type { CheckResult, SliceResult } from '../result.ts';
import type { LoadObjective, ObjectiveOutcome } from './objective.ts';

/**
 * The slices that objectives are computed from, in the same order. Phases are slices by name.
 *
 * @throws `AMDAHL_LOAD_BAD_OPTIONS` when an objective is about a phase or a time the run has not.
 */
export function slicesFor(
  objectives: readonly LoadObjective[],
  phases: readonly LoadSlice[],
  measuredMs: number,
): readonly LoadSlice[] {
  return objectives.map(({ text, request, figure, limit, acceptableLimit, window, phase }) => {
    const isTime = ['percentile', 'mean', 'max'].includes(figure.kind);
    const span = phase === undefined ? window : phaseNamed(phase, phases, text);
    if ((window?.toMs ?? 0) > measuredMs) {
      throw bad(`a time within the ${measuredMs / 1_000} s that are measured`, `"${text}"`);
    }
    return {
      name: text,
      ...(request === undefined ? {} : { request }),
      ...(span?.fromMs === undefined ? {} : { fromMs: span.fromMs }),
      ...(span?.toMs === undefined ? {} : { toMs: span.toMs }),
      ...(isTime ? { limitMs: acceptableLimit ?? limit } : {}),
    };
  });
}

/** How a run stands to its objectives, from their slices in the same order. */
export function assess(
  objectives: readonly LoadObjective[],
  slices: readonly SliceResult[],
  checks: readonly CheckResult[],
): readonly ObjectiveOutcome[] {
  return objectives.map((objective, index) => {
    const { found, count } = figureOf(objective, slices[index] as SliceResult, checks);
    return { objective, found, met: found !== null && meets(objective, found), count };
  });
}

function figureOf(
  { figure }: LoadObjective,
  { count, failed, responseTime, fromMs, toMs }: SliceResult,
  checks: readonly CheckResult[],
): Pick<ObjectiveOutcome, 'found' | 'count'> {
  if (figure.kind === 'checks') {
    const passed = checks.reduce((sum, check) => sum + check.passed, 0);
    const all = checks.reduce((sum, check) => sum + check.failed, passed);
    return { found: all === 0 ? null : passed / all, count: all };
  }
  if (figure.kind === 'rate') {
    return { found: toMs > fromMs ? (count / (toMs - fromMs)) * 1_000 : null, count };
  }
  if (figure.kind === 'errors') return { found: count === 0 ? null : failed / count, count };
  const times = Histogram.fromBase64(responseTime);
  if (times.count === 0) return { found: null, count };
  const percentile = figure.kind === 'percentile' ? figure.percentile : 100;
  const us = figure.kind === 'mean' ? times.mean : times.valueAtPercentile(percentile);
  return { found: us / 1_000, count };
}

function meets({ figure, limit, acceptableLimit = limit }: LoadObjective, found: number): boolean {
  const wantsMore = figure.kind === 'rate' || figure.kind === 'checks';
  return wantsMore ? found > acceptableLimit : found < acceptableLimit;
}

function phaseNamed(name: string, phases: readonly LoadSlice[], text: string): LoadSlice {
  const found = phases.find((phase) => phase.name === name);
  if (found !== undefined) return found;
  const names = phases.map((phase) => phase.name).join(', ');
  throw bad(
    names === '' ? 'a shape with phases for an objective "during" one' : `a phase of ${names}`,
    `"${text}"`,
  );
}

function bad(expected: string, found: string): Error {
  return loadErrors.create('AMDAHL_LOAD_BAD_OPTIONS', {
    expected,
    found,
    next: 'Correct the objective, or the shape of the run.',
  });
}
