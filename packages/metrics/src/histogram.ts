import { compressHistogram, decodeHistogram, encodeHistogram } from './histogram-codec.ts';
import { grownCounters, HistogramLayout, type HistogramOptions } from './histogram-layout.ts';
import { metricsErrors } from './metrics-errors.ts';
import { nearestRank } from './nearest-rank.ts';

export type { HistogramOptions } from './histogram-layout.ts';

/** Values that share a counter: all whole numbers `from`..`to`, both included. */
export interface HistogramBucket {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/**
 * How often each value occurred, to three significant digits by default, in bounded memory: an HDR
 * histogram. Values are whole numbers from 0, such as microseconds.
 *
 * `count`, `min`, `max`, `sum` and `mean` are exact for recorded values. The encoded form holds only
 * the counters, so after decoding they are those of equivalent values: `min` the lowest and `max`
 * the highest value of its counter, `sum` and `mean` from the counters' middles; `clampedCount` is 0.
 */
export class Histogram {
  #layout: HistogramLayout;
  #counters: Float64Array = new Float64Array(0);
  #count = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = 0;
  #clampedCount = 0;

  /** @throws `AMDAHL_METRICS_BAD_ARGUMENT` for settings out of range, or needing over 16 MiB. */
  constructor(options?: HistogramOptions) {
    this.#layout = new HistogramLayout(options);
  }

  get lowestDiscernible(): number {
    return this.#layout.lowestDiscernible;
  }

  get highestTrackable(): number {
    return this.#layout.highestTrackable;
  }

  get significantDigits(): 1 | 2 | 3 | 4 | 5 {
    return this.#layout.significantDigits;
  }

  /** Values recorded. */
  get count(): number {
    return this.#count;
  }

  /** The lowest value, 0 for an empty histogram. */
  get min(): number {
    return this.#count === 0 ? 0 : this.#min;
  }

  /** The highest value, 0 for an empty histogram. */
  get max(): number {
    return this.#max;
  }

  get sum(): number {
    return this.#sum;
  }

  /** The arithmetic mean, 0 for an empty histogram. */
  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }

