import { bootstrapInterval, Histogram } from '@amdahl/metrics';
import type { LoadSlice } from '../measure/slices.ts';
import type { LoadObjective } from '../objectives/objective.ts';
import type { LoadResult, SliceResult } from '../result.ts';
import type { Verdict } from '../verdict.ts';

/** Requests that are not independent of each other come in blocks of this length, which nearly are. */
const blockMs = 1_000;

/**
 * What a probe says of its rate: that the service bears it or does not, with 95 % confidence;
 * neither; or that the generator gave out.
 */
export type ProbeAnswer = 'met' | 'missed' | 'unclear' | 'generator';

/** Slices of a probe from which `answerOf` computes its intervals, a block of time each. */
export function probeSlices(measuredMs: number): readonly LoadSlice[] {
  return Array.from({ length: Math.ceil(measuredMs / blockMs) }, (_, index) => ({
    name: `block ${index}`,
    fromMs: index * blockMs,
    toMs: Math.min(measuredMs, (index + 1) * blockMs),
  }));
}

/** What a probe says, and because of what. */
export function answerOf(
  result: LoadResult,
  verdict: Verdict,
): { readonly answer: ProbeAnswer; readonly because?: string } {
  const { objectives = [], slices = [], hopeless } = result;
  const generator = verdict.reasons.find(
    ({ check, kind }) =>
      check === 'generator-cpu' || (check === 'generator-lag' && kind === 'void'),
  );
  if (generator !== undefined) return { answer: 'generator', because: generator.message };
  if (hopeless !== undefined) return { answer: 'missed', because: hopeless };
  // It keeps up with the objectives only because the probe ends before the backlog is long enough.
  const fallsBehind = verdict.reasons.find(({ check }) => check === 'unstarted-arrivals');
  if (fallsBehind !== undefined) return { answer: 'missed', because: fallsBehind.message };
  const blocks = slices.slice(objectives.length).filter(({ count }) => count > 0);
  let unclear: string | undefined;
  for (const { objective, met } of objectives) {
    const answer = clarity(objective, blocks) ?? (met ? 'met' : 'missed');
    if (answer === 'missed') return { answer, because: objective.text };
    if (answer === 'unclear') unclear = objective.text;
  }
  return unclear === undefined ? { answer: 'met' } : { answer: 'unclear', because: unclear };
}

/**
 * Where the interval of the share of requests beyond the limit lies, drawn by blocks (a block
 * bootstrap: Künsch, "The jackknife and the bootstrap for general stationary observations", 1989).
 * Undefined for objectives that are no share of the whole probe's requests.
 */
function clarity(
  { figure, limit, acceptableLimit = limit, request }: LoadObjective,
  blocks: readonly SliceResult[],
): ProbeAnswer | undefined {
  if (request !== undefined || blocks.length === 0) return undefined;
  let allowed: number;
  let bad: readonly number[];
  if (figure.kind === 'percentile') {
    allowed = 1 - figure.percentile / 100;
    bad = blocks.map(({ responseTime }) => {
      const times = Histogram.fromBase64(responseTime);
      return times.count * (1 - times.shareAtOrBelow(acceptableLimit * 1_000));
    });
  } else if (figure.kind === 'errors') {
    allowed = acceptableLimit;
    bad = blocks.map(({ failed }) => failed);
  } else {
    return undefined;
  }
  const { low, high } = bootstrapInterval([...blocks.keys()], (drawn) => {
    let all = 0;
    let beyond = 0;
    for (const index of drawn) {
      all += blocks[index]?.count ?? 0;
      beyond += bad[index] ?? 0;
    }
    return all === 0 ? 0 : beyond / all;
  });
  if (high < allowed) return 'met';
  return low > allowed ? 'missed' : 'unclear';
}
