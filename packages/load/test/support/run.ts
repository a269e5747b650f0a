import { fileURLToPath } from 'node:url';
import { Histogram } from '@amdahl/metrics';
import { expect } from 'vitest';
import { runLoad, type LoadOptions, type LoadScenario } from '../../src/run-load.ts';
import type { LoadResult, RequestResult } from '../../src/result.ts';

/** Runs a load and checks what must hold of every result. */
export async function checkedRun(options: LoadOptions): Promise<LoadResult> {
  const result = await runLoad(options);
  expectCountsToAddUp(result);
  // Plain JSON: what a recording holds is what the run gave.
  expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  return result;
}

/** Every figure that counts the same requests agrees. */
export function expectCountsToAddUp(result: LoadResult): void {
  const { started, succeeded, failed, aborted } = result.counts;
  expect(started).toBe(succeeded + failed + aborted);
  const sum = (figure: (request: RequestResult) => number): number =>
    result.requests.reduce((total, request) => total + figure(request), 0);
  const total = (counts: Readonly<Record<string, number>>): number =>
    Object.values(counts).reduce((all, count) => all + count, 0);
  expect(sum((request) => request.count)).toBe(succeeded + failed);
  expect(sum((request) => request.failed)).toBe(failed);
  expect(sum((request) => total(request.statuses))).toBe(succeeded + failed);
  expect(sum((request) => request.statuses['0'] ?? 0)).toBe(
    sum((request) => total(request.errors)),
  );
  const timed = sum(
    (request) => request.count - (request.statuses['0'] ?? 0) + (request.errors['timeout'] ?? 0),
  );
  expect(histogram(result.total.responseTime).count).toBe(timed);
  expect(histogram(result.total.serviceTime).count).toBe(timed);
  expect(histogram(result.generator.lag).count).toBe(succeeded + failed);
  const done = result.series.reduce((all, second) => all + second.done, 0);
  expect(done).toBeLessThanOrEqual(succeeded + failed);
  for (const [index, second] of result.series.entries()) expect(second.atMs).toBe(index * 1_000);
}

export function histogram(text: string | undefined): Histogram {
  return Histogram.fromBase64(text ?? '');
}

export function requestNamed(result: LoadResult, name: string): RequestResult {
  const found = result.requests.find((request) => request.name === name);
  if (found === undefined) {
    const names = result.requests.map((request) => request.name).join(', ');
    throw new Error(`${name} is not among ${names}`);
  }
  return found;
}

/** Plain GET requests without think time. */
export function getRequests(
  ...paths: readonly string[]
): Extract<LoadScenario, { kind: 'requests' }> {
  return {
    kind: 'requests',
    thinkTimeMs: 0,
    requests: paths.map((path) => ({ name: path, method: 'GET', paths: [path], weight: 1 })),
  };
}

/** A script of the folder `scripts`. */
export function script(name: string): LoadScenario {
  return { kind: 'script', file: fileURLToPath(new URL(`../scripts/${name}`, import.meta.url)) };
}

/** Stops a run once enough happened, however long that takes on a busy machine. */
export class Enough {
  readonly #controller = new AbortController();
  #left: number;

  constructor(count: number) {
    this.#left = count;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Counts one more. */
  saw(): void {
    this.#left -= 1;
    if (this.#left === 0) this.#controller.abort();
  }
}
