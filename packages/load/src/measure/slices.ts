import { Histogram } from '@amdahl/metrics';
import type { RequestStats } from './request-stats.ts';

/** A part of a run's requests whose figures are kept apart: by name, by time, or by both. */
export interface LoadSlice {
  /** What the slice is called: a phase of the run, or the objective it is kept for. */
  readonly name: string;
  /** Name of the requests, `GET /products/:id`. @default all */
  readonly request?: string;
  /** Intended starts from here on, milliseconds of measured time. @default 0 */
  readonly fromMs?: number;
  /** Intended starts before this. @default the end of the measured time */
  readonly toMs?: number;
  /** Requests whose response time is above it are counted as slow. @default none is */
  readonly limitMs?: number;
}

/** How many requests of a slice have come to an end, and how many of them badly. */
export interface SliceTally {
  readonly count: number;
  readonly failed: number;
  /** Above the slice's limit. */
  readonly slow: number;
}

/** What one worker measured of a slice. */
export interface SliceReport extends SliceTally {
  /** Base64, microseconds, as in `RequestTimes`. */
  readonly responseTime: string;
}

/** The facts of a request that slices are kept of. */
interface SlicedRequest {
  readonly stats: RequestStats;
  /** Milliseconds of measured time. */
  readonly intendedMs: number;
  readonly failed: boolean;
  /** Undefined for a request that has no time. */
  readonly responseTimeUs: number | undefined;
}

class Slice {
  readonly spec: LoadSlice;
  readonly #fromMs: number;
  readonly #toMs: number;
  readonly #limitUs: number;
  readonly #responseTime = new Histogram();
  #count = 0;
  #failed = 0;
  #slow = 0;

  constructor(spec: LoadSlice) {
    this.spec = spec;
    this.#fromMs = spec.fromMs ?? 0;
    this.#toMs = spec.toMs ?? Infinity;
    this.#limitUs = (spec.limitMs ?? Infinity) * 1_000;
  }

  record({ intendedMs, failed, responseTimeUs }: SlicedRequest): void {
    if (intendedMs < this.#fromMs || intendedMs >= this.#toMs) return;
    this.#count += 1;
    if (failed) this.#failed += 1;
    if (responseTimeUs === undefined) return;
    this.#responseTime.record(responseTimeUs);
    if (responseTimeUs > this.#limitUs) this.#slow += 1;
  }

  tally(): SliceTally {
    return { count: this.#count, failed: this.#failed, slow: this.#slow };
  }

  report(): SliceReport {
    return { ...this.tally(), responseTime: this.#responseTime.toBase64() };
  }
}

/** Keeps the slices of one worker, in memory bounded by their number. */
export class SliceMeter {
  readonly #slices: readonly Slice[];
  /** The slices each request name is in. */
  readonly #byStats = new Map<RequestStats, readonly Slice[]>();

  constructor(specs: readonly LoadSlice[]) {
    this.#slices = specs.map((spec) => new Slice(spec));
  }

  record(request: SlicedRequest): void {
    for (const slice of this.#slicesOf(request.stats)) slice.record(request);
  }

  tallies(): readonly SliceTally[] {
    return this.#slices.map((slice) => slice.tally());
  }

  reports(): readonly SliceReport[] {
    return this.#slices.map((slice) => slice.report());
  }

  #slicesOf(stats: RequestStats): readonly Slice[] {
    const known = this.#byStats.get(stats);
    if (known !== undefined) return known;
    const name = `${stats.method} ${stats.path}`;
    const found = this.#slices.filter(({ spec }) => (spec.request ?? name) === name);
    this.#byStats.set(stats, found);
    return found;
  }
}
