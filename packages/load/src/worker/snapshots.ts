import type { WorkerReport } from '../measure/worker-report.ts';

/** Part of the worker's time that snapshots may take. */
const maxTimeShare = 0.002;

/**
 * Takes what a worker measured so far, for the case that it gets lost: once a second, or less often
 * when there are so many request names that serialising their histograms takes its time.
 */
export class Snapshots {
  readonly #engine: { snapshot(): WorkerReport | undefined };
  readonly #nowMs: () => number;
  #nextMs = 0;

  constructor(
    engine: { snapshot(): WorkerReport | undefined },
    nowMs: () => number = () => performance.now(),
  ) {
    this.#engine = engine;
    this.#nowMs = nowMs;
  }

  /** Undefined when it is too early for another one. */
  next(): WorkerReport | undefined {
    const startMs = this.#nowMs();
    if (startMs < this.#nextMs) return undefined;
    const report = this.#engine.snapshot();
    this.#nextMs = startMs + (this.#nowMs() - startMs) / maxTimeShare;
    return report;
  }
}
