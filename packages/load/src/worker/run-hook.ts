import { Worker } from 'node:worker_threads';
import { AmdahlError, type SerialisedError } from '@amdahl/metrics';
import type { ClientOptions } from '../http/client-options.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { loadErrors } from '../load-errors.ts';
import { workerEntry, workerOptions } from './worker-entry.ts';

export type HookName = 'setup' | 'teardown';

export interface HookAssignment {
  readonly file: string;
  readonly hook: HookName;
  /** What `setup` returned. */
  readonly data: unknown;
  readonly baseUrl: string;
  readonly endpoint: Endpoint;
  readonly client: ClientOptions;
  readonly seed: number;
}

export type HookOutcome =
  /** What it returned. */
  { readonly json: string } | { readonly error: SerialisedError };

/** A hook that takes longer waits for something that does not come. */
const patienceMs = 60_000;

/**
 * Runs `setup` or `teardown` of a script in a thread of its own; its requests are in no figure.
 *
 * @returns what it returned, as plain data; undefined when it was given up by the signal
 * @throws `AMDAHL_LOAD_HOOK_FAILED` when it throws, returns no plain data or does not come to its end
 */
export async function runHook(assignment: HookAssignment, signal?: AbortSignal): Promise<unknown> {
  const outcome = Promise.withResolvers<HookOutcome | undefined>();
  const worker = new Worker(workerEntry('hook-worker'), workerOptions(assignment));
  worker.stdout.on('data', (chunk: Buffer) => process.stderr.write(chunk));
  worker.on('message', (message: HookOutcome) => outcome.resolve(message));
  worker.on('error', (error) => outcome.reject(failed(assignment, String(error))));
  worker.on('exit', () => outcome.reject(failed(assignment, 'that its thread ended')));
  const stop = (): void => outcome.resolve(undefined);
  signal?.addEventListener('abort', stop);
  if (signal?.aborted === true) stop();
  const late = `no end within ${patienceMs / 1_000} s`;
  const timer = setTimeout(() => outcome.reject(failed(assignment, late)), patienceMs);
  try {
    const told = await outcome.promise;
    if (told === undefined) return undefined;
    if ('error' in told) throw AmdahlError.fromJSON(told.error);
    return JSON.parse(told.json);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
    await worker.terminate();
  }
}

function failed({ hook, file }: HookAssignment, found: string): Error {
  return loadErrors.create('AMDAHL_LOAD_HOOK_FAILED', {
    expected: `${hook} of the script to come to its end`,
    found: `${found} (${file})`,
    next: 'Correct the script.',
    details: { hook, file },
  });
}
