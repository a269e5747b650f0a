import type { ExperimentEffect, ExperimentsArtifact } from '../../artifacts/experiments.ts';
import type { Interval, RouteGain } from '../finding.ts';
import { counted } from '../../wording.ts';
import { gainOf } from './statement-finding.ts';
import type { StatementUse } from './statement-use.ts';

/**
 * From planner cost to time. Cost is no time, and two ways lead from one to the other:
 *
 * - the statement's own: what it took beyond the fixed part, scaled by cost after over cost before;
 * - the run's: cost after times the milliseconds a unit of cost takes here (`msPerCost`).
 *
 * The fixed part is what even the cheapest statement of the run takes: round trip, parsing, driver.
 * The first is the estimate, the two together are the interval, widened by half either way because
 * neither knows what is in the cache. Where the lab plans some statements differently from the
 * target, the lower end shrinks by their share.
 */
export interface PlannerClock {
  readonly msPerCost: number | null;
  /** Mean milliseconds of the cheapest statement: round trip, parsing, driver. */
  readonly fixedMs: number;
  /** Share of the statements that the lab plans as the target does, 0..1. */
  readonly fidelity: number;
}

const widening = 1.5;
/** A mean of fewer executions is no floor. */
const leastCount = 10;

export function plannerClock(
  { msPerCost, fidelity }: ExperimentsArtifact,
  uses: readonly StatementUse[],
): PlannerClock {
  const means = uses.filter((use) => use.count >= leastCount).map((use) => use.meanMs);
  return {
    msPerCost,
    fixedMs: means.length === 0 ? 0 : Math.min(...means),
    fidelity: fidelity.compared === 0 ? 0 : fidelity.same / fidelity.compared,
  };
}

/** Share of the statement's time that goes when its plan becomes this much cheaper. */
export function savedShare(
  use: StatementUse,
  { costBefore, costAfter }: Pick<ExperimentEffect, 'costBefore' | 'costAfter'>,
  clock: PlannerClock,
): Interval {
  if (use.meanMs <= 0 || costBefore <= 0) return { low: 0, mid: 0, high: 0 };
  const floorMs = floorOf(use.meanMs, costBefore, clock);
  const own = floorMs + ((use.meanMs - floorMs) * costAfter) / costBefore;
  const run = clock.msPerCost === null ? own : floorMs + costAfter * clock.msPerCost;
  const least = Math.max(floorMs, Math.min(own, run) / widening);
  const most = Math.max(own, run) * widening;
  const shareAt = (afterMs: number): number => Math.max(0, 1 - afterMs / use.meanMs);
  return { low: shareAt(most) * clock.fidelity, mid: shareAt(own), high: shareAt(least) };
}

/** The cheapest statement is no measure of itself: there the run's pace tells what is fixed. */
function floorOf(meanMs: number, cost: number, { fixedMs, msPerCost }: PlannerClock): number {
  if (meanMs > fixedMs) return fixedMs;
  return msPerCost === null ? 0 : Math.max(0, meanMs - cost * msPerCost);
}

/** What every route that sends the statement would gain. */
export function plannerGains(
  use: StatementUse,
  effect: Pick<ExperimentEffect, 'costBefore' | 'costAfter'>,
  clock: PlannerClock,
): readonly RouteGain[] {
  const saved = savedShare(use, effect, clock);
  return use.routes.map((route) => gainOf(route, saved));
}

/** The sentence under each prediction of this method. */
export function explainPlannerGain({ fidelity }: ExperimentsArtifact): string {
  const { same, compared } = fidelity;
  return (
    `Planned in the database lab, which gives ${same === compared ? 'all' : `${same} of the`} ` +
    `${counted(compared, 'captured statement')} the same plan as the target. Time follows cost: the ` +
    `estimate scales what the statement took, the interval takes in what all captured statements ` +
    `took per unit of cost.`
  );
}
