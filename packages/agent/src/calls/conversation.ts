import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { CallSiteMemory, callSiteHint, captureCallSite, type AnyFunction } from '../call-site.ts';
import type { CodeFrame } from '../protocol.ts';
import type { Recorder } from '../recorder.ts';
import { Call } from '../requests/operation.ts';
import type { ServedRequest } from '../requests/request.ts';
import { waits } from '../requests/time-ledger.ts';

interface Exchange {
  readonly startedAt: number;
  readonly callSite: CodeFrame | null;
}

/** What is said over one connection, and which requests wait for an answer. */
export class Conversation {
  readonly #recorder: Recorder;
  readonly #callSites = new CallSiteMemory();
  /** Requests that wait for the next data. */
  readonly #waiting = new Map<ServedRequest, Exchange>();
  #opener: ServedRequest | null = null;
  /** The opener's call, from its first answer on. */
  #opening: Call | null = null;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  opened(request: ServedRequest | null, below: AnyFunction): void {
    if (request === null) return;
    this.#opener = request;
    this.#wait(request, callSiteHint.getStore() ?? captureCallSite(below));
  }

  wrote(request: ServedRequest | null, below: AnyFunction): void {
    if (request === null || this.#waiting.has(request)) return;
    // The opener's call has its place already.
    this.#wait(
      request,
      request === this.#opener
        ? null
        : (callSiteHint.getStore() ?? this.#callSites.find(below, request.routeSoFar)),
    );
  }

  /** Data arrived, or the connection failed. */
  answered(socket: Socket, error?: Error): void {
    if (this.#waiting.size === 0) return;
    const at = performance.now();
    const peer = this.#recorder.peer(peerName(socket, error));
    for (const [request, exchange] of this.#waiting) {
      if (request.finished) continue;
      request.ledger.answered(at);
      request.ledger.leave(waits.socket, at);
      let call = request === this.#opener ? this.#opening : null;
      if (call === null) {
        call = new Call('socket', peer, '', request, exchange.callSite);
        call.startedAt = exchange.startedAt;
        request.insert(call);
      }
      call.endedAt = at;
      call.error = error?.message;
      if (request === this.#opener) {
        call.connects = 1;
        this.#opening = call;
      }
    }
    this.#waiting.clear();
  }

  /** No answer will come, or the connection turned out to be another instrument's. */
  abandon(): void {
    if (this.#waiting.size === 0) return;
    const at = performance.now();
    for (const request of this.#waiting.keys()) {
      if (!request.finished) request.ledger.leave(waits.socket, at);
    }
    this.#waiting.clear();
  }

  #wait(request: ServedRequest, callSite: CodeFrame | null): void {
    const startedAt = performance.now();
    this.#waiting.set(request, { startedAt, callSite });
    request.ledger.enter(waits.socket, startedAt);
  }
}

/** `127.0.0.1:25`. A connection that failed has its address in the error only. */
function peerName(socket: Socket, error: Error | undefined): string {
  const failed = error as { readonly address?: string; readonly port?: number } | undefined;
  const address = socket.remoteAddress ?? failed?.address;
  const port = socket.remotePort ?? failed?.port;
  if (address === undefined) return 'local socket';
  const host = address.includes(':') ? `[${address}]` : address;
  return port === undefined ? host : `${host}:${port}`;
}
