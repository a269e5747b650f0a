import type { LabIndex } from '../../sql/index-definition.ts';
import type { PlanCache } from './plan-cache.ts';
import type { Costs, SelectionProblem } from './selection-problem.ts';

/**
 * The search for a set of indexes: "Extend" (R. Schlosser, J. Kossmann and M. Boissier, "Efficient
 * scalable multi-attribute index selection using recursive strategies", ICDE 2019), with what it
 * leaves out put beside it.
 *
 * It begins with nothing and makes, over and over, the move that saves most for each byte: add an
 * index, or exchange one that was chosen for a wider one that begins with the same keys. Greedy steps
 * are taken back where they no longer pay: an index that later ones made superfluous is dropped, and
 * each is held against every other candidate of its table. The whole is done twice, once by gain for
 * each byte and once by gain alone, because the first fills a budget with crumbs and the second with
 * one boulder; the better set wins. Where a budget then keeps out what would still save much, it is
 * done again from each of the best of those. Upkeep counts against every move.
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
/** What a budget keeps out must save this share beside the rest to be tried in the place of it. */
const leastCrowdedOut = 0.01;
const maxRestarts = 4;
/** Rounds of dropping and exchanging; in practice the second changes nothing. */
const maxRounds = 4;

interface Move {
  readonly next: ReadonlySet<LabIndex>;
  readonly savedMs: number;
  readonly addedBytes: number;
}

type Rank = (move: Move) => number;

const byByte: Rank = ({ savedMs, addedBytes }) => savedMs / Math.max(addedBytes, pageBytes);
const byGain: Rank = ({ savedMs }) => savedMs;

export async function searchIndexes(
  problem: SelectionProblem,
  cache: PlanCache,
  limits: SearchLimits,
): Promise<SearchResult> {
  const search = new IndexSearch(problem, cache, limits);
  let best: { readonly set: ReadonlySet<LabIndex>; readonly ms: number } | null = null;
  for (const rank of [byByte, byGain]) {
    const set = await search.run(rank);
    const ms = await problem.worth(set);
    if (best === null || ms < best.ms) best = { set, ms };
  }
  for (const index of await search.crowdedOut(best?.set ?? new Set())) {
    const set = await search.run(byByte, new Set([index]));
    const ms = await problem.worth(set);
    if (best === null || ms < best.ms) best = { set, ms };
  }
  return { chosen: [...(best?.set ?? [])], complete: search.complete };
}

class IndexSearch {
  readonly #problem: SelectionProblem;
  readonly #cache: PlanCache;
  readonly #limits: SearchLimits;
  readonly #today: Costs;
  /** What each candidate saves by itself: beside others it saves that much at most. */
  readonly #alone = new Map<LabIndex, number>();
  complete = true;

  constructor(problem: SelectionProblem, cache: PlanCache, limits: SearchLimits) {
    this.#problem = problem;
    this.#cache = cache;
    this.#limits = limits;
    this.#today = new Map(problem.statements.map((one) => [one, one.cost]));
  }

  async run(rank: Rank, start: ReadonlySet<LabIndex> = new Set()): Promise<ReadonlySet<LabIndex>> {
    let chosen = start;
    for (let round = 0; round < maxRounds; round += 1) {
      const before = chosen;
      chosen = await this.#grow(chosen, rank);
      chosen = await this.#prune(chosen);
      chosen = await this.#exchange(chosen);
      if (sameSet(before, chosen)) break;
    }
    return chosen;
  }

