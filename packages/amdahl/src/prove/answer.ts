import { counted, formatShare } from '../wording.ts';
import { leastRounds } from './paired.ts';
import type { Answer, ErrorComparison, PairedFigure } from './proof.ts';

/** An answer with the sentence that gives its reason. */
export interface ReasonedAnswer {
  readonly answer: Answer;
  readonly reason: string;
}

export interface AnswerEvidence {
  readonly figure: PairedFigure;
  /** The figure's p-value, adjusted when many routes are asked at once. */
  readonly pValue: number | null;
  readonly rounds: number;
  readonly errors: ErrorComparison;
  readonly margin: number;
}

/** Largest p-value at which a difference counts as real. */
const significance = 0.05;

/**
 * `same` when the whole interval of the ratio lies within the margin, were the difference real or
 * not; `faster` or `slower` when the whole interval lies on one side of 1 and chance alone would
 * seldom part the sides so far; else `not-enough-data`. Failing is no way of being fast.
 */
export function answerFor(evidence: AnswerEvidence): ReasonedAnswer {
  const { ratio } = evidence.figure;
  if (ratio === null) {
    return {
      answer: 'not-enough-data',
      reason: `${counted(evidence.rounds, 'usable round')}; an interval needs ${leastRounds}`,
    };
  }
  const { margin, errors } = evidence;
  const interval = `95 % interval of B/A ${ratio.low.toFixed(3)} to ${ratio.high.toFixed(3)}`;
  const within = ratio.low >= 1 - margin && ratio.high <= 1 + margin;
  const oneSided = ratio.high < 1 || ratio.low > 1;
  const likely = evidence.pValue !== null && evidence.pValue <= significance;
  if (errors.failsMore && !(ratio.low > 1 && likely)) {
    return {
      answer: 'not-enough-data',
      reason:
        `B fails ${formatShare(errors.bShare)} of its requests, A ${formatShare(errors.aShare)}: ` +
        'a failed reply is often a quick one, so the times prove nothing',
    };
  }
  if (within) return { answer: 'same', reason: `${interval}, within ±${formatShare(margin)}` };
  const p = formatP(evidence.pValue);
  if (oneSided && likely) {
    return { answer: ratio.high < 1 ? 'faster' : 'slower', reason: `${interval}, ${p}` };
  }
  return {
    answer: 'not-enough-data',
    reason: oneSided
      ? `${interval}, but chance could part the sides as far: ${p}`
      : `${interval}, wider than ±${formatShare(margin)} and not clear of 1`,
  };
}

function formatP(pValue: number | null): string {
  if (pValue === null) return 'p unknown';
  return pValue < 0.001 ? 'p < 0.001' : `p = ${pValue.toFixed(3)}`;
}
