import { Histogram } from '@amdahl/metrics';

/** Up to here the durations themselves are kept: most statements run rarely. */
const listedDurations = 64;

/**
 * Durations in little memory: a short list, then a histogram of two significant digits. A window
 * holds thousands of these; with three digits each would need eight times the memory.
 */
export class DurationLog {
  sumUs = 0;
  #list: number[] | null = [];
  #histogram: Histogram | null = null;

  add(durationUs: number): void {
    this.sumUs += durationUs;
    if (this.#list === null) {
      this.#histogram?.record(durationUs);
      return;
    }
    this.#list.push(durationUs);
    if (this.#list.length < listedDurations) return;
    this.#histogram = this.#filled();
    this.#list = null;
  }

  /** `Histogram.toBase64` of the durations in microseconds. */
  toBase64(): string {
    return (this.#histogram ?? this.#filled()).toBase64();
  }

  #filled(): Histogram {
    const histogram = new Histogram({ significantDigits: 2 });
    for (const durationUs of this.#list ?? []) histogram.record(durationUs);
    return histogram;
  }
}
