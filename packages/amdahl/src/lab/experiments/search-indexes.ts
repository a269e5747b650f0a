import type { LabIndex } from '../../sql/index-definition.ts';
import type { PlanCache } from './plan-cache.ts';
import type { SelectionProblem } from './selection-problem.ts';
import { leastWith, weigh, weighWith, type Costs, type WeighedSet } from './weighed-set.ts';

/**
 * The search for a set of indexes. It starts three times and goes on with the best:
 *
 * - "Extend" (R. Schlosser, J. Kossmann and M. Boissier, "Efficient scalable multi-attribute index
 *   selection using recursive strategies", ICDE 2019): from nothing, over and over, the move that
 *   saves most for each byte: add an index, or exchange one that was chosen for a wider one that
 *   begins with the same keys;
 * - the same by gain alone, because by the byte a budget is filled with crumbs;
 * - from what each statement by itself would want, dropping what is missed least for each byte until
 *   the rest fits (N. Bruno and S. Chaudhuri, "Automatic physical database tuning: a
 *   relaxation-based approach", SIGMOD 2005): so it also meets indexes that only pay together.
 *
 * What no longer pays beside the others is taken back each time. At last candidates are put in the
 * place of those that were chosen, of as many as must make room for them, while that helps. Upkeep
 * counts against every move.
 *
 * Planning is what takes the time. A move is planned only when by what is known already it could be
 * the best one (as in J. Leskovec et al., "Cost-effective outbreak detection in networks", KDD
 * 2007), statement by statement, and no further once it cannot.
 */
export interface SearchLimits {
  /** Bytes of all chosen indexes together. */
  readonly maxSizeBytes?: number;
  readonly maxIndexes?: number;
  /** A move must save this share of what is left. @default 0.003, as Extend's authors stop */
  readonly leastImprovement?: number;
  /** And this share of what the workload takes today. @default 0 */
  readonly leastOfToday?: number;
  /** The search ends with what it has when so many statements were planned. @default 20,000 */
  readonly maxPlans?: number;
  readonly signal?: AbortSignal;
  readonly report?: (status: string) => void;
}

export interface SearchResult {
  readonly chosen: readonly LabIndex[];
  /** False when `maxPlans` ended it. */
  readonly complete: boolean;
}

const defaultLeastImprovement = 0.003;
const defaultMaxPlans = 20_000;
/**
 * A statement that becomes this much cheaper is reason enough, however little of the workload it is:
 * it may be all that one route waits for. From this cost on; a cheaper one has found its rows already
 * (Dexter's lines are 50 % and 100).
 */
const leastStatementSaving = 0.3;
const leastStatementCost = 100;
/**
 * An index whose keys another one of the table begins with only spares pages, many of which are in
 * memory anyway; it must save this share of what is left, however much it is of one statement (Query
 * Doctor gates its advice at 5 %).
 */
const leastBesideWider = 0.05;
const pageBytes = 8_192;
/** An exchange must leave the workload this share cheaper: each is a step, and they must end. */
const leastExchange = 0.0001;
/** Exchanges of one search; in practice a few. */
const maxExchanges = 40;

/** What a move saves, set against the bytes it adds. */
interface Rank {
  readonly of: (savedMs: number, addedBytes: number) => number;
  /** What a move must save to come to this rank. */
  readonly savedFor: (rank: number, addedBytes: number) => number;
}

const byByte: Rank = {
  of: (savedMs, addedBytes) => savedMs / Math.max(addedBytes, pageBytes),
  savedFor: (rank, addedBytes) => rank * Math.max(addedBytes, pageBytes),
};
const byGain: Rank = { of: (savedMs) => savedMs, savedFor: (rank) => rank };

export async function searchIndexes(
  problem: SelectionProblem,
  cache: Pick<PlanCache, 'made'>,
  limits: SearchLimits,
): Promise<SearchResult> {
  const search = new IndexSearch(problem, cache, limits);
  const nothing = await weigh(problem, new Set());
  const starts: [WeighedSet, ...WeighedSet[]] = [
    await search.fill(nothing, nothing, byByte),
    await search.fill(nothing, nothing, byGain),
    await search.fill(nothing, await search.relaxed(nothing, problem.ideal), byByte),
  ];
  const best = leastOf(starts);
  const chosen = await search.exchange(nothing, best);
  return { chosen: [...chosen.indexes], complete: search.complete };
}

class IndexSearch {
  readonly #problem: SelectionProblem;
  readonly #cache: Pick<PlanCache, 'made'>;
  readonly #limits: SearchLimits;
  readonly #maxSizeBytes: number;
  readonly #maxIndexes: number;
  complete = true;

  constructor(problem: SelectionProblem, cache: Pick<PlanCache, 'made'>, limits: SearchLimits) {
    this.#problem = problem;
    this.#cache = cache;
    this.#limits = limits;
    this.#maxSizeBytes = limits.maxSizeBytes ?? Infinity;
    this.#maxIndexes = limits.maxIndexes ?? Infinity;
  }

