import { AmdahlError } from '@amdahl/metrics';
import { loadErrors } from '../load-errors.ts';
import type { WorkerReport } from '../measure/worker-report.ts';
import type { ScriptFacts, TickListener, WorkerHandle } from '../worker/worker-handle.ts';
import type { Order, RemoteReport } from './protocol.ts';

/** A worker on another machine, as whoever leads the run sees it. */
export class RemoteWorker implements WorkerHandle {
  readonly index: number;
  readonly machine: string;
  readonly ready: Promise<ScriptFacts>;
  readonly done: Promise<WorkerReport>;
  heardMs: number = performance.now();
  lastReport: WorkerReport | undefined;

  readonly #order: (order: Order) => void;
  /** Redis' clock minus this machine's. */
  readonly #clockOffsetMs: number;
  readonly #onTick: TickListener;
  readonly #ready = Promise.withResolvers<ScriptFacts>();
  readonly #done = Promise.withResolvers<WorkerReport>();
  #over = false;

  constructor(
    place: { readonly index: number; readonly machine: string; readonly clockOffsetMs: number },
    order: (order: Order) => void,
    onTick: TickListener,
  ) {
    this.index = place.index;
    this.machine = place.machine;
    this.#clockOffsetMs = place.clockOffsetMs;
    this.#order = order;
    this.#onTick = onTick;
    this.ready = this.#ready.promise;
    this.done = this.#done.promise;
    // Whoever waits for one of them learns of a failure; the other must not count as unhandled.
    this.ready.catch(() => {});
    this.done.catch(() => {});
  }

  start(atEpochMs: number, data: unknown): void {
    const atMs = atEpochMs + this.#clockOffsetMs;
    this.#order({ type: 'start', index: this.index, atMs, data });
  }

  setUsers(users: number): void {
    this.#order({ type: 'users', index: this.index, users });
  }

  stop(): void {
    this.#order({ type: 'stop', index: this.index });
  }

  fail(error: Error): void {
    if (!this.#over) this.stop();
    this.#over = true;
    this.#ready.reject(error);
    this.#done.reject(error);
  }

  silentError(silentMs: number, patienceMs: number): Error {
    return loadErrors.create('AMDAHL_LOAD_MACHINE_SILENT', {
      expected: `a sign of life of worker ${this.index} on ${this.machine} at least every ${patienceMs / 1_000} s`,
      found: `none for ${Math.round(silentMs / 1_000)} s`,
      next: 'Look whether its process was killed, or its way to Redis cut.',
      details: { worker: this.index, machine: this.machine, silentMs: Math.round(silentMs) },
    });
  }

  terminate(): Promise<void> {
    if (!this.#over) this.stop();
    this.#over = true;
    return Promise.resolve();
  }

  /** A lost worker is not listened to any more: its share is already reported as missing. */
  hear(message: RemoteReport): void {
    if (this.#over) return;
    this.heardMs = performance.now();
    switch (message.type) {
      case 'ready':
        return this.#ready.resolve(message.script);
      case 'tick':
        this.lastReport = message.report ?? this.lastReport;
        return this.#onTick(message.tick);
      case 'done':
        this.#over = true;
        return this.#done.resolve(message.report);
      case 'failed':
        return this.fail(AmdahlError.fromJSON(message.error));
      default:
    }
  }
}
