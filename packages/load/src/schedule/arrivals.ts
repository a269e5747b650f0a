import type { Random } from '@amdahl/metrics';
import { arrivalsIn, type OpenPlan, type PlannedStage } from './plan.ts';

/**
 * When tasks start in the open model: an iterator of milliseconds from the schedule's start, in
 * order, which knows nothing of replies.
 *
 * Let A(t) be the number of arrivals due by t, the area under the rate. Uniform spacing puts
 * arrival n (from 0) where A(t) = n + ½, so a stage whose area is whole holds exactly that many
 * arrivals and none lies on its border. Poisson spacing puts them where A(t) equals the points of a
 * unit-rate Poisson process, the sums of independent exponential gaps, which is an inhomogeneous
 * process with that rate (Çinlar, "Introduction to Stochastic Processes", 1975, chapter 4.7).
 * Either way t is solved for exactly, so no error adds up along a ramp.
 *
 * With `random` of the same seed every worker walks through the same sequence and keeps its share,
 * so the schedule does not depend on how many workers there are.
 */
export function* arrivalTimes(
  plan: Pick<OpenPlan, 'stages' | 'spacing'>,
  random: Random,
  share: { readonly index: number; readonly of: number } = { index: 0, of: 1 },
): Generator<number, void, undefined> {
  const gap =
    plan.spacing === 'poisson' ? (): number => -Math.log(1 - random.next()) : (): number => 1;
  let area = plan.spacing === 'poisson' ? gap() : 0.5;
  let number = 0;
  let stageStartMs = 0;
  let areaBefore = 0;
  for (const stage of plan.stages) {
    const areaAfter = areaBefore + arrivalsIn(stage);
    for (; area < areaAfter; area += gap()) {
      if (number % share.of === share.index) {
        yield stageStartMs + timeAtArea(stage, area - areaBefore);
      }
      number += 1;
    }
    stageStartMs += stage.durationMs;
    areaBefore = areaAfter;
  }
}

/**
 * Milliseconds after which a stage has started this many tasks.
 *
 * With rate a + (b − a)·t/D the area is a·t + (b − a)·t²/2D; solved for t in the form that does not
 * cancel when a and b are close.
 */
function timeAtArea(stage: PlannedStage, area: number): number {
  if (area === 0) return 0;
  const { fromPerSecond, toPerSecond, durationMs } = stage;
  const seconds = durationMs / 1_000;
  const slope = (toPerSecond - fromPerSecond) / seconds;
  const root = Math.sqrt(Math.max(0, fromPerSecond ** 2 + 2 * slope * area));
  return Math.min(durationMs, ((2 * area) / (fromPerSecond + root)) * 1_000);
}