  /** Adds while something pays, then takes out what no longer does. */
  async fill(nothing: WeighedSet, start: WeighedSet, rank: Rank): Promise<WeighedSet> {
    let chosen = start;
    for (;;) {
      const grown = await this.#prune(nothing, await this.#grow(nothing, chosen, rank));
      if (grown.ms >= chosen.ms || this.#exhausted()) return grown;
      chosen = grown;
    }
  }

  /** Of a set that is too much, what costs least for each byte is dropped until it fits. */
  async relaxed(nothing: WeighedSet, indexes: ReadonlySet<LabIndex>): Promise<WeighedSet> {
    if (this.#exhausted()) return nothing;
    let chosen = await this.#weigh(indexes);
    const lost = new Map<LabIndex, number>();
    const lostPerByte = (index: LabIndex): number =>
      (lost.get(index) ?? -Infinity) / Math.max(this.#problem.sizeOf(index), pageBytes);
    while (!this.#fits(chosen.sizeBytes, chosen.indexes.size)) {
      // The fewer are left the more each is worth, so what was lost without it before is the least.
      const [first, second] = [...chosen.indexes].toSorted(
        (a, b) => lostPerByte(a) - lostPerByte(b),
      );
      if (first === undefined || this.#exhausted()) return nothing;
      const without = await this.#weigh(others(chosen.indexes, [first]));
      lost.set(first, without.ms - chosen.ms);
      if (second === undefined || lostPerByte(first) <= lostPerByte(second)) chosen = without;
    }
    return chosen;
  }

  /**
   * Puts another candidate in the place of one that was chosen, or of as many as must make room for
   * it, for as long as that makes the workload cheaper.
   */
  async exchange(nothing: WeighedSet, start: WeighedSet): Promise<WeighedSet> {
    let chosen = start;
    for (let round = 0; round < maxExchanges && !this.#exhausted(); round += 1) {
      this.#limits.report?.(`selecting indexes: exchanging, ${chosen.indexes.size} chosen`);
      const better = await this.#bestExchange(nothing, chosen);
      if (better === null) return chosen;
      chosen = leastOf([better, await this.fill(nothing, better, byByte)]);
    }
    return chosen;
  }

  async #bestExchange(nothing: WeighedSet, chosen: WeighedSet): Promise<WeighedSet | null> {
    const without = new Map<LabIndex, WeighedSet>();
    for (const index of chosen.indexes) {
      without.set(index, await this.#weigh(others(chosen.indexes, [index])));
    }
    const cheapest = [...without]
      .toSorted(([a, left], [b, right]) => {
        const lost = (index: LabIndex, set: WeighedSet): number =>
          (set.ms - chosen.ms) / Math.max(this.#problem.sizeOf(index), pageBytes);
        return lost(a, left) - lost(b, right);
      })
      .map(([index]) => index);
    const moves: { readonly base: WeighedSet; readonly index: LabIndex; readonly ms: number }[] =
      [];
    let limitMs = chosen.ms * (1 - leastExchange);
    for (const index of this.#problem.candidates) {
      if (chosen.indexes.has(index)) continue;
      const bases = [...without.values()];
      const evicted = cheapest.slice(0, this.#evictions(chosen, cheapest, index));
      if (evicted.length > 1) bases.push(await this.#weigh(others(chosen.indexes, evicted)));
      for (const base of bases) {
        if (!this.#hasRoom(base, index)) continue;
        const least = leastWith(this.#problem, base, index);
        if (least.ms < limitMs && this.#pays(nothing, base, least, index)) {
          moves.push({ base, index, ms: least.ms });
        }
      }
    }
    let best: WeighedSet | null = null;
    for (const { base, index, ms } of moves.toSorted((a, b) => a.ms - b.ms)) {
      if (ms >= limitMs || this.#exhausted()) break;
      const next = await this.#weighWith(base, index, limitMs);
      if (next === null || !this.#pays(nothing, base, next, index)) continue;
      best = next;
      limitMs = next.ms;
    }
    return best;
  }

  /** How many of these, in their order, must go for the index to fit. */
  #evictions(chosen: WeighedSet, order: readonly LabIndex[], index: LabIndex): number {
    let sizeBytes = chosen.sizeBytes + this.#problem.sizeOf(index);
    let count = chosen.indexes.size + 1;
    let evicted = 0;
    while (!this.#fits(sizeBytes, count) && evicted < order.length) {
      sizeBytes -= this.#problem.sizeOf(order[evicted] ?? index);
      count -= 1;
      evicted += 1;
    }
    return evicted;
  }

  /** Best moves until none pays. */
  async #grow(nothing: WeighedSet, from: WeighedSet, rank: Rank): Promise<WeighedSet> {
    let chosen = from;
    while (!this.#exhausted()) {
      const offers: {
        readonly base: WeighedSet;
        readonly index: LabIndex;
        readonly addedBytes: number;
        readonly atMost: number;
      }[] = [];
      for (const index of this.#problem.candidates) {
        if (chosen.indexes.has(index)) continue;
        const base = await this.#withoutContinued(chosen, index);
        if (!this.#hasRoom(base, index)) continue;
        const least = leastWith(this.#problem, base, index);
        if (least.ms >= chosen.ms || !this.#pays(nothing, chosen, least, index)) continue;
        const addedBytes = least.sizeBytes - chosen.sizeBytes;
        const atMost = rank.of(chosen.ms - least.ms, addedBytes);
        offers.push({ base, index, addedBytes, atMost });
      }
      let best: WeighedSet | null = null;
      let bestRank = 0;
      for (const { base, index, addedBytes, atMost } of offers.toSorted(
        (a, b) => b.atMost - a.atMost,
      )) {
        if (atMost <= bestRank || this.#exhausted()) break;
        const limitMs = chosen.ms - rank.savedFor(bestRank, addedBytes);
        const next = await this.#weighWith(base, index, limitMs);
        if (next === null || !this.#pays(nothing, chosen, next, index)) continue;
        best = next;
        bestRank = rank.of(chosen.ms - next.ms, addedBytes);
      }
      if (best === null) break;
      chosen = best;
      this.#limits.report?.(`selecting indexes: ${chosen.indexes.size} chosen`);
    }
    return chosen;
  }

  /** Drops what no longer pays beside the others, the least useful first. */
  async #prune(nothing: WeighedSet, from: WeighedSet): Promise<WeighedSet> {
    let chosen = from;
    for (;;) {
      let least: WeighedSet | null = null;
      for (const index of chosen.indexes) {
        const without = await this.#weigh(others(chosen.indexes, [index]));
        if (this.#pays(nothing, without, chosen, index)) continue;
        if (least === null || without.ms < least.ms) least = without;
      }
      if (least === null) return chosen;
      chosen = least;
    }
  }

  /** Without those that the index continues: it does their work as well. */
  async #withoutContinued(chosen: WeighedSet, index: LabIndex): Promise<WeighedSet> {
    const continued = [...chosen.indexes].filter((other) => continues(index, other));
    return continued.length === 0 ? chosen : this.#weigh(others(chosen.indexes, continued));
  }

  /** Whether it is worth it to go from one set to one with this index. */
  #pays(nothing: WeighedSet, now: WeighedSet, next: WeighedSet, index: LabIndex): boolean {
    const { leastImprovement = defaultLeastImprovement, leastOfToday = 0 } = this.#limits;
    const savedMs = now.ms - next.ms;
    if (savedMs <= 0) return false;
    if (index.beside !== undefined && savedMs < leastBesideWider * now.ms) return false;
    const enough = savedMs >= Math.max(leastImprovement * now.ms, leastOfToday * nothing.ms);
    return enough || helpsOne(now.costs, next.costs);
  }

  #hasRoom(base: WeighedSet, index: LabIndex): boolean {
    return this.#fits(base.sizeBytes + this.#problem.sizeOf(index), base.indexes.size + 1);
  }

  #fits(sizeBytes: number, count: number): boolean {
    return sizeBytes <= this.#maxSizeBytes && count <= this.#maxIndexes;
  }

  #weigh(indexes: ReadonlySet<LabIndex>): Promise<WeighedSet> {
    this.#limits.signal?.throwIfAborted();
    return weigh(this.#problem, indexes);
  }

  #weighWith(base: WeighedSet, index: LabIndex, limitMs: number): Promise<WeighedSet | null> {
    this.#limits.signal?.throwIfAborted();
    return weighWith(this.#problem, base, index, limitMs);
  }

  #exhausted(): boolean {
    if (this.#cache.made >= (this.#limits.maxPlans ?? defaultMaxPlans)) this.complete = false;
    return !this.complete;
  }
}

/** Whether a statement loses enough of what it costs today. */
function helpsOne(now: Costs, next: Costs): boolean {
  return [...now].some(([one, before]) => {
    const saved = before - (next.get(one) ?? before);
    return (
      one.weight > 0 && one.cost >= leastStatementCost && saved >= leastStatementSaving * one.cost
    );
  });
}

function others(
  indexes: ReadonlySet<LabIndex>,
  without: readonly LabIndex[],
): ReadonlySet<LabIndex> {
  return new Set([...indexes].filter((index) => !without.includes(index)));
}

function leastOf(sets: readonly [WeighedSet, ...WeighedSet[]]): WeighedSet {
  return sets.reduce((best, set) => (set.ms < best.ms ? set : best));
}

function continues(wide: LabIndex, narrow: LabIndex): boolean {
  if (wide.table !== narrow.table || wide.method !== 'btree' || narrow.method !== 'btree') {
    return false;
  }
  if (wide.predicate !== narrow.predicate) return false;
  const carried = new Set([...wide.keys.flatMap(({ column }) => column ?? []), ...wide.include]);
  return (
    narrow.keys.every((key, at) => JSON.stringify(key) === JSON.stringify(wide.keys[at])) &&
    narrow.include.every((column) => carried.has(column))
  );
}
