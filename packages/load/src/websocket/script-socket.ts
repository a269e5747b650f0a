import type WebSocket from 'ws';
import type { Alarm } from '../alarms.ts';
import type { WireError, WireErrorDetail } from '../http/exchange.ts';
import type { LoadSocket, SocketMessage } from '../script.ts';
import { defaultTimeoutMs, type UserExchange } from '../users/session.ts';
import type { ScriptSocketClient } from './socket-client.ts';

/** Messages, and sends not answered yet, kept for a script; older ones are forgotten. */
const maxKept = 1_000;
/** Status a message that answers another is counted under. */
const answered = 200;

interface Arrived {
  readonly bytes: Buffer;
  readonly atMs: number;
}

interface Waiting {
  readonly exchange: UserExchange | undefined;
  readonly resolve: (message: SocketMessage) => void;
  readonly deadline: Alarm;
}

/**
 * A WebSocket as a script sees it. Messages received answer those sent, first for first; the time
 * between is a round trip. A message that answers none, since nothing was sent or it arrived
 * before, is a push and is not counted.
 */
export class ScriptSocket implements LoadSocket {
  error?: string;
  errorDetail?: string;
  readonly #client: ScriptSocketClient;
  readonly #socket: WebSocket;
  readonly #name: string;
  readonly #sentMs: number[] = [];
  readonly #unread: Arrived[] = [];
  readonly #waiting: Waiting[] = [];
  #closed = false;

  constructor(client: ScriptSocketClient, socket: WebSocket, name: string) {
    this.#client = client;
    this.#socket = socket;
    this.#name = name;
    socket.on('message', (data) => this.#arrived(data));
    socket.on('error', (error: NodeJS.ErrnoException) => this.fail('protocol', error.code));
    socket.on('close', () => this.#ended());
  }

  get open(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  send(data: string | Uint8Array): boolean {
    if (!this.open) return false;
    if (this.#sentMs.length === maxKept) this.#sentMs.shift();
    this.#sentMs.push(this.#client.around.nowMs());
    this.#socket.send(data);
    return true;
  }

  receive({
    timeoutMs = defaultTimeoutMs,
  }: { readonly timeoutMs?: number } = {}): Promise<SocketMessage> {
    return new Promise((resolve) => {
      const { session, listener, nowMs, alarms } = this.#client.around;
      const first = this.#unread[0];
      const sentMs = this.#sentMs[0];
      const answers = sentMs !== undefined && (first === undefined || first.atMs >= sentMs);
      const exchange = answers
        ? this.#client.exchange(`${this.#name} message`, timeoutMs)
        : undefined;
      if (exchange !== undefined && sentMs !== undefined) {
        this.#sentMs.shift();
        exchange.sentMs = sentMs;
      }
      const goesOn =
        exchange === undefined ? !session.isOver() : session.begin(exchange, exchange.sentMs);
      if (!goesOn) {
        listener.parked();
        return;
      }
      this.#client.inFlight += 1;
      const deadline = alarms.at(nowMs() + timeoutMs, () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        this.#settle(waiting, nowMs(), new Message(noBytes, 'timeout', 'no-reply-in-time'));
      });
      const waiting: Waiting = { exchange, resolve, deadline };
      if (first !== undefined) {
        this.#unread.shift();
        this.#settle(waiting, first.atMs, new Message(first.bytes));
        return;
      }
      this.#waiting.push(waiting);
      // A script that asks a closed socket again and again must not keep the event loop from turning.
      if (this.#closed) setImmediate(() => this.#ended());
    });
  }

  close(code: number = 1_000, reason?: string): void {
    this.#socket.close(code, reason);
  }

  /** Notes why the socket cannot be used; the first reason stays. */
  fail(error: WireError, detail: WireErrorDetail | undefined): void {
    this.error ??= error;
    if (detail !== undefined) this.errorDetail ??= detail;
  }

  #arrived(data: WebSocket.RawData): void {
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);
    const atMs = this.#client.around.nowMs();
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) {
      this.#settle(waiting, atMs, new Message(bytes));
      return;
    }
    if (this.#unread.length === maxKept) this.#unread.shift();
    this.#unread.push({ bytes, atMs });
  }

  #ended(): void {
    this.#closed = true;
    const { error = 'reset', errorDetail = 'closed-before-reply' } = this;
    const doneMs = this.#client.around.nowMs();
    for (const waiting of this.#waiting.splice(0)) {
      this.#settle(waiting, doneMs, new Message(noBytes, error as WireError, errorDetail));
    }
  }

  #settle({ exchange, resolve, deadline }: Waiting, doneMs: number, message: Message): void {
    const { alarms, listener } = this.#client.around;
    alarms.cancel(deadline);
    if (exchange === undefined) {
      this.#client.inFlight -= 1;
    } else {
      if (message.error === undefined) exchange.status = answered;
      exchange.receivedBytes = message.bytes().length;
      this.#client.settle(exchange, doneMs, message.error, message.errorDetail);
    }
    resolve(message);
    listener.replied();
  }
}

const noBytes: Buffer = Buffer.alloc(0);

class Message implements SocketMessage {
  readonly error?: WireError;
  readonly errorDetail?: string;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer, error?: WireError, detail?: string) {
    this.#bytes = bytes;
    if (error !== undefined) this.error = error;
    if (detail !== undefined) this.errorDetail = detail;
  }

  text(): string {
    return this.#bytes.toString('utf8');
  }

  json<T = unknown>(): T {
    return JSON.parse(this.text()) as T;
  }

  bytes(): Uint8Array {
    return this.#bytes;
  }
}
