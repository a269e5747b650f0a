import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import type { Operation } from './operation.ts';
import type { RouteStats } from '../window/route-stats.ts';
import { TimeLedger } from './time-ledger.ts';

/** Operations kept of one request; with more, the rest is left out and counted as dropped. */
const maxOperations = 10_000;

let lastId = 0;

/** One request the app is serving, and what was done for it. */
export class ServedRequest {
  /** From 1 on, different for each request of this process. */
  readonly id: number = (lastId += 1);
  readonly message: IncomingMessage;
  /** Milliseconds of `performance.now()`. */
  readonly startedAt: number;
  readonly ledger: TimeLedger;
  /** Bytes its connection had written when the request began. */
  readonly bytesWrittenBefore: number;
  /** The pattern a framework matched, null until known. */
  pattern: string | null = null;
  /** What was done for it, in the order it was started. */
  operations: Operation[] = [];
  /** Database connections opened for it. */
  connects = 0;
  /** Once the reply has ended, what still runs is no longer waited for. */
  finished = false;
  /** Where it was counted, once finished. */
  route: RouteStats | null = null;

  constructor(message: IncomingMessage, startedAt: number, bytesWrittenBefore: number) {
    this.message = message;
    this.startedAt = startedAt;
    this.bytesWrittenBefore = bytesWrittenBefore;
    this.ledger = new TimeLedger(startedAt);
  }

  /** The route as far as the framework has told by now, empty when it has not. */
  get routeSoFar(): string {
    if (this.pattern !== null) return this.pattern;
    const { route } = this.message as { readonly route?: { readonly path?: unknown } };
    return typeof route?.path === 'string' ? route.path : '';
  }

  /** Whether there was room for it. */
  add(operation: Operation): boolean {
    if (this.operations.length >= maxOperations) return false;
    this.operations.push(operation);
    return true;
  }

  /** Adds an operation that was found out only after later ones had started. */
  insert(operation: Operation): void {
    let index = this.operations.length;
    while (index > 0 && (this.operations[index - 1] as Operation).startedAt > operation.startedAt) {
      index -= 1;
    }
    if (this.operations.length < maxOperations) this.operations.splice(index, 0, operation);
  }

  remove(operation: Operation): void {
    if (this.operations.at(-1) === operation) {
      this.operations.pop();
      return;
    }
    const index = this.operations.lastIndexOf(operation);
    if (index >= 0) this.operations.splice(index, 1);
  }
}

const storage = new AsyncLocalStorage<ServedRequest | null>();

/** The request that the running code works for; null outside a request and once it has finished. */
export function currentRequest(): ServedRequest | null {
  const request = storage.getStore();
  return request === undefined || request === null || request.finished ? null : request;
}

/** From here on, the running code and all it starts work for this request. */
export function enterRequest(request: ServedRequest): void {
  storage.enterWith(request);
}

/**
 * Calls the function on behalf of a request, or of none. Libraries that keep connections call back
 * from the connection's events, where the running request is whichever opened the connection; their
 * callbacks are put right with this. Only the agent's own context changes, never the app's.
 */
export function runFor<This, Args extends unknown[], Result>(
  request: ServedRequest | null,
  callee: (this: This, ...args: Args) => Result,
  self: This,
  ...args: Args
): Result {
  if (storage.getStore() === request) return Reflect.apply(callee, self, args);
  return storage.run(request, () => Reflect.apply(callee, self, args));
}
