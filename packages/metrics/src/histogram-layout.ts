import { metricsErrors } from './metrics-errors.ts';

export interface HistogramOptions {
  /** Values are told apart down to this many units. @default 1 */
  readonly lowestDiscernible?: number;
  /** Larger values are recorded as this one. @default 3_600_000_000, an hour in microseconds */
  readonly highestTrackable?: number;
  /** Significant decimal digits kept of each value. @default 3 */
  readonly significantDigits?: 1 | 2 | 3 | 4 | 5;
}

/** Counters a histogram may have: 16 MiB. Five digits up to an hour in microseconds just fit. */
export const maxCounters: number = 2 ** 21;

/**
 * Which counter a value belongs to, and which values a counter stands for: the geometry of
 * HdrHistogram (Gil Tene, https://hdrhistogram.org), which its V2 format relies on.
 *
 * Counters come in halves of equal length, `half = 2^(bits - 1)`. The first two halves count units
 * one by one; each later half covers the next power of two with counters twice as wide. A counter
 * is therefore never wider than 1/half of the values in it: with three digits `bits` is 11, enough
 * to tell 2,000 values apart, and values differ from the recorded ones by less than 1/1024.
 */
export class HistogramLayout {
  readonly lowestDiscernible: number;
  readonly highestTrackable: number;
  readonly significantDigits: 1 | 2 | 3 | 4 | 5;
  /** Counters needed to reach the highest trackable value. */
  readonly length: number;
  readonly #unitBits: number;
  readonly #bits: number;
  readonly #half: number;

  /** @throws `AMDAHL_METRICS_BAD_ARGUMENT` when the settings describe no histogram, or a huge one. */
  constructor(options: HistogramOptions = {}) {
    this.lowestDiscernible = options.lowestDiscernible ?? 1;
    this.highestTrackable = options.highestTrackable ?? 3_600_000_000;
    this.significantDigits = options.significantDigits ?? 3;
    checkSettings(this);
    this.#unitBits = bitLength(this.lowestDiscernible) - 1;
    this.#bits = Math.ceil(Math.log2(2 * 10 ** this.significantDigits));
    this.#half = 2 ** (this.#bits - 1);
    this.length = this.indexOf(this.highestTrackable) + 1;
    if (this.length > maxCounters) {
      throw metricsErrors.create('AMDAHL_METRICS_BAD_ARGUMENT', {
        expected: `a histogram of at most ${maxCounters} counters`,
        found: `${this.length} for ${this.significantDigits} digits up to ${this.highestTrackable}`,
        next: 'Ask for fewer significant digits or a lower highestTrackable.',
      });
    }
  }

  /** The index of the counter of a whole number from 0 to 2^53 - 1. */
  indexOf(value: number): number {
    const wider = bitLength(value) - this.#unitBits - this.#bits;
    const bucket = wider > 0 ? wider : 0;
    const shift = bucket + this.#unitBits;
    const slot = value < 0x1_0000_0000 ? value >>> shift : Math.floor(value / powerOfTwo(shift));
    return bucket * this.#half + slot;
  }

  /** The lowest value counted at the index. */
  lowestAt(index: number): number {
    const bucket = this.#bucketOf(index);
    return (index - bucket * this.#half) * powerOfTwo(bucket + this.#unitBits);
  }

  /** The highest value counted at the index. */
  highestAt(index: number): number {
    return this.lowestAt(index) + this.#widthAt(index) - 1;
  }

  /** The value in the middle of those counted at the index, rounded up. */
  middleAt(index: number): number {
    return this.lowestAt(index) + Math.floor(this.#widthAt(index) / 2);
  }

  /** The same counters up to another highest trackable value. */
  upTo(highestTrackable: number): HistogramLayout {
    const { lowestDiscernible, significantDigits } = this;
    return new HistogramLayout({ lowestDiscernible, significantDigits, highestTrackable });
  }

  /** Whether each index stands for the same values in both. */
  hasSameCounters(other: HistogramLayout): boolean {
    return this.#unitBits === other.#unitBits && this.#bits === other.#bits;
  }

  #widthAt(index: number): number {
    return powerOfTwo(this.#bucketOf(index) + this.#unitBits);
  }

  #bucketOf(index: number): number {
    return Math.max(0, (index >>> (this.#bits - 1)) - 1);
  }
}

const powersOfTwo = Float64Array.from({ length: 54 }, (_, exponent) => 2 ** exponent);

/** Looked up, since `**` takes longer than everything around it; infinite beyond all values. */
function powerOfTwo(exponent: number): number {
  return powersOfTwo[exponent] ?? Number.POSITIVE_INFINITY;
}

/** Binary digits of a whole number from 0 to 2^53 - 1. */
function bitLength(value: number): number {
  return value < 0x1_0000_0000
    ? 32 - Math.clz32(value)
    : 64 - Math.clz32(Math.floor(value / 0x1_0000_0000));
}

function checkSettings(layout: HistogramLayout): void {
  const { lowestDiscernible, highestTrackable, significantDigits } = layout;
  if (
    !Number.isInteger(lowestDiscernible) ||
    lowestDiscernible < 1 ||
    lowestDiscernible >= 2 ** 31
  ) {
    throw badSetting('from 1 to 2^31 - 1', 'lowestDiscernible', lowestDiscernible);
  }
  if (!Number.isSafeInteger(highestTrackable) || highestTrackable < 2 * lowestDiscernible) {
    throw badSetting(
      'from twice lowestDiscernible to 2^53 - 1',
      'highestTrackable',
      highestTrackable,
    );
  }
  if (![1, 2, 3, 4, 5].includes(significantDigits)) {
    throw badSetting('from 1 to 5', 'significantDigits', significantDigits);
  }
}

function badSetting(range: string, name: keyof HistogramOptions, value: number): Error {
  return metricsErrors.create('AMDAHL_METRICS_BAD_ARGUMENT', {
    expected: `a whole number ${range} as ${name}`,
    found: `${name} ${value}`,
    next: 'Leave the option out to get its default.',
  });
}

/** A copy of the counters, long enough for the index: the next power of two, at most `limit`. */
export function grownCounters(
  counters: Float64Array,
  index: number,
  limit: number,
): Float64Array<ArrayBuffer> {
  const powerOfTwo = 2 ** (32 - Math.clz32(index));
  const grown = new Float64Array(Math.min(Math.max(64, powerOfTwo), limit));
  grown.set(counters);
  return grown;
}
