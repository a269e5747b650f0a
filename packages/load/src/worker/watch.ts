import type { WorkerHandle } from './worker-handle.ts';

/** How long the thread that leads a run is patient. */
export interface PatienceLimits {
  /** For a script to be imported. */
  readonly readyMs: number;
  /** For a sign of life of a running worker. */
  readonly silenceMs: number;
  /** For the reports after a run was stopped. */
  readonly stopMs: number;
}

/** A thread that shares its core with others may be silent for a second or two; ten are a loop. */
export const systemLimits: PatienceLimits = { readyMs: 30_000, silenceMs: 10_000, stopMs: 3_000 };

const watchIntervalMs = 250;

/** Sees to it that a run ends: on a signal, and when a worker does not answer. */
export class Watch {
  /** Whether the run was stopped before its planned end. */
  stopped = false;
  readonly #workers: readonly WorkerHandle[];
  readonly #limits: PatienceLimits;
  /** By worker, the id of the task it runs. */
  readonly #taskNotes: Int32Array;
  readonly #timer: NodeJS.Timeout;
  #taskNames: readonly string[] = [];
  #patienceMs: number;
  #lookedMs = performance.now();
  #resumedMs = 0;
  #signal: AbortSignal | undefined;

  constructor(workers: readonly WorkerHandle[], limits: PatienceLimits, taskNotes: Int32Array) {
    this.#workers = workers;
    this.#limits = limits;
    this.#taskNotes = taskNotes;
    this.#patienceMs = limits.readyMs;
    this.#timer = setInterval(() => this.#look(), watchIntervalMs);
  }

  /** Nobody is expected to speak until `resume`. */
  pause(): void {
    this.#patienceMs = Infinity;
  }

  /** From here on workers speak again. */
  resume(): void {
    this.#patienceMs = this.#limits.readyMs;
    this.#resumedMs = performance.now();
  }

  /** From here on workers speak regularly, and the signal stops the run. */
  runStarted(taskNames: readonly string[], signal: AbortSignal | undefined): void {
    this.#taskNames = taskNames;
    this.#patienceMs = this.#limits.silenceMs;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#stop);
    if (signal?.aborted === true) this.#stop();
  }

  end(): void {
    clearInterval(this.#timer);
    this.#signal?.removeEventListener('abort', this.#stop);
  }

  readonly #stop = (): void => {
    this.stopped = true;
    this.#patienceMs = Math.min(this.#patienceMs, this.#limits.stopMs);
    for (const worker of this.#workers) worker.stop();
  };

  #look(): void {
    const nowMs = performance.now();
    // This thread was held up itself: what the workers said meanwhile is still unheard.
    const heldUp = nowMs - this.#lookedMs > 4 * watchIntervalMs;
    this.#lookedMs = nowMs;
    if (heldUp) return;
    for (const worker of this.#workers) {
      const silentMs = nowMs - Math.max(worker.heardMs, this.#resumedMs);
      if (silentMs <= this.#patienceMs) continue;
      const task = this.#taskNames[this.#taskNotes[worker.index] ?? 0];
      worker.fail(worker.silentError(silentMs, this.#patienceMs, task));
    }
  }
}
