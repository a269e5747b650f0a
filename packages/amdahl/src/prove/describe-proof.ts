/**
 * The sentences of a proof, said the same way by every renderer.
 */
import { formatMs } from '@amdahl/metrics';
import type { LoadProfile } from '@amdahl/load';
import { counted, formatShare } from '../wording.ts';
import { headlineOf, wordFor } from './headline.ts';
import type { Comparison, Proof, SideDescription } from './proof.ts';

/** `B is faster than A: the whole load took 41 ms instead of 88 ms (mean; −53 %, …)`. */
export function headlineText(proof: Proof): string {
  const headline = headlineOf(proof);
  const { a, b, ratio } = headline.response[headline.decidedBy];
  const said =
    headline.answer === 'not-enough-data'
      ? `Not enough data to tell B from A`
      : headline.answer === 'same'
        ? `B is the same as A, within ±${formatShare(proof.margin)}`
        : `B is ${wordFor(headline.answer)} than A`;
  if (ratio === null) return `${said}.`;
  return (
    `${said}: ${scopeName(headline)} took ${formatMs(b)} instead of ${formatMs(a)} ` +
    `(${measureWord(headline)}; ${change(ratio.mid)}, 95 % interval ${change(ratio.low)} to ${change(ratio.high)}).`
  );
}

export function scopeName(comparison: Comparison): string {
  return comparison.route ?? 'the whole load';
}

/** What a comparison was decided by: `mean` or `median`. */
export function measureWord(comparison: Comparison): string {
  return comparison.decidedBy === 'meanMs' ? 'mean' : 'median';
}

/** How the sides were run: `8 of 8 rounds usable, …`. */
export function setupText(proof: Proof): string {
  const rounds =
    proof.usableRounds === proof.plannedRounds
      ? counted(proof.plannedRounds, 'round')
      : `${proof.usableRounds} of ${proof.plannedRounds} rounds usable`;
  return `${rounds}, each side for ${profileText(proof.profile)}, interleaved; seed ${proof.seed}`;
}

function profileText(profile: LoadProfile): string {
  if (profile.model === 'closed') {
    return `${duration(profile.duration)} with ${counted(profile.users, 'user')}`;
  }
  return profile.arrivals
    .map(
      ({ fromPerSecond, toPerSecond, duration: time }) =>
        `${duration(time)} at ${fromPerSecond === toPerSecond ? fromPerSecond : `${fromPerSecond} to ${toPerSecond}`} arrivals a second`,
    )
    .join(', then ');
}

function duration(time: string | number): string {
  return typeof time === 'number' ? formatMs(time) : time;
}

/** `node server.js with SHOP_FIX=n-plus-one`, or the URL of a running service. */
export function sideText(side: SideDescription): string {
  if (side.command === null) return side.url;
  const env = Object.entries(side.env).map(([name, value]) => `${name}=${value}`);
  return env.length === 0 ? side.command : `${side.command} with ${env.join(' ')}`;
}

/** What a reader has to know before he believes the answer, as sentences. */
export function caveats(proof: Proof): readonly string[] {
  const said: string[] = [];
  if (proof.interrupted) said.push('Stopped before its planned end; finished rounds were kept.');
  if (proof.problem !== null) said.push(`Ended early: ${proof.problem.message}`);
  for (const slice of proof.slices) {
    if (slice.verdict.kind !== 'void') continue;
    const [reason] = slice.verdict.reasons;
    const why = reason === undefined ? '' : `: ${reason.message} ${reason.next}`;
    const side = slice.side.toUpperCase();
    said.push(`Round ${slice.round + 1} was left out, its ${side} slice being void${why}`);
  }
  const { errors } = proof.overall;
  if (errors.failsMore) {
    said.push(
      `B fails more often: ${formatShare(errors.bShare)} of its requests, A ${formatShare(errors.aShare)}.`,
    );
  }
  return said;
}

/** A ratio as a change: 0.47 is `−53 %`, 1.1 is `+10 %`. */
export function change(ratio: number): string {
  const by = (ratio - 1) * 100;
  const digits = Math.abs(by) < 9.95 ? 1 : 0;
  const text = Math.abs(by).toFixed(digits);
  return Number(text) === 0 ? '±0 %' : `${by < 0 ? '−' : '+'}${text} %`;
}
