import type { Queryable } from '../shop.ts';
import type { Fixes } from '../switches.ts';

/** A product as recommendations see it. */
export interface TaggedProduct {
  readonly id: number;
  /** Each only once. */
  readonly tags: readonly string[];
}

/** Ids of products like those bought, the most alike first. */
export type Recommender = (bought: readonly number[]) => readonly number[];

interface Scored {
  readonly id: number;
  readonly score: number;
}

const recommendedProducts = 8;

/** Reads the catalogue's tags once; the recommender works in memory from then on. */
export async function loadRecommender(database: Queryable, fixes: Fixes): Promise<Recommender> {
  const { rows } = await database.query<TaggedProduct>('SELECT id, tags FROM products ORDER BY id');
  const catalogue = rows.map(({ id, tags }) => ({ id, tags: [...new Set(tags)] }));
  return fixes.has('cpu') ? recommendByIndex(catalogue) : recommendByComparing(catalogue);
}

/**
 * How alike two products are: the share of their tags they have in common (the Jaccard index,
 * 0..1). A product's score is the sum over everything bought.
 */
export function recommendByComparing(catalogue: readonly TaggedProduct[]): Recommender {
  return function recommend(bought) {
    const purchases = catalogue.filter((product) => bought.includes(product.id));
    const scored = catalogue
      .filter((product) => !bought.includes(product.id))
      .map((product) => ({ id: product.id, score: scoreAgainst(product, purchases) }));
    scored.sort(byScore);
    return scored
      .filter(({ score }) => score > 0)
      .slice(0, recommendedProducts)
      .map(({ id }) => id);
  };
}

function scoreAgainst(product: TaggedProduct, purchases: readonly TaggedProduct[]): number {
  let score = 0;
  for (const purchase of purchases) {
    const shared = product.tags.filter((tag) => purchase.tags.includes(tag)).length;
    if (shared > 0) score += shared / (product.tags.length + purchase.tags.length - shared);
  }
  return score;
}

/**
 * The same answer by way of an index from each tag to the products that carry it, made once: what a
 * purchase shares with the catalogue is counted, not compared text by text.
 */
export function recommendByIndex(catalogue: readonly TaggedProduct[]): Recommender {
  const positions = new Map(catalogue.map(({ id }, position) => [id, position]));
  const tagCounts = Uint16Array.from(catalogue, ({ tags }) => tags.length);
  const carriers = carriersByTag(catalogue);

  return function recommend(bought) {
    const scores = new Float64Array(catalogue.length);
    const purchases = bought.flatMap((id) => positions.get(id) ?? []);
    // In the catalogue's order, so that the sums are those of the comparison to the last digit.
    for (const purchase of purchases.sort((a, b) => a - b)) {
      const tags = catalogue[purchase]?.tags ?? [];
      const shared = new Uint16Array(catalogue.length);
      for (const tag of tags) {
        for (const other of carriers.get(tag) ?? []) shared[other] = at(shared, other) + 1;
      }
      for (let other = 0; other < shared.length; other += 1) {
        const count = at(shared, other);
        if (count === 0) continue;
        scores[other] = at(scores, other) + count / (at(tagCounts, other) + tags.length - count);
      }
    }
    for (const purchase of purchases) scores[purchase] = 0;
    return best(catalogue, scores);
  };
}

/** The positions in the catalogue of the products that carry each tag. */
function carriersByTag(
  catalogue: readonly TaggedProduct[],
): ReadonlyMap<string, readonly number[]> {
  const carriers = new Map<string, number[]>();
  for (const [position, { tags }] of catalogue.entries()) {
    for (const tag of tags) {
      const ofTag = carriers.get(tag);
      if (ofTag === undefined) carriers.set(tag, [position]);
      else ofTag.push(position);
    }
  }
  return carriers;
}

/** An element that is known to be there. */
function at(numbers: Uint16Array | Float64Array, index: number): number {
  return numbers[index] as number;
}

/** The products with the highest scores above 0, kept in order while they are found. */
function best(catalogue: readonly TaggedProduct[], scores: Float64Array): readonly number[] {
  const top: Scored[] = [];
  for (const [position, score] of scores.entries()) {
    const full = top.length === recommendedProducts;
    if (score === 0 || (full && score < (top.at(-1)?.score ?? 0))) continue;
    top.push({ id: catalogue[position]?.id ?? 0, score });
    top.sort(byScore);
    top.length = Math.min(top.length, recommendedProducts);
  }
  return top.map(({ id }) => id);
}

function byScore(a: Scored, b: Scored): number {
  return b.score - a.score || a.id - b.id;
}
