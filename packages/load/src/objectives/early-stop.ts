import type { LoadSlice, SliceTally } from '../measure/slices.ts';
import type { WorkerTick } from '../measure/worker-report.ts';
import type { LoadPlan } from '../schedule/plan.ts';
import { isHopeless } from './hopeless.ts';
import type { LoadObjective } from './objective.ts';

/** Watches what the workers tell, and stops a run whose objective cannot be met any more. */
export class EarlyStop {
  /** The objective for which the run was stopped. */
  hopeless: LoadObjective | undefined;
  readonly #controller = new AbortController();
  readonly #objectives: readonly LoadObjective[];
  readonly #slices: readonly LoadSlice[];
  readonly #measuredMs: number;
  readonly #leadMs: number;
  /** By worker, the last it told. */
  readonly #tallies = new Map<number, readonly SliceTally[]>();
  #measuringFromMs = Infinity;

  /** `slices` are the run's; those of the objectives are the first of them. */
  constructor(
    objectives: readonly LoadObjective[],
    slices: readonly LoadSlice[],
    { rampUpMs, warmupMs, measuredMs }: LoadPlan,
  ) {
    this.#objectives = objectives;
    this.#slices = slices;
    this.#measuredMs = measuredMs;
    this.#leadMs = rampUpMs + warmupMs;
  }

  /** Aborted when the run is to be stopped. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The run starts at this time of `performance.now`. */
  start(startMs: number): void {
    this.#measuringFromMs = startMs + this.#leadMs;
  }

  add(worker: number, tick: WorkerTick): void {
    this.#tallies.set(worker, tick.slices);
    if (this.hopeless !== undefined) return;
    const elapsedMs = Math.min(performance.now() - this.#measuringFromMs, this.#measuredMs);
    this.hopeless = this.#objectives.find((objective, index) => {
      const slice = this.#slices[index] as LoadSlice;
      return isHopeless(objective, slice, this.#sum(index), elapsedMs, this.#measuredMs);
    });
    if (this.hopeless !== undefined) this.#controller.abort();
  }

  #sum(index: number): SliceTally {
    const sum = { count: 0, failed: 0, slow: 0 };
    for (const tallies of this.#tallies.values()) {
      const { count = 0, failed = 0, slow = 0 } = tallies[index] ?? {};
      sum.count += count;
      sum.failed += failed;
      sum.slow += slow;
    }
    return sum;
  }
}
