import { performance } from 'node:perf_hooks';

/** Failures after which an instrument is switched off for good. */
const toleratedFailures = 10;

/**
 * One call in so many, on average, is timed to learn what the agent itself costs. The distance
 * varies at random, so that it never falls into step with the calls of a request.
 */
const meanTimedDistance = 128;

/** A longer call was interrupted by another process, which is none of the agent's time. */
const longestCallMs = 1;

let distance = meanTimedDistance;
let untilTimed = meanTimedDistance;
let ownMs = 0;
const clockCostMs = leastClockCostMs();

/**
 * Keeps an instrument's own errors away from the app. Whatever an instrument does inside the app
 * goes through `wrap`: an error there is counted and swallowed, and an instrument that keeps
 * failing is switched off.
 */
export class Guard {
  readonly name: string;
  #failures = 0;
  #off = false;

  constructor(name: string) {
    this.name = name;
  }

  /** Errors swallowed so far. */
  get failures(): number {
    return this.#failures;
  }

  /**
   * The body, made harmless: answers `fallback` when the body throws or the instrument is off.
   * Passes on up to four arguments.
   */
  wrap<Args extends unknown[], Result>(
    body: (...args: Args) => Result,
    fallback: Result,
  ): (...args: Args) => Result {
    // A fixed number of arguments spares an array on each call.
    const call = body as unknown as Body<Result>;
    const guarded: Body<Result> = (a, b, c, d) => {
      if (this.#off) return fallback;
      try {
        untilTimed -= 1;
        return untilTimed > 0 ? call(a, b, c, d) : timed(call, a, b, c, d);
      } catch {
        this.#failures += 1;
        this.#off = this.#failures >= toleratedFailures;
        return fallback;
      }
    };
    return guarded as unknown as (...args: Args) => Result;
  }
}

type Body<Result> = (a: unknown, b: unknown, c: unknown, d: unknown) => Result;

/** The agent's own CPU time in this process so far, estimated from the timed calls, microseconds. */
export function ownCpuUs(): number {
  return ownMs * 1_000;
}

/** Adds work that was timed as a whole, such as a snapshot. */
export function addOwnCpuMs(durationMs: number): void {
  ownMs += durationMs;
}

function timed<Result>(body: Body<Result>, ...[a, b, c, d]: Parameters<Body<Result>>): Result {
  const represented = distance;
  distance = 1 + Math.floor(Math.random() * 2 * meanTimedDistance);
  untilTimed = distance;
  const startedAt = performance.now();
  try {
    return body(a, b, c, d);
  } finally {
    const tookMs = performance.now() - startedAt - clockCostMs;
    ownMs += Math.min(longestCallMs, Math.max(0, tookMs)) * represented;
  }
}

/** What reading the clock adds to a timed call: the smallest difference of two readings. */
function leastClockCostMs(): number {
  let leastMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 50; round += 1) {
    const startedAt = performance.now();
    leastMs = Math.min(leastMs, performance.now() - startedAt);
  }
  return leastMs;
}