  /** What would save most for each byte beside these, had there been room for it. */
  async crowdedOut(chosen: ReadonlySet<LabIndex>): Promise<readonly LabIndex[]> {
    const { maxSizeBytes = Infinity } = this.#limits;
    const room = maxSizeBytes - this.#bytes(chosen);
    const nowMs = await this.#problem.worth(chosen);
    const offers: { readonly index: LabIndex; readonly perByte: number }[] = [];
    for (const index of this.#problem.candidates) {
      const size = this.#problem.sizeOf(index);
      if (chosen.has(index) || size <= room || size > maxSizeBytes || this.#exhausted()) continue;
      if ((this.#alone.get(index) ?? Infinity) < leastCrowdedOut * nowMs) continue;
      const savedMs = nowMs - (await this.#problem.worth(new Set([...chosen, index])));
      if (savedMs >= leastCrowdedOut * nowMs) offers.push({ index, perByte: savedMs / size });
    }
    return offers
      .toSorted((a, b) => b.perByte - a.perByte)
      .slice(0, maxRestarts)
      .map(({ index }) => index);
  }

  /** Best moves until none is worth it. */
  async #grow(from: ReadonlySet<LabIndex>, rank: Rank): Promise<ReadonlySet<LabIndex>> {
    let chosen = from;
    // Gains mostly shrink as the set grows, so what a move was worth before bounds what it is worth.
    const bounds = new Map<LabIndex, number>();
    while (!this.#exhausted()) {
      let best: Move | null = null;
      const open = this.#problem.candidates
        .filter((index) => !chosen.has(index))
        .toSorted((a, b) => boundOf(bounds, b) - boundOf(bounds, a));
      for (const index of open) {
        if (best !== null && boundOf(bounds, index) < rank(best)) break;
        const move = await this.#moveTo(chosen, extended(chosen, index));
        bounds.set(index, move === null ? 0 : rank(move));
        if (chosen.size === 0) this.#alone.set(index, move?.savedMs ?? 0);
        if (move !== null && (best === null || rank(move) > rank(best))) best = move;
        if (this.#exhausted()) break;
      }
      if (best === null) break;
      chosen = best.next;
      this.#limits.report?.(`selecting indexes: ${chosen.size} chosen`);
    }
    return chosen;
  }

  /** Drops what no longer pays beside the others, the least useful first. */
  async #prune(from: ReadonlySet<LabIndex>): Promise<ReadonlySet<LabIndex>> {
    let chosen = from;
    for (;;) {
      let cheapest: ReadonlySet<LabIndex> | null = null;
      let least = Infinity;
      for (const index of chosen) {
        const without = new Set([...chosen].filter((other) => other !== index));
        const move = await this.#moveTo(without, chosen);
        if (move !== null) continue;
        const lostMs = (await this.#problem.worth(without)) - (await this.#problem.worth(chosen));
        if (lostMs < least) [cheapest, least] = [without, lostMs];
      }
      if (cheapest === null) return chosen;
      chosen = cheapest;
    }
  }

  /** Exchanges each for another candidate of its table where that is better. */
  async #exchange(from: ReadonlySet<LabIndex>): Promise<ReadonlySet<LabIndex>> {
    let chosen = from;
    for (const index of from) {
      const others = [...chosen].filter((other) => other !== index);
      const worthMs =
        (await this.#problem.worth(new Set(others))) - (await this.#problem.worth(chosen));
      let best: Move | null = null;
      for (const candidate of this.#problem.candidates) {
        if (candidate.table !== index.table || chosen.has(candidate)) continue;
        if ((this.#alone.get(candidate) ?? Infinity) <= worthMs) continue;
        if (this.#exhausted()) break;
        const move = await this.#moveTo(chosen, new Set([...others, candidate]));
        if (move !== null && (best === null || move.savedMs > best.savedMs)) best = move;
      }
      if (best !== null) chosen = best.next;
    }
    return chosen;
  }

  /** The move from one set to another, or null when it is against the limits or not worth it. */
  async #moveTo(now: ReadonlySet<LabIndex>, next: ReadonlySet<LabIndex>): Promise<Move | null> {
    this.#limits.signal?.throwIfAborted();
    const { maxSizeBytes = Infinity, maxIndexes = Infinity } = this.#limits;
    const { leastImprovement = defaultLeastImprovement, leastOfToday = 0 } = this.#limits;
    const bytes = this.#bytes(next);
    if (next.size > maxIndexes || bytes > maxSizeBytes) return null;
    const nowMs = await this.#problem.worth(now);
    const savedMs = nowMs - (await this.#problem.worth(next));
    if (savedMs <= 0) return null;
    const todayMs = await this.#problem.worth(new Set());
    const doubled = [...next].some((index) => index.beside !== undefined && !now.has(index));
    if (doubled && savedMs < leastBesideWider * nowMs) return null;
    const enough = savedMs >= Math.max(leastImprovement * nowMs, leastOfToday * todayMs);
    if (!enough && !(await this.#helpsOne(now, next))) return null;
    return { next, savedMs, addedBytes: bytes - this.#bytes(now) };
  }

  /** Whether a statement loses enough of what it costs today. */
  async #helpsOne(now: ReadonlySet<LabIndex>, next: ReadonlySet<LabIndex>): Promise<boolean> {
    const [before, after] = [await this.#problem.costs(now), await this.#problem.costs(next)];
    return [...this.#today].some(([one, today]) => {
      const saved = (before.get(one) ?? today) - (after.get(one) ?? today);
      return one.weight > 0 && today >= leastStatementCost && saved >= leastStatementSaving * today;
    });
  }

  #bytes(indexes: ReadonlySet<LabIndex>): number {
    return [...indexes].reduce((sum, index) => sum + this.#problem.sizeOf(index), 0);
  }

  #exhausted(): boolean {
    if (this.#cache.made >= (this.#limits.maxPlans ?? defaultMaxPlans)) this.complete = false;
    return !this.complete;
  }
}

function boundOf(bounds: ReadonlyMap<LabIndex, number>, index: LabIndex): number {
  return bounds.get(index) ?? Infinity;
}

/** The set with this index, and without those it continues: it does their work as well. */
function extended(chosen: ReadonlySet<LabIndex>, index: LabIndex): ReadonlySet<LabIndex> {
  return new Set([...[...chosen].filter((other) => !continues(index, other)), index]);
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

function sameSet(a: ReadonlySet<LabIndex>, b: ReadonlySet<LabIndex>): boolean {
  return a.size === b.size && [...a].every((index) => b.has(index));
}
