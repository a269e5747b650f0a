import type { LoadProgress, LoadSecond } from '../result.ts';
import type { LoadPlan } from '../schedule/plan.ts';
import type { WorkerTick } from './worker-report.ts';

const progressIntervalMs = 250;
/** The rate shown is that of about the last second. */
const rateWindowMs = 1_000;

/** Sums up what the workers tell while the run goes on. */
export class ProgressMeter {
  readonly #ticks: WorkerTick[];
  readonly #plan: LoadPlan;
  readonly #seconds: readonly LoadSecond[];
  #timer: NodeJS.Timeout | undefined;
  #startEpochMs = 0;
  /** Requests ended at some moments of the rate's window, oldest first. */
  #moments: { readonly atMs: number; readonly ended: number }[] = [];

  /** `seconds` grows while the run goes on; the last one gives the percentiles. */
  constructor(workers: number, plan: LoadPlan, seconds: readonly LoadSecond[]) {
    const nothing: WorkerTick = {
      done: 0,
      failed: 0,
      ended: 0,
      inFlight: 0,
      lagP99Us: 0,
      cpuShare: 0,
      seconds: [],
      slices: [],
    };
    this.#ticks = Array.from({ length: workers }, () => nothing);
    this.#plan = plan;
    this.#seconds = seconds;
  }

  add(worker: number, tick: WorkerTick): void {
    this.#ticks[worker] = { ...tick, seconds: [] };
  }

  /** Nothing of a lost worker is under way any more, as far as can be known. */
  lose(worker: number): void {
    const last = this.#ticks[worker];
    if (last !== undefined) this.#ticks[worker] = { ...last, inFlight: 0 };
  }

  /** Reports from now on, a few times a second, until `end`. */
  start(startEpochMs: number, report: ((progress: LoadProgress) => void) | undefined): void {
    if (report === undefined) return;
    this.#startEpochMs = startEpochMs;
    this.#timer = setInterval(() => report(this.#progress()), progressIntervalMs);
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #progress(): LoadProgress {
    const { rampUpMs, warmupMs, measuredMs } = this.#plan;
    const elapsedMs = Math.max(0, performance.timeOrigin + performance.now() - this.#startEpochMs);
    const plannedMs = rampUpMs + warmupMs + measuredMs;
    const last = this.#seconds.at(-1);
    return {
      phase: this.#phase(elapsedMs, plannedMs),
      elapsedMs,
      plannedMs,
      done: this.#sum((tick) => tick.done),
      failed: this.#sum((tick) => tick.failed),
      ratePerSecond: this.#rate(elapsedMs),
      inFlight: this.#sum((tick) => tick.inFlight),
      p50Ms: last?.p50Ms ?? 0,
      p95Ms: last?.p95Ms ?? 0,
      generatorLagP99Ms: Math.max(...this.#ticks.map(({ lagP99Us }) => lagP99Us)) / 1_000,
      generatorCpuShare: Math.max(...this.#ticks.map(({ cpuShare }) => cpuShare)),
    };
  }

  #phase(elapsedMs: number, plannedMs: number): LoadProgress['phase'] {
    if (elapsedMs < this.#plan.rampUpMs) return 'ramp-up';
    if (elapsedMs < this.#plan.rampUpMs + this.#plan.warmupMs) return 'warm-up';
    return elapsedMs < plannedMs ? 'measuring' : 'finishing';
  }

  #rate(elapsedMs: number): number {
    const ended = this.#sum((tick) => tick.ended);
    this.#moments.push({ atMs: elapsedMs, ended });
    this.#moments = this.#moments.filter((moment) => moment.atMs >= elapsedMs - rateWindowMs);
    const first = this.#moments[0];
    if (first === undefined || first.atMs === elapsedMs) return 0;
    return ((ended - first.ended) / (elapsedMs - first.atMs)) * 1_000;
  }

  #sum(figure: (tick: WorkerTick) => number): number {
    return this.#ticks.reduce((total, tick) => total + figure(tick), 0);
  }
}
