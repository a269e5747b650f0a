import type { ExperimentEffect, IndexExperiment } from '../../artifacts/experiments.ts';

/** An index worth building and the statements it is for. */
export interface ChosenIndex {
  readonly experiment: IndexExperiment;
  readonly effects: readonly ExperimentEffect[];
}

/**
 * Two indexes whose savings differ by less than this save the same. Then the smaller one wins, or,
 * among those of at most `sameSize` times its pages, the one that saves most.
 */
const nearlyEqual = 0.1;
const sameSize = 2;

/**
 * Chooses indexes for a workload, greedily: each time the one that saves most of what is left, where
 * a statement already served counts only for what a further index would still save. So one index
 * that serves several statements comes before several that serve one each, and a longer one only
 * where it pays (the "Extend" heuristic of R. Schlosser, J. Kossmann and M. Boissier, "Efficient
 * scalable multi-attribute index selection using recursive strategies", ICDE 2019, without its
 * budget).
 *
 * @param savedMs milliseconds of the whole run saved when the statement's cost falls to `costAfter`
 * @param isWorthIt whether the statements left to an index justify it
 */
export function chooseIndexes(
  experiments: readonly IndexExperiment[],
  savedMs: (effect: ExperimentEffect) => number,
  isWorthIt: (effects: readonly ExperimentEffect[]) => boolean,
): readonly ChosenIndex[] {
  const alreadySaved = new Map<string, number>();
  const chosen: ChosenIndex[] = [];
  const left = new Set(experiments);
  while (left.size > 0) {
    const offers = [...left].map((experiment) => {
      const further = experiment.effects
        .map((effect) => ({
          effect,
          ms: savedMs(effect) - (alreadySaved.get(effect.text) ?? 0),
        }))
        .filter(({ ms }) => ms > 0);
      return { experiment, further, ms: further.reduce((total, each) => total + each.ms, 0) };
    });
    const most = Math.max(...offers.map((offer) => offer.ms));
    const good = offers.filter((offer) => offer.ms > 0 && offer.ms >= most * (1 - nearlyEqual));
    const smallest = Math.min(...good.map((offer) => offer.experiment.estimatedPages));
    const [best] = good
      .filter((offer) => offer.experiment.estimatedPages <= smallest * sameSize)
      .sort((a, b) => b.ms - a.ms);
    if (best === undefined) break;
    left.delete(best.experiment);
    // What is left of a statement after another index is no reason of its own.
    const effects = best.further
      .filter(({ effect, ms }) => ms >= nearlyEqual * savedMs(effect))
      .map(({ effect }) => effect);
    if (!isWorthIt(effects)) continue;
    chosen.push({ experiment: best.experiment, effects });
    for (const { effect } of best.further) {
      alreadySaved.set(effect.text, Math.max(savedMs(effect), alreadySaved.get(effect.text) ?? 0));
    }
  }
  return chosen;
}
