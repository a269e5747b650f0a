import type { RunResult } from '../artifacts/run-result.ts';
import { matchingRoutes } from '../predict/route-names.ts';
import { proveErrors } from './prove-errors.ts';
import type { Comparison, PredictedGain, Proof } from './proof.ts';

/**
 * What a run predicted for one of its findings. The id may be cut short, as long as it names one:
 * `n-plus-one` when there is a single such finding.
 *
 * @throws AMDAHL_PROVE_UNKNOWN_FINDING naming those there are
 */
export function predictedGain(result: RunResult, id: string): PredictedGain {
  const exact = result.findings.filter((finding) => finding.id === id);
  const [found, ...others] =
    exact.length > 0 ? exact : result.findings.filter((finding) => finding.id.startsWith(id));
  if (found === undefined || others.length > 0) {
    const ids = result.findings.map((finding) => finding.id);
    throw proveErrors.create('AMDAHL_PROVE_UNKNOWN_FINDING', {
      expected: `--finding to name one finding of the recording: ${ids.join(', ') || 'it has none'}`,
      found: `"${id}"${found === undefined ? '' : ', which fits several'}`,
      next: 'Give the whole id, as `amdahl report` prints it.',
      details: { id, ids },
    });
  }
  return {
    finding: found.id,
    title: found.title,
    method: found.prediction.method,
    gains: [
      { route: null, gainMs: found.boughtMsPerRequest },
      ...found.prediction.gains.map(({ route, gainMs }) => ({ route, gainMs })),
    ],
  };
}

/** A prediction beside what was proven, mean milliseconds saved per request. */
export interface PromiseKept {
  readonly route: string | null;
  readonly predictedMs: PredictedGain['gains'][number]['gainMs'];
  /** Null when there were too few rounds for an interval, or the load never visited the route. */
  readonly provenMs: PredictedGain['gains'][number]['gainMs'] | null;
}

/** Holds each predicted gain against the comparison of the same route. */
export function comparePrediction(proof: Proof): readonly PromiseKept[] {
  return (proof.prediction?.gains ?? []).map(({ route, gainMs }) => ({
    route,
    predictedMs: gainMs,
    provenMs: savedMs(comparisonOf(proof, route)),
  }));
}

function comparisonOf(proof: Proof, route: string | null): Comparison | undefined {
  if (route === null) return proof.overall;
  return matchingRoutes(route, proof.routes, (comparison) => comparison.route ?? '')[0];
}

function savedMs(comparison: Comparison | undefined): PromiseKept['provenMs'] {
  const difference = comparison?.response.meanMs.difference ?? null;
  if (difference === null) return null;
  return { low: -difference.high, mid: -difference.mid, high: -difference.low };
}
