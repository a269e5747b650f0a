import type { Trace } from '../protocol.ts';

/** Traces kept of each route. */
const slowestKept = 5;
const randomKept = 8;

type TraceWithoutKind = Omit<Trace, 'kind'>;

/** The slowest traces of a route, and a few drawn at random with equal chances. */
export class TraceKeeper {
  #slowest: TraceWithoutKind[] = [];
  readonly #random: TraceWithoutKind[] = [];
  #offered = 0;

  /**
   * Offers the trace of a request of this duration, which is built only if it is kept. Answers how
   * many spans more (or, negative, fewer) the keeper holds.
   */
  offer(durationUs: number, build: () => TraceWithoutKind): number {
    this.#offered += 1;
    const place = Math.floor(Math.random() * this.#offered);
    const random = this.#offered <= randomKept ? this.#random.length : place;
    const slow =
      this.#slowest.length < slowestKept ||
      durationUs > (this.#slowest.at(-1) as TraceWithoutKind).durationUs;
    if (!slow && random >= randomKept) return 0;
    const before = this.#spanCount();
    const trace = build();
    if (random < randomKept) this.#random[random] = trace;
    if (slow) {
      this.#slowest.push(trace);
      this.#slowest.sort((a, b) => b.durationUs - a.durationUs);
      this.#slowest = this.#slowest.slice(0, slowestKept);
    }
    return this.#spanCount() - before;
  }

  /** A trace that is both is shown once, as one of the slowest. */
  traces(): readonly Trace[] {
    return [
      ...this.#slowest.map((trace): Trace => ({ ...trace, kind: 'slowest' })),
      ...this.#random
        .filter((trace) => !this.#slowest.includes(trace))
        .map((trace): Trace => ({ ...trace, kind: 'random' })),
    ];
  }

  #spanCount(): number {
    const traces = new Set([...this.#slowest, ...this.#random]);
    let count = 0;
    for (const trace of traces) count += trace.spans.length;
    return count;
  }
}
