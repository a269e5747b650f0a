import { metricsErrors } from './metrics-errors.ts';

export interface ThroughputOptions {
  /** Time of the first interval's start, on the clock that `record` is given. @default 0 */
  readonly startMs?: number;
  /** Length of an interval to begin with. @default 1000 */
  readonly intervalMs?: number;
  /** Intervals kept, an even number. @default 600 */
  readonly limit?: number;
}

/** One interval of a series of rates. */
export interface RateInterval {
  readonly fromMs: number;
  readonly ratePerSecond: number;
}

/**
 * How many events occurred in each interval of a run of any length, in bounded memory: when the
 * intervals are used up, neighbours are joined and each stands for twice the time.
 */
export class Throughput {
  readonly startMs: number;
  readonly #limit: number;
  readonly #counts: Float64Array;
  #intervalMs: number;
  #used = 0;
  #count = 0;

  /** @throws `AMDAHL_METRICS_BAD_ARGUMENT` for an endless start, an interval not above 0, or an odd limit. */
  constructor({ startMs = 0, intervalMs = 1_000, limit = 600 }: ThroughputOptions = {}) {
    if (!Number.isFinite(startMs)) {
      throw bad('a finite start', startMs, 'Leave the option out for 0.');
    }
    if (!(Number.isFinite(intervalMs) && intervalMs > 0)) {
      throw bad('an interval above 0 ms', intervalMs, 'Leave the option out for one second.');
    }
    if (!(Number.isInteger(limit) && limit >= 2 && limit % 2 === 0)) {
      throw bad('an even number of intervals', limit, 'Leave the option out for 600.');
    }
    this.startMs = startMs;
    this.#intervalMs = intervalMs;
    this.#limit = limit;
    this.#counts = new Float64Array(limit);
  }

  /** Events recorded. */
  get count(): number {
    return this.#count;
  }

  /** Length of each interval by now. */
  get intervalMs(): number {
    return this.#intervalMs;
  }

  /**
   * Records events that occurred at a time; one before the start counts to the first interval.
   *
   * @throws `AMDAHL_METRICS_BAD_ARGUMENT` when the time is not finite.
   */
  record(atMs: number, count: number = 1): void {
    this.#reach(atMs);
    const index = Math.max(0, Math.floor((atMs - this.startMs) / this.#intervalMs));
    this.#counts[index] = (this.#counts[index] as number) + count;
    this.#used = Math.max(this.#used, index + 1);
    this.#count += count;
  }

  /**
   * The rate in each interval from the start to the given time, silent ones included. The last one
   * is divided by its elapsed part only; events after that time are left out.
   *
   * @throws `AMDAHL_METRICS_BAD_ARGUMENT` when the time is not finite.
   */
  rates(endMs: number): RateInterval[] {
    this.#reach(endMs);
    const length = Math.max(0, Math.ceil((endMs - this.startMs) / this.#intervalMs));
    return Array.from({ length }, (_, index) => {
      const fromMs = this.startMs + index * this.#intervalMs;
      const elapsedMs = Math.min(this.#intervalMs, endMs - fromMs);
      return { fromMs, ratePerSecond: ((this.#counts[index] as number) / elapsedMs) * 1_000 };
    });
  }

  /** Events per second from the start to the given time; 0 at the start. */
  meanRatePerSecond(endMs: number): number {
    return endMs > this.startMs ? (this.#count / (endMs - this.startMs)) * 1_000 : 0;
  }

  /** Adds the other's events, its intervals placed at their start; exact when the starts agree. */
  add(other: Throughput): void {
    while (this.#intervalMs < other.#intervalMs) this.#joinNeighbours();
    for (let index = 0; index < other.#used; index += 1) {
      const count = other.#counts[index] as number;
      if (count > 0) this.record(other.startMs + index * other.#intervalMs, count);
    }
  }

  /** Joins intervals until the last one ends after the time. */
  #reach(atMs: number): void {
    if (!Number.isFinite(atMs)) throw bad('a finite time', atMs, 'Give the time in milliseconds.');
    while (atMs - this.startMs >= this.#limit * this.#intervalMs) this.#joinNeighbours();
  }

  #joinNeighbours(): void {
    const counts = this.#counts;
    for (let index = 0; index < this.#limit / 2; index += 1) {
      counts[index] = (counts[2 * index] as number) + (counts[2 * index + 1] as number);
    }
    counts.fill(0, this.#limit / 2);
    this.#intervalMs *= 2;
    this.#used = Math.ceil(this.#used / 2);
  }
}

function bad(expected: string, found: number, next: string): Error {
  return metricsErrors.create('AMDAHL_METRICS_BAD_ARGUMENT', {
    expected,
    found: String(found),
    next,
  });
}
