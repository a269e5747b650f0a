import type { Random } from '@amdahl/metrics';

/** Draws items at random, each as often as its weight says. */
export class WeightedDraw<Item> {
  readonly #items: readonly Item[];
  readonly #upTo: Float64Array;
  readonly #total: number;

  /** Weights are above 0, and there is at least one. */
  constructor(items: readonly Item[], weightOf: (item: Item) => number) {
    this.#items = items;
    this.#upTo = new Float64Array(items.length);
    let sum = 0;
    for (const [index, item] of items.entries()) this.#upTo[index] = sum += weightOf(item);
    this.#total = sum;
  }

  draw(random: Random): Item {
    if (this.#items.length === 1) return this.#items[0] as Item;
    const point = random.next() * this.#total;
    let index = 0;
    while (point >= (this.#upTo[index] as number) && index < this.#items.length - 1) index += 1;
    return this.#items[index] as Item;
  }
}