  /** The population's standard deviation, from the middles of the counters. */
  get standardDeviation(): number {
    if (this.#count === 0) return 0;
    let sum = 0;
    this.#forEachUsed((index, count) => (sum += this.#layout.middleAt(index) * count));
    const mean = sum / this.#count;
    let squares = 0;
    this.#forEachUsed(
      (index, count) => (squares += (this.#layout.middleAt(index) - mean) ** 2 * count),
    );
    return Math.sqrt(squares / this.#count);
  }

  /** Values above `highestTrackable`, recorded as `highestTrackable`. */
  get clampedCount(): number {
    return this.#clampedCount;
  }

  /**
   * Records a value `count` times. Fractions are rounded, negative values are recorded as 0.
   *
   * @throws `AMDAHL_METRICS_BAD_ARGUMENT` when the value is not a number, or the count not a whole
   * number from 0.
   */
  record(value: number, count: number = 1): void {
    if (count !== 1 && !this.#isPositive(count)) return;
    // Adding zero turns the -0 of a rounded -0.3 into 0.
    let whole = Math.round(value) + 0;
    if (!(whole >= 0 && whole <= this.#layout.highestTrackable)) whole = this.#clamp(value, count);
    const index = this.#layout.indexOf(whole);
    this.#increment(index, count);
    this.#sum += whole * count;
    if (whole < this.#min) this.#min = whole;
    if (whole > this.#max) this.#max = whole;
  }

  /**
   * The value that this percentage of the values do not exceed (nearest rank), no more than one
   * counter's width too high; 0 for an empty histogram.
   *
   * @throws `AMDAHL_METRICS_BAD_ARGUMENT` when the percentile is not within 0..100.
   */
  valueAtPercentile(percentile: number): number {
    let rank = nearestRank(percentile, this.#count);
    if (percentile === 0) return this.min;
    for (let index = 0; index < this.#counters.length; index += 1) {
      rank -= this.#counters[index] as number;
      if (rank <= 0) return Math.min(this.#layout.highestAt(index), this.#max);
    }
    return 0;
  }

  /**
   * The share of values, 0..1, at or below the value or sharing its counter; 1 for an empty
   * histogram, as in HdrHistogram.
   */
  shareAtOrBelow(value: number): number {
    if (this.#count === 0 || value >= this.#max) return 1;
    if (!(value >= this.#min)) return 0;
    const last = this.#layout.indexOf(Math.floor(value));
    let below = 0;
    for (let index = 0; index <= last; index += 1) below += this.#counters[index] ?? 0;
    return below / this.#count;
  }

  /**
   * Adds the other histogram's values to this one, whose range grows to the other's if that is
   * greater. Exact when both have the same `significantDigits` and `lowestDiscernible`; otherwise
   * the other's values are recorded again as the middles of their counters.
   *
   * @throws `AMDAHL_METRICS_BAD_ARGUMENT` when the grown range would need over 16 MiB.
   */
  add(other: Histogram): void {
    if (other.highestTrackable > this.highestTrackable) {
      this.#layout = this.#layout.upTo(other.highestTrackable);
    }
    const sameCounters = this.#layout.hasSameCounters(other.#layout);
    other.#forEachUsed((index, count) => {
      const middle = Math.min(other.#layout.middleAt(index), this.highestTrackable);
      this.#increment(sameCounters ? index : this.#layout.indexOf(middle), count);
    });
    this.#sum += other.#sum;
    this.#min = Math.min(this.#min, other.#min);
    this.#max = Math.max(this.#max, other.#max);
    this.#clampedCount += other.#clampedCount;
  }

  clone(): Histogram {
    const copy = new Histogram(this.#layout);
    copy.add(this);
    return copy;
  }

  /** Forgets all values; the settings stay. */
  reset(): void {
    this.#counters.fill(0);
    this.#count = 0;
    this.#sum = 0;
    this.#min = Number.POSITIVE_INFINITY;
    this.#max = 0;
    this.#clampedCount = 0;
  }

  /** The buckets that hold values, lowest first. */
  *buckets(): Generator<HistogramBucket, void, undefined> {
    for (const [index, count] of this.#counters.entries()) {
      if (count === 0) continue;
      yield { from: this.#layout.lowestAt(index), to: this.#layout.highestAt(index), count };
    }
  }

  /** HdrHistogram's V2 format, uncompressed. */
  encode(): Uint8Array {
    return encodeHistogram(this.#layout, this.#counters);
  }

  /** HdrHistogram's V2 format, compressed, in base64: what the HdrHistogram tools read and log. */
  toBase64(): string {
    return Buffer.from(compressHistogram(this.encode())).toString('base64');
  }

  /**
   * Reads the V2 format, plain or compressed.
   *
   * @throws `AMDAHL_METRICS_BAD_HISTOGRAM` when the bytes are anything else, or describe a histogram
   * of over 16 MiB.
   */
  static decode(bytes: Uint8Array): Histogram {
    const { layout, counters } = decodeHistogram(bytes);
    const histogram = new Histogram(layout);
    const lowest = counters.findIndex((count) => count > 0);
    if (lowest === -1) return histogram;
    let total = 0;
    let sum = 0;
    for (let index = lowest; index < counters.length; index += 1) {
      const count = counters[index] as number;
      total += count;
      sum += layout.middleAt(index) * count;
    }
    histogram.#counters = counters;
    histogram.#count = total;
    histogram.#sum = sum;
    histogram.#min = layout.lowestAt(lowest);
    histogram.#max = layout.highestAt(counters.length - 1);
    return histogram;
  }

  /** @throws `AMDAHL_METRICS_BAD_HISTOGRAM`, as `decode`. */
  static fromBase64(text: string): Histogram {
    return Histogram.decode(Buffer.from(text, 'base64'));
  }

  #increment(index: number, count: number): void {
    if (index >= this.#counters.length) {
      this.#counters = grownCounters(this.#counters, index, this.#layout.length);
    }
    this.#counters[index] = (this.#counters[index] as number) + count;
    this.#count += count;
  }

  #clamp(value: number, count: number): number {
    if (Number.isNaN(value)) throw notRecordable('a value that is a number', value);
    if (value < 0) return 0;
    this.#clampedCount += count;
    return this.#layout.highestTrackable;
  }

  #isPositive(count: number): boolean {
    if (Number.isSafeInteger(count) && count >= 0) return count > 0;
    throw notRecordable('a count that is a whole number from 0', count);
  }

  #forEachUsed(visit: (index: number, count: number) => void): void {
    for (let index = 0; index < this.#counters.length; index += 1) {
      const count = this.#counters[index] as number;
      if (count > 0) visit(index, count);
    }
  }
}

/**
 * One histogram of all those encoded, with the settings of the first and the range of the widest;
 * an empty one with default settings for no texts.
 *
 * @throws `AMDAHL_METRICS_BAD_HISTOGRAM` when a text cannot be decoded.
 */
export function mergeHistograms(texts: readonly string[]): Histogram {
  const [first, ...others] = texts;
  if (first === undefined) return new Histogram();
  const merged = Histogram.fromBase64(first);
  for (const text of others) merged.add(Histogram.fromBase64(text));
  return merged;
}

function notRecordable(expected: string, found: number): Error {
  return metricsErrors.create('AMDAHL_METRICS_BAD_ARGUMENT', {
    expected,
    found: String(found),
    next: 'Check the code that computes it.',
  });
}
