export interface TtlCacheOptions {
  readonly ttlMs: number;
  /** Entries kept; the oldest goes first. */
  readonly maxEntries: number;
  /** @default performance.now */
  readonly now?: () => number;
}

interface Entry {
  readonly value: Promise<unknown>;
  readonly expiresAt: number;
}

/**
 * A small bounded map of values that may be a little stale. Callers that ask for a missing value at
 * the same time share one load; a load that fails is not kept.
 */
export class TtlCache {
  readonly #options: TtlCacheOptions;
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();

  constructor(options: TtlCacheOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  get size(): number {
    return this.#entries.size;
  }

  getOrLoad<Value>(key: string, load: () => Promise<Value>): Promise<Value> {
    const entry = this.#entries.get(key);
    if (entry !== undefined && this.#now() < entry.expiresAt) return entry.value as Promise<Value>;
    const value = load();
    this.#entries.delete(key);
    this.#entries.set(key, { value, expiresAt: this.#now() + this.#options.ttlMs });
    if (this.#entries.size > this.#options.maxEntries) {
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest);
        break;
      }
    }
    value.catch(() => {
      if (this.#entries.get(key)?.value === value) this.#entries.delete(key);
    });
    return value;
  }
}
