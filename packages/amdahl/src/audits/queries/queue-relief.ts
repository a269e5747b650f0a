import { moreOf, relievedGains } from '../../predict/relief.ts';
import type { Interval, Prediction, RouteGain } from '../finding.ts';
import { counted } from '../../wording.ts';
import type { DatabaseQueue } from './database-queue.ts';
import { addGains } from './statement-finding.ts';
import { sum } from './statement-use.ts';

/**
 * Time at the database is work and waiting in a proportion that is alike for all statements only on
 * average: how much work a saved millisecond was is known no better than what a unit of cost takes,
 * and the upper end is widened as there.
 */
const widening = 1.5;

/** What a fix saves of one statement's time. */
export interface SavedTime {
  readonly text: string;
  readonly gains: readonly RouteGain[];
  /** Share of it that is work of the database, and not the way there and back. @default all of it */
  readonly workShare?: Pick<Interval, 'mid' | 'high'>;
}

/**
 * The prediction for a fix: what it saves of its statements' own time and, where requests stand in
 * line for the database, what all of them wait less.
 *
 * @param own the prediction by the statements' own time
 * @param saved the same by statement
 */
export function withRelief(
  own: Prediction,
  saved: readonly SavedTime[],
  queues: readonly DatabaseQueue[],
): Prediction {
  const relieved = queues.map((queue) => ({
    queue,
    gains: relievedGains(own.gains, removedMs(saved, queue), queue),
  }));
  const effective = relieved.filter(({ gains }) => gains !== own.gains);
  if (effective.length === 0) return own;
  return {
    ...own,
    method: `${own.method} and queueing`,
    explanation:
      `${own.explanation} Others wait less as well: ` +
      `${effective.map(({ queue }) => queue.because).join('; ')}. How much less is what ` +
      `${modelOf(queues)} gives, at most the time that requests wait there.`,
    gains: effective.map(({ gains }) => gains).reduce(moreOf),
  };
}

/** All lines of a run are driven by the same load. */
function modelOf([queue]: readonly DatabaseQueue[]): string {
  const offered = queue?.station.offered;
  return offered?.model === 'closed'
    ? `mean value analysis of ${counted(Math.round(offered.users), 'user')}, each waiting for replies,`
    : 'R = D / (1 − ρ), with the load’s rate,';
}

/** Milliseconds of the queue's work that a request of the load is spared, on average. */
function removedMs(
  saved: readonly SavedTime[],
  { routes, processesOf }: DatabaseQueue,
): Pick<Interval, 'mid' | 'high'> {
  const shares = new Map(routes.map(({ route, requestShare }) => [route, requestShare]));
  const all = { mid: 1, high: 1 };
  const removed = (end: 'mid' | 'high'): number =>
    sum(saved, ({ text, gains, workShare = all }) => {
      const ms = sum(gains, ({ route, gainMs }) => gainMs[end] * (shares.get(route) ?? 0));
      return ms * workShare[end] * processesOf(text);
    });
  return { mid: removed('mid'), high: removed('high') * widening };
}

/** The gains of all statements together, each by its own time. */
export function ownGains(saved: readonly SavedTime[]): readonly RouteGain[] {
  return addGains(saved.flatMap(({ gains }) => gains));
}
