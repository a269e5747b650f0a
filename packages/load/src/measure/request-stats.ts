import { Histogram } from '@amdahl/metrics';

/** Kinds of failure told apart for one request name; the rest are `(other)`. */
const maxErrorDetails = 20;
/** Stands for whatever came after a limit of distinct names was reached. */
export const otherName = '(other)';

/** What is known of one request name. */
export class RequestStats {
  readonly method: string;
  readonly path: string;
  count = 0;
  failed = 0;
  receivedBytes = 0;
  readonly statuses: Map<number, number> = new Map();
  readonly errors: Map<string, number> = new Map();
  readonly errorDetails: Map<string, number> = new Map();
  readonly responseTime: Histogram = new Histogram();
  readonly serviceTime: Histogram = new Histogram();
  /** What a reply usually takes at most, once that is known. */
  usualMs: number | undefined;

  constructor(method: string, path: string) {
    this.method = method;
    this.path = path;
  }

  countError(kind: string, detail: string | undefined): void {
    increment(this.errors, kind);
    const key = `${kind} ${detail ?? ''}`.trim();
    const known = this.errorDetails.has(key) || this.errorDetails.size < maxErrorDetails;
    increment(this.errorDetails, known ? key : otherName);
  }
}

/** Adds to the count kept under a key. */
export function increment<Key>(counts: Map<Key, number>, key: Key, by: number = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
