import { Histogram } from '@amdahl/metrics';
import type { LoadResult } from '../result.ts';
import type { Verdict } from '../verdict.ts';
import type { ServiceSample } from '../observe/service-watch.ts';
import { gaveOut, type GaveOut } from './gave-out.ts';
import { answerOf, type ProbeAnswer } from './probe.ts';

/** Rates closer than this ratio are not told apart. */
const resolutionRatio = 1.05;
const rampRatio = 2;
/** A search that needs more has something else to find first. */
const maxProbes = 25;
/** Rates beyond are no service's, nor this generator's. */
const highestPerSecond = 1_000_000;

/** One run at a constant rate. */
export interface ProbeRun {
  readonly result: LoadResult;
  readonly verdict: Verdict;
  readonly samples: readonly ServiceSample[];
}

export interface Probe {
  /** Tasks started per second. */
  readonly ratePerSecond: number;
  readonly answer: ProbeAnswer;
  /** What it missed, or what was unclear. */
  readonly because?: string;
  readonly p95Ms: number;
  /** Share of failed requests, 0..1. */
  readonly errorShare: number;
}

export interface BreakpointFindings {
  readonly shape: 'breakpoint';
  /**
   * The highest rate at which the objectives were met and the lowest at which they were missed, each
   * with 95 % confidence: the breakpoint lies between. Null where none was found.
   */
  readonly metPerSecond: number | null;
  readonly missedPerSecond: number | null;
  readonly gaveOut: GaveOut | null;
  /** In the order they were run. */
  readonly probes: readonly Probe[];
  /** Whether the search came to its end. */
  readonly complete: boolean;
}

/** What a search yields: its findings, and the run at the highest rate that was met, else the first. */
export interface Breakpoint {
  readonly findings: BreakpointFindings;
  readonly run: ProbeRun;
}

/**
 * Searches the highest rate at which the objectives are met: doubles it until they are missed, then
 * halves the gap, as ratios, until it is 5 % wide or a probe in it is unclear.
 *
 * @param probe runs at a rate; `patient` asks for a longer run, since a first one said nothing
 * @param onProbe told of each probe
 * @param lowestPerSecond with fewer tasks a probe says nothing
 */
export async function searchBreakpoint(
  startPerSecond: number,
  probe: (ratePerSecond: number, patient: boolean) => Promise<ProbeRun>,
  onProbe: (probe: Probe) => void,
  lowestPerSecond: number,
): Promise<Breakpoint> {
  const search = new Search(probe, onProbe);
  await search.bracket(startPerSecond, lowestPerSecond);
  await search.close();
  return search.result();
}

interface Bound {
  readonly ratePerSecond: number;
  readonly run: ProbeRun;
}

class Search {
  readonly #probe: (ratePerSecond: number, patient: boolean) => Promise<ProbeRun>;
  readonly #onProbe: (probe: Probe) => void;
  readonly #probes: Probe[] = [];
  #first: ProbeRun | undefined;
  #met: Bound | undefined;
  #missed: Bound | undefined;
  /** Why the generator can go no further. */
  #exhausted: GaveOut | undefined;
  #stopped = false;

  constructor(
    probe: (ratePerSecond: number, patient: boolean) => Promise<ProbeRun>,
    onProbe: (probe: Probe) => void,
  ) {
    this.#probe = probe;
    this.#onProbe = onProbe;
  }

  /** Looks for a rate that is met and one that is missed. */
  async bracket(startPerSecond: number, lowestPerSecond: number): Promise<void> {
    let lowest = startPerSecond;
    let highest = startPerSecond;
    await this.#ask(startPerSecond);
    while (this.#goesOn() && this.#gapRatio() === undefined) {
      const upwards = this.#missed === undefined;
      const rate = upwards ? highest * rampRatio : lowest / rampRatio;
      if (rate > highestPerSecond || rate < lowestPerSecond) return;
      lowest = Math.min(lowest, rate);
      highest = Math.max(highest, rate);
      await this.#ask(rate);
    }
  }

  /** Closes the gap between the two. */
  async close(): Promise<void> {
    let answer: ProbeAnswer | undefined;
    while (this.#goesOn() && answer !== 'unclear' && (this.#gapRatio() ?? 1) > resolutionRatio) {
      const lower = this.#met?.ratePerSecond ?? 0;
      answer = await this.#ask(lower * Math.sqrt(this.#gapRatio() ?? 1));
    }
  }

  result(): Breakpoint {
    const missed = this.#missed;
    const reason = missed === undefined ? null : gaveOut(missed.run.result, missed.run.samples);
    return {
      findings: {
        shape: 'breakpoint',
        metPerSecond: this.#met?.ratePerSecond ?? null,
        missedPerSecond: missed?.ratePerSecond ?? null,
        gaveOut: this.#exhausted ?? reason,
        probes: this.#probes,
        complete: !this.#stopped && this.#probes.length < maxProbes,
      },
      run: this.#met?.run ?? (this.#first as ProbeRun),
    };
  }

  #gapRatio(): number | undefined {
    if (this.#met === undefined || this.#missed === undefined) return undefined;
    return this.#missed.ratePerSecond / this.#met.ratePerSecond;
  }

  #goesOn(): boolean {
    return !this.#stopped && this.#exhausted === undefined && this.#probes.length < maxProbes;
  }

  async #ask(ratePerSecond: number, patient = false): Promise<ProbeAnswer> {
    const run = await this.#probe(ratePerSecond, patient);
    this.#first ??= run;
    const { counts, interrupted, hopeless, total } = run.result;
    if (interrupted && hopeless === undefined) {
      this.#stopped = true;
      return 'unclear';
    }
    const { answer, because } = answerOf(run.result, run.verdict);
    const probe: Probe = {
      ratePerSecond,
      answer,
      ...(because === undefined ? {} : { because }),
      p95Ms: Histogram.fromBase64(total.responseTime).valueAtPercentile(95) / 1_000,
      errorShare: counts.failed / Math.max(1, counts.succeeded + counts.failed),
    };
    this.#probes.push(probe);
    this.#onProbe(probe);
    if (answer === 'met' && ratePerSecond > (this.#met?.ratePerSecond ?? 0)) {
      this.#met = { ratePerSecond, run };
    }
    if (answer === 'missed' && ratePerSecond < (this.#missed?.ratePerSecond ?? Infinity)) {
      this.#missed = { ratePerSecond, run };
    }
    // What the machine did meanwhile may have been chance.
    if ((answer === 'unclear' || answer === 'generator') && !patient) {
      return this.#ask(ratePerSecond, true);
    }
    if (answer === 'generator') {
      this.#exhausted = { resource: 'generator', evidence: because ?? '' };
    }
    return answer;
  }
}
