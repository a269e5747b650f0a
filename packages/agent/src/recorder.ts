import { performance } from 'node:perf_hooks';
import { BoundedRegistry } from './bounded-registry.ts';
import { Peer } from './calls/peer.ts';
import type { CodeFrame } from './protocol.ts';
import { waitOf, type Operation } from './requests/operation.ts';
import type { ServedRequest } from './requests/request.ts';
import { StatementExecution } from './statements/execution.ts';
import { ShapeRegistry, type StatementShape } from './statements/shape.ts';
import { Window } from './window/window.ts';

const maxPeers = 1_000;

/** How a request ended, as the server saw it. */
export interface RequestEnd {
  readonly method: string;
  readonly pattern: string;
  /** HTTP status, 0 when the connection went before the reply. */
  readonly status: number;
  readonly responseBytes: number;
}

/** What instruments report to. Keeps the books of the window that is going on. */
export class Recorder {
  readonly #shapes = new ShapeRegistry();
  readonly #peers = new BoundedRegistry(maxPeers, (name) => new Peer(name), '(other)');
  #window = new Window();
  #activeRequests = 0;

  get window(): Window {
    return this.#window;
  }

  get activeRequests(): number {
    return this.#activeRequests;
  }

  /** Forgets everything counted and starts a window. Requests being served go on and count in it. */
  begin(): void {
    this.#window = new Window();
    this.#shapes.makeRoom();
    if (this.#peers.isFull) this.#peers.clear();
  }

  shape(text: string): StatementShape {
    return this.#shapes.find(text);
  }

  /** An execution that has been asked for and not yet begun. */
  statement(
    shape: StatementShape,
    text: string,
    parameters: readonly unknown[],
    request: ServedRequest | null,
    callSite: CodeFrame | null,
  ): StatementExecution {
    if (this.#shapes.isShared(shape)) this.#window.drop('statements');
    return new StatementExecution(shape, text, parameters, request, callSite);
  }

  peer(name: string): Peer {
    const peer = this.#peers.get(name);
    if (this.#peers.isShared(peer)) this.#window.drop('calls');
    return peer;
  }

  requestStarted(): void {
    this.#activeRequests += 1;
  }

  requestEnded(request: ServedRequest, end: RequestEnd): void {
    this.#activeRequests -= 1;
    const endedAt = performance.now();
    request.finished = true;
    const budget = request.ledger.close(endedAt);
    this.#window.addRequest(request, { ...end, endedAt, budget });
    // Timers and connections of the app may hold on to the request for long.
    request.operations = [];
  }

  /** An operation begins, and with it the wait of its request. */
  begun(operation: Operation, at: number): void {
    operation.startedAt = at;
    const { request } = operation;
    if (request === null) return;
    if (!request.add(operation)) this.#window.drop('spans');
    request.ledger.enter(waitOf(operation.kind), at);
  }

  /** A wait for a connection has ended; forgets it when there was no waiting to speak of. */
  waited(wait: Operation, at: number, error?: unknown): void {
    this.ended(wait, at, error);
    if (at - wait.startedAt < leastWaitMs) wait.request?.remove(wait);
  }

  /** An operation that had begun has ended. Ends it once, however often called. */
  ended(operation: Operation, at: number, error?: unknown): void {
    if (operation.ended) return;
    operation.endedAt = at;
    if (error !== undefined && error !== null) operation.error = messageOf(error);
    const { request } = operation;
    if (request === null || request.finished) this.#window.addLate(operation);
    else request.ledger.leave(waitOf(operation.kind), at);
  }
}

/** Shorter waits are the library handing over a connection it has, and no waiting. */
const leastWaitMs = 0.1;

function messageOf(error: unknown): string {
  const { message } = error as { readonly message?: unknown };
  return typeof message === 'string' && message !== '' ? message : String(error);
}
