/**
 * One object a key, made on first use. Once `limit` objects exist, further keys share one, so that
 * a flood of keys costs no memory.
 */
export class BoundedRegistry<Item> {
  readonly #items = new Map<string, Item>();
  readonly #limit: number;
  readonly #make: (key: string) => Item;
  readonly #shared: Item;

  constructor(limit: number, make: (key: string) => Item, sharedKey: string) {
    this.#limit = limit;
    this.#make = make;
    this.#shared = make(sharedKey);
  }

  get(key: string): Item {
    const known = this.#items.get(key);
    if (known !== undefined) return known;
    if (this.isFull) return this.#shared;
    const item = this.#make(key);
    this.#items.set(key, item);
    return item;
  }

  get isFull(): boolean {
    return this.#items.size >= this.#limit;
  }

  /** Whether the item stands for keys there was no room for. */
  isShared(item: Item): boolean {
    return item === this.#shared;
  }

  /** Forgets all items; those still in use live on with their users. */
  clear(): void {
    this.#items.clear();
  }
}
