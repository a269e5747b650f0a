import { setTimeout as timeout } from 'node:timers/promises';

/**
 * Time as an argument. Whatever waits or measures takes a `Clock`, so that tests can move time by
 * hand and never sleep.
 */
export interface Clock {
  /** Monotonic time in milliseconds, fractions included; its zero has no meaning. */
  nowMs(): number;
  /** Time of day in milliseconds since 1970-01-01 UTC. */
  epochMs(): number;
  /**
   * Resolves after `delayMs`. Rejects with the signal's reason when the signal is aborted, before
   * or during the wait.
   */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** What a timer can hold; longer waits take several. */
const longestTimerMs = 2 ** 31 - 1;

/** The real clock. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  epochMs: () => Date.now(),
  async sleep(delayMs, signal) {
    try {
      let leftMs = delayMs;
      do {
        const stepMs = Math.min(leftMs, longestTimerMs);
        await timeout(stepMs, undefined, signal === undefined ? {} : { signal });
        leftMs -= stepMs;
      } while (leftMs > 0);
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    }
  },
};

/** A clock that moves only when told to. */
export class ManualClock implements Clock {
  #nowMs: number;
  readonly #epochAtZeroMs: number;
  #sleepers: { readonly dueMs: number; readonly wake: () => void }[] = [];

  constructor(startMs: number = 0, epochMs: number = Date.UTC(2026, 0, 1)) {
    this.#nowMs = startMs;
    this.#epochAtZeroMs = epochMs - startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  epochMs(): number {
    return this.#epochAtZeroMs + this.#nowMs;
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const onAbort = (): void => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal?.reason as Error);
      };
      const sleeper = {
        dueMs: this.#nowMs + delayMs,
        wake: (): void => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Moves time forward, waking sleepers in the order they are due and letting their code run. */
  async advance(byMs: number): Promise<void> {
    const targetMs = this.#nowMs + byMs;
    for (;;) {
      const next = this.#sleepers
        .filter((sleeper) => sleeper.dueMs <= targetMs)
        .sort((a, b) => a.dueMs - b.dueMs)[0];
      if (next === undefined) break;
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      this.#sleepers = this.#sleepers.filter((sleeper) => sleeper !== next);
      next.wake();
      await Promise.resolve();
      await Promise.resolve();
    }
    this.#nowMs = targetMs;
  }
}
