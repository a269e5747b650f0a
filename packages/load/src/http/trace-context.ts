/** Numbers the low digits count to before the high ones move. */
const lowCount = 4_096;

/**
 * Values of the W3C `traceparent` header, one a request: a trace id whose first half names the run
 * and whose second half, with the span id, counts its requests. Counting instead of drawing keeps
 * the header at two joined strings a request; ids stay distinct over workers, since each counts in
 * a range of its own.
 */
export class TraceContext {
  readonly #start: string;
  readonly #worker: string;
  readonly #low: string[] = [];
  #highDigits = '';
  #high = 0;
  #next = lowCount;

  /** `runId`: sixteen lower-case hexadecimal digits. */
  constructor(runId: string, workerIndex: number) {
    this.#start = `00-${runId}`;
    this.#worker = hex(workerIndex + 1, 4);
    for (let number = 0; number < lowCount; number += 1) this.#low.push(hex(number, 3));
  }

  /** The next header value. */
  next(): string {
    if (this.#next === lowCount) {
      this.#next = 0;
      this.#highDigits = this.#worker + hex(this.#high, 9);
      this.#high += 1;
    }
    const id = this.#highDigits + (this.#low[this.#next] as string);
    this.#next += 1;
    return `${this.#start}${id}-${id}-01`;
  }
}

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0');
}
