import { performance } from 'node:perf_hooks';
import type { TimeBudget } from '../protocol.ts';

/*
 * Divides the wall time of one request as it passes, by sweeping over the starts and ends of its
 * waits. At any moment the time belongs to the first of these that is going on: database, pool,
 * http, socket; so time covered by several waits counts once, and the parts sum to the total.
 *
 * Time that no wait covers is divided by what the event loop did meanwhile. libuv adds up the time
 * it spent idle in its poll phase; the part of an uncovered stretch in which that counter grew is
 * `other` (a timer, a file, something unseen), the rest is `compute`: this or another request held
 * the thread. This is a measurement, not a sample: the counter is read at both ends of a stretch.
 *
 * A socket's wait is known to be one only when an answer arrives: a write to a peer that never
 * answers, such as a log collector, is waited for by nobody. Socket time is therefore kept apart
 * until the answer commits it, and counts as uncovered when none has come by the end.
 */
export const waits = { database: 0, pool: 1, http: 2, socket: 3 } as const;
export type Wait = (typeof waits)[keyof typeof waits];

const nothing = 4;

/**
 * Between two waits, a shorter stretch is code that goes from one to the next: the loop cannot have
 * fallen asleep and been woken in it, and the counter need not be read.
 */
const leastIdleMs = 0.02;

/** Times are milliseconds of `performance.now()`. */
export class TimeLedger {
  readonly #startedAt: number;
  readonly #going = [0, 0, 0, 0];
  readonly #spentMs = [0, 0, 0, 0];
  #top = nothing;
  #since: number;
  #idleAtSince = loopIdleMs();
  #uncoveredMs = 0;
  #uncoveredIdleMs = 0;
  #unansweredMs = 0;
  #unansweredIdleMs = 0;

  constructor(startedAt: number) {
    this.#startedAt = startedAt;
    this.#since = startedAt;
  }

  enter(wait: Wait, at: number): void {
    this.#going[wait] = (this.#going[wait] as number) + 1;
    if (wait < this.#top) this.#turn(wait, at);
  }

  leave(wait: Wait, at: number): void {
    const left = (this.#going[wait] as number) - 1;
    this.#going[wait] = left;
    if (left > 0 || wait !== this.#top) return;
    let next: number = wait + 1;
    while (next < nothing && this.#going[next] === 0) next += 1;
    this.#turn(next, at);
  }

  /** A socket was answered: the time since it was written to, or opened, was a wait. */
  answered(at: number): void {
    this.#turn(this.#top, at);
    this.#spentMs[waits.socket] = (this.#spentMs[waits.socket] as number) + this.#unansweredMs;
    this.#unansweredMs = 0;
    this.#unansweredIdleMs = 0;
  }

  /** The division at the end of the request, in microseconds. The ledger must not be used after. */
  close(at: number): TimeBudget {
    this.#turn(nothing, at);
    const [database, pool, http, socket] = this.#spentMs as [number, number, number, number];
    const otherMs = this.#uncoveredIdleMs + this.#unansweredIdleMs;
    const computeMs = this.#uncoveredMs + this.#unansweredMs - otherMs;
    return {
      total: (at - this.#startedAt) * 1_000,
      database: database * 1_000,
      pool: pool * 1_000,
      http: http * 1_000,
      socket: socket * 1_000,
      compute: computeMs * 1_000,
      other: otherMs * 1_000,
    };
  }

  /** Books the time since the last turn and goes on with `next` on top. */
  #turn(next: number, at: number): void {
    const elapsedMs = at - this.#since;
    this.#since = at;
    if (this.#top < waits.socket) {
      this.#spentMs[this.#top] = (this.#spentMs[this.#top] as number) + elapsedMs;
      if (next >= waits.socket) this.#idleAtSince = loopIdleMs();
    } else if (elapsedMs < leastIdleMs && next < waits.socket) {
      if (this.#top === waits.socket) this.#unansweredMs += elapsedMs;
      else this.#uncoveredMs += elapsedMs;
    } else {
      const idle = loopIdleMs();
      const idleMs = Math.min(elapsedMs, idle - this.#idleAtSince);
      this.#idleAtSince = idle;
      if (this.#top === waits.socket) {
        this.#unansweredMs += elapsedMs;
        this.#unansweredIdleMs += idleMs;
      } else {
        this.#uncoveredMs += elapsedMs;
        this.#uncoveredIdleMs += idleMs;
      }
    }
    this.#top = next;
  }
}

const timing = performance.nodeTiming;

/** Time the event loop has been idle since the process started, milliseconds. */
function loopIdleMs(): number {
  return timing.idleTime;
}
