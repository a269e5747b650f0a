import type { CodeFrame } from '../protocol.ts';
import type { Operation } from '../requests/operation.ts';
import type { ServedRequest } from '../requests/request.ts';
import { DurationLog } from './duration-log.ts';

/** What one kind of work from one place in the code added up to on one route. */
export abstract class WorkStats<Work extends Operation> {
  readonly callSite: CodeFrame | null;
  count = 0;
  requests = 0;
  maxPerRequest = 0;
  errors = 0;
  wallUs = 0;
  readonly durations: DurationLog = new DurationLog();
  /** The request being added, how often the work occurred in it, and until when that is covered. */
  #requestId = 0;
  #inRequest = 0;
  #coveredUntil = 0;

  constructor(callSite: CodeFrame | null) {
    this.callSite = callSite;
  }

  /**
   * Adds work to what its request waited for. The work of one request comes in one go and in the
   * order it was started; `until` is when the request ended.
   */
  addToRequest(work: Work, request: ServedRequest, until: number): void {
    if (this.#requestId !== request.id) {
      this.#requestId = request.id;
      this.#inRequest = 0;
      this.#coveredUntil = 0;
      this.requests += 1;
      this.beginRequest();
    }
    this.#inRequest += 1;
    this.maxPerRequest = Math.max(this.maxPerRequest, this.#inRequest);
    const from = Math.max(work.startedAt, this.#coveredUntil);
    const to = work.ended ? Math.min(work.endedAt, until) : until;
    if (to > from) this.wallUs += (to - from) * 1_000;
    this.#coveredUntil = Math.max(this.#coveredUntil, to);
    this.joinRequest(work);
  }

  /** Adds finished work. */
  add(work: Work): void {
    this.count += 1;
    if (work.error !== undefined) this.errors += 1;
    this.durations.add((work.endedAt - work.startedAt) * 1_000);
  }

  protected abstract beginRequest(): void;
  protected abstract joinRequest(work: Work): void;
}
