import { Worker } from 'node:worker_threads';
import { AmdahlError } from '@amdahl/metrics';
import { messageOf, placeOf } from '../error-place.ts';
import { loadErrors } from '../load-errors.ts';
import type { WorkerReport } from '../measure/worker-report.ts';
import type { MessageFromWorker, MessageToWorker, WorkerAssignment } from './messages.ts';
import { workerEntry, workerOptions } from './worker-entry.ts';
import type { ScriptFacts, TickListener, WorkerHandle } from './worker-handle.ts';

/**
 * Exit code of a thread that waits for something that will never come, at the top level of a module
 * (https://nodejs.org/api/process.html#exit-codes).
 */
const unsettledAwait = 13;

/** One worker thread, as the thread that leads the run sees it. */
export class ThreadWorker implements WorkerHandle {
  readonly index: number;
  readonly ready: Promise<ScriptFacts>;
  readonly done: Promise<WorkerReport>;
  heardMs: number = performance.now();
  lastReport: WorkerReport | undefined;

  readonly #worker: Worker;
  readonly #onTick: TickListener;
  readonly #ready = Promise.withResolvers<ScriptFacts>();
  readonly #done = Promise.withResolvers<WorkerReport>();

  constructor(assignment: WorkerAssignment, onTick: TickListener) {
    this.index = assignment.share.index;
    this.#onTick = onTick;
    this.ready = this.#ready.promise;
    this.done = this.#done.promise;
    // Whoever waits for one of them learns of a failure; the other must not count as unhandled.
    this.ready.catch(() => {});
    this.done.catch(() => {});
    this.#worker = new Worker(workerEntry('load-worker'), workerOptions(assignment));
    this.#worker.stdout.on('data', (chunk: Buffer) => process.stderr.write(chunk));
    this.#worker.on('message', (message: MessageFromWorker) => this.#hear(message));
    this.#worker.on('error', (error: unknown) => this.fail(diedOf(this.index, error)));
    this.#worker.on('exit', (code) => {
      this.fail(code === unsettledAwait ? neverImported(assignment) : exited(this.index, code));
    });
  }

  start(atEpochMs: number, data: unknown): void {
    this.#send({ type: 'start', atEpochMs, data });
  }

  setUsers(users: number): void {
    this.#send({ type: 'users', users });
  }

  stop(): void {
    this.#send({ type: 'stop' });
  }

  fail(error: Error): void {
    this.#ready.reject(error);
    this.#done.reject(error);
    void this.terminate();
  }

  silentError(silentMs: number, patienceMs: number, task: string | undefined): Error {
    const found = task === undefined ? 'the import of the script' : `the task "${task}"`;
    return loadErrors.create('AMDAHL_LOAD_WORKER_BLOCKED', {
      expected: `a sign of life of worker ${this.index} at least every ${patienceMs / 1_000} s`,
      found: `${found} at work for ${Math.round(silentMs / 1_000)} s without awaiting anything`,
      next: 'Await inside its loops, or move long computation out of the load script.',
      details: {
        worker: this.index,
        silentMs: Math.round(silentMs),
        ...(task === undefined ? {} : { task }),
      },
    });
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  #send(message: MessageToWorker): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
    this.#worker.postMessage(message);
  }

  #hear(message: MessageFromWorker): void {
    this.heardMs = performance.now();
    switch (message.type) {
      case 'ready':
        return this.#ready.resolve(message.script);
      case 'tick':
        this.lastReport = message.report ?? this.lastReport;
        return this.#onTick(message.tick);
      case 'done':
        this.#onTick(message.tick);
        return this.#done.resolve(message.report);
      case 'failed':
        return this.fail(AmdahlError.fromJSON(message.error));
      default:
        return message satisfies never;
    }
  }
}

function diedOf(index: number, error: unknown): Error {
  const place = placeOf(error);
  const where = place === undefined ? '' : ` (${place.file}:${place.line})`;
  return loadErrors.create('AMDAHL_LOAD_WORKER_DIED', {
    expected: `worker ${index} to carry its share of the users to the end`,
    found: `an error outside any task: ${messageOf(error)}${where}`,
    next: 'Await what the script starts, and catch errors in its own timers and callbacks.',
    cause: error,
    details: { worker: index, ...place },
  });
}

function exited(index: number, code: number): Error {
  return loadErrors.create('AMDAHL_LOAD_WORKER_DIED', {
    expected: `worker ${index} to carry its share of the users to the end`,
    found: `that it ended with exit code ${code}`,
    next: 'Take process.exit out of the load script.',
    details: { worker: index, exitCode: code },
  });
}

function neverImported({ scenario }: WorkerAssignment): Error {
  const file = scenario.kind === 'script' ? scenario.file : '';
  return loadErrors.create('AMDAHL_LOAD_BAD_SCRIPT', {
    expected: 'a load script whose import comes to an end',
    found: `a top-level await that never settles (${file})`,
    next: 'Move the await into `start` or a task, or see to it that it settles.',
    details: { file },
  });
}
