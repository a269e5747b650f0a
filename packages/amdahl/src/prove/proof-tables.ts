/** The tables of a proof as plain cells, laid out by each renderer in its own way. */
import { formatMs } from '@amdahl/metrics';
import type { Interval } from '../audits/finding.ts';
import { formatShare } from '../wording.ts';
import { change, measureWord, scopeName } from './describe-proof.ts';
import { wordFor } from './headline.ts';
import { comparePrediction } from './predicted-gain.ts';
import type { Comparison, Proof } from './proof.ts';

export interface ProofTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/**
 * The whole load, then each route, by the measure it was decided by. A route that no round has on
 * both sides has no times to show.
 */
export function comparisonTable(proof: Proof): ProofTable {
  return {
    header: ['', 'A', 'B', 'change', '95 % interval', 'p95 A', 'p95 B', 'answer'],
    rows: [proof.overall, ...proof.routes].map(comparisonRow),
  };
}

function comparisonRow(comparison: Comparison): readonly string[] {
  const { a, b, ratio } = comparison.response[comparison.decidedBy];
  const { p95Ms } = comparison.response;
  const timeOf = (ms: number): string => (comparison.rounds === 0 ? '–' : formatMs(ms));
  return [
    `${scopeName(comparison)} (${measureWord(comparison)})`,
    timeOf(a),
    timeOf(b),
    ratio === null ? '' : change(ratio.mid),
    ratio === null ? '' : `${change(ratio.low)} to ${change(ratio.high)}`,
    timeOf(p95Ms.a),
    timeOf(p95Ms.b),
    wordFor(comparison.answer),
  ];
}

/** What the whole load cost and yielded besides response time. */
export function resourceTable({ overall }: Proof): ProofTable {
  const { ratePerSecond, errors, cpuPerRequestUs: cpu } = overall;
  const cpuRow =
    cpu === null ? [] : [['CPU time a request', formatMs(cpu.a / 1_000), formatMs(cpu.b / 1_000)]];
  return {
    header: ['the whole load', 'A', 'B'],
    rows: [
      ['requests a second', ratePerSecond.a.toFixed(1), ratePerSecond.b.toFixed(1)],
      ['failed', formatShare(errors.aShare), formatShare(errors.bShare)],
      ...cpuRow,
    ],
  };
}

/** The gains a run predicted beside those proven; no rows without a prediction. */
export function predictionTable(proof: Proof): ProofTable {
  return {
    header: ['mean saved a request', 'predicted', 'proven'],
    rows: comparePrediction(proof).map(({ route, predictedMs, provenMs }) => [
      route ?? 'the whole load',
      savedText(predictedMs),
      provenMs === null ? 'not measured' : savedText(provenMs),
    ]),
  };
}

/** `12.3 ms (10.1 ms to 14 ms)` */
function savedText(saved: Interval): string {
  return `${formatMs(saved.mid)} (${formatMs(saved.low)} to ${formatMs(saved.high)})`;
}
