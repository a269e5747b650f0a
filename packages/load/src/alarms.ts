/** Something to do at a time. */
export interface Alarm {
  readonly dueMs: number;
  readonly ring: (nowMs: number) => void;
  /** Its place among the alarms set; -1 when it rang or was cancelled. */
  index: number;
}

/** Node's timers keep at most this delay. */
const longestTimerMs = 2 ** 31 - 1;
/** A timer that is set to ring early does so by up to two of its ticks of a millisecond. */
const earlyMs = 2;
/** Part of the time that may be spent on waiting for an alarm in a loop, 0..1. */
const maxLoopShare = 0.1;

/**
 * Calls back at given times, never early, in the order of those times: any number of alarms over
 * one timer of Node's, which keeps thousands of thinking users cheap. Timers tick in milliseconds
 * and fire late under load, so whoever is awake anyway may ring what is due with `ringDue`. Precise
 * alarms are awaited by turns of the event loop for the last of these ticks, as long as that takes
 * less than a tenth of the time.
 */
export class Alarms {
  readonly #nowMs: () => number;
  /** A binary heap, earliest first. */
  readonly #heap: Alarm[] = [];
  #timer: NodeJS.Timeout | undefined;
  #timerDueMs = Number.POSITIVE_INFINITY;
  #ringing = false;
  readonly #precise: boolean;
  #immediate: NodeJS.Immediate | undefined;
  #loopFromMs: number | undefined;
  #nextLoopMs = 0;
  /** Time spent waiting in a loop. */
  loopedMs = 0;

  constructor(nowMs: () => number, { precise = false }: { readonly precise?: boolean } = {}) {
    this.#nowMs = nowMs;
    this.#precise = precise;
  }

  /** When the next alarm is due; infinity when there is none. */
  get nextDueMs(): number {
    return this.#heap[0]?.dueMs ?? Number.POSITIVE_INFINITY;
  }

  at(dueMs: number, ring: (nowMs: number) => void): Alarm {
    const alarm: Alarm = { dueMs, ring, index: -1 };
    this.#rise(alarm, this.#heap.length);
    this.#arm();
    return alarm;
  }

  /** Does nothing when it rang already. */
  cancel(alarm: Alarm): void {
    const index = alarm.index;
    if (index < 0) return;
    alarm.index = -1;
    const last = this.#heap.pop() as Alarm;
    if (last === alarm) return;
    if (last.dueMs < alarm.dueMs) this.#rise(last, index);
    else this.#sink(last, index);
  }

  /** Rings all alarms due by now, also those set meanwhile. */
  ringDue(): void {
    if (this.#ringing) return;
    this.#ringing = true;
    try {
      let nowMs = this.#nowMs();
      while (this.nextDueMs <= nowMs) {
        const alarm = this.#heap[0] as Alarm;
        this.cancel(alarm);
        alarm.ring(nowMs);
        if (this.nextDueMs > nowMs) nowMs = this.#nowMs();
      }
    } finally {
      this.#ringing = false;
    }
    this.#arm();
  }

  /** Forgets all alarms. */
  clear(): void {
    for (const alarm of this.#heap.splice(0)) alarm.index = -1;
    clearTimeout(this.#timer);
    this.#timerDueMs = Number.POSITIVE_INFINITY;
    clearImmediate(this.#immediate);
    this.#loopFromMs = undefined;
  }

  #arm(): void {
    const dueMs = this.nextDueMs;
    if (this.#ringing || dueMs >= this.#timerDueMs) return;
    clearTimeout(this.#timer);
    this.#timerDueMs = dueMs;
    const nowMs = this.#nowMs();
    const mayLoop = this.#precise && Math.max(nowMs, dueMs - earlyMs) >= this.#nextLoopMs;
    const waitMs = mayLoop ? Math.floor(dueMs - nowMs) : Math.ceil(dueMs - nowMs);
    if (mayLoop && waitMs < 1) {
      this.#loop();
      return;
    }
    this.#timer = setTimeout(
      () => this.#timerRang(),
      Math.min(Math.max(1, waitMs), longestTimerMs),
    );
  }

  #timerRang(): void {
    this.#timerDueMs = Number.POSITIVE_INFINITY;
    this.ringDue();
  }

  /** Turns the event loop, which serves whatever else is ready, until the next alarm is due. */
  #loop(): void {
    this.#loopFromMs ??= this.#nowMs();
    clearImmediate(this.#immediate);
    this.#immediate = setImmediate(() => {
      const fromMs = this.#loopFromMs;
      const nowMs = this.#nowMs();
      if (fromMs !== undefined && this.nextDueMs > nowMs && nowMs < fromMs + earlyMs) {
        this.#loop();
        return;
      }
      this.#loopFromMs = undefined;
      this.loopedMs += nowMs - (fromMs ?? nowMs);
      this.#nextLoopMs = nowMs + (nowMs - (fromMs ?? nowMs)) * (1 / maxLoopShare - 1);
      this.#timerRang();
    });
  }

  /** Moves the alarm from the index towards the root, to where it belongs. */
  #rise(alarm: Alarm, from: number): void {
    const heap = this.#heap;
    let index = from;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex] as Alarm;
      if (parent.dueMs <= alarm.dueMs) break;
      this.#place(parent, index);
      index = parentIndex;
    }
    this.#place(alarm, index);
  }

  /** Moves the alarm from the index towards the leaves, to where it belongs. */
  #sink(alarm: Alarm, from: number): void {
    const heap = this.#heap;
    let index = from;
    for (;;) {
      let childIndex = 2 * index + 1;
      if (childIndex >= heap.length) break;
      const right = heap[childIndex + 1];
      if (right !== undefined && right.dueMs < (heap[childIndex] as Alarm).dueMs) childIndex += 1;
      const child = heap[childIndex] as Alarm;
      if (child.dueMs >= alarm.dueMs) break;
      this.#place(child, index);
      index = childIndex;
    }
    this.#place(alarm, index);
  }

  #place(alarm: Alarm, index: number): void {
    this.#heap[index] = alarm;
    alarm.index = index;
  }
}
