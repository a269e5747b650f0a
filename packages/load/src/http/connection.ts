import type * as net from 'node:net';
import type { Alarm } from '../alarms.ts';
import type { ConnectionContext } from './connection-context.ts';
import { dial } from './dial.ts';
import type { Exchange, WireError, WireErrorDetail } from './exchange.ts';
import { ResponseFramer } from './response-framer.ts';

/** What a connection tells its pool. */
export interface ConnectionOwner {
  /** The exchange is over and the connection takes another. Called before the exchange settles. */
  released(connection: Connection): void;
  /** The connection takes no more exchanges. Called before a failed exchange settles. */
  closed(connection: Connection): void;
}

/**
 * A server that says how long it keeps an idle connection closes it about then; sending in that
 * moment would meet a reset that no user's browser meets. A connection is not used in the last
 * second of its promised life.
 */
const keepAliveMarginMs = 1_000;

/**
 * One connection: carries one exchange at a time, over and over. Bytes go from the socket to the
 * framer without a stream in between (`onread`), and a request leaves in one write.
 */
export class Connection {
  readonly #context: ConnectionContext;
  readonly #owner: ConnectionOwner;
  readonly #framer = new ResponseFramer();
  readonly #socket: net.Socket;
  #exchange: Exchange | undefined;
  #open = false;
  #closed = false;
  #failure: NodeJS.ErrnoException | undefined;
  #usableUntilMs = Number.POSITIVE_INFINITY;
  #deadlineMs = Number.POSITIVE_INFINITY;
  /** Rings at the deadline or before. */
  #watch: Alarm | undefined;

  constructor(context: ConnectionContext, owner: ConnectionOwner) {
    this.#context = context;
    this.#owner = owner;
    this.#socket = this.#connect();
    this.#socket.on('error', (error: NodeJS.ErrnoException) => (this.#failure = error));
    this.#socket.on('end', () => this.#ended());
    this.#socket.on('close', () => this.#ended());
  }

  /** Whether a request sent right away will not meet a server that just closes. */
  get usable(): boolean {
    if (this.#closed) return false;
    const untilMs = this.#usableUntilMs;
    return untilMs === Number.POSITIVE_INFINITY || this.#context.nowMs() < untilMs;
  }

  /** Sends a request. The connection must carry no other exchange. */
  send(exchange: Exchange): void {
    this.#exchange = exchange;
    this.#framer.begin(exchange.method, exchange.keepReply);
    const nowMs = this.#context.nowMs();
    exchange.sentMs = nowMs;
    this.#setDeadline(nowMs + exchange.timeoutMs);
    const wire = exchange.wire;
    if (typeof wire === 'string') this.#socket.write(wire, 'latin1');
    else this.#socket.write(wire);
  }

  /** Closes at once. An exchange under way is forgotten and will not settle. */
  abandon(): void {
    this.#exchange = undefined;
    this.#close();
  }

  #connect(): net.Socket {
    const onread = {
      buffer: this.#context.readBuffer,
      callback: (length: number): boolean => {
        this.#received(length);
        return true;
      },
    };
    return dial(this.#context, () => (this.#open = true), { onread });
  }

  #received(length: number): void {
    const exchange = this.#exchange;
    if (exchange === undefined) {
      // Bytes nobody asked for: what follows cannot be told apart from a reply.
      this.#close();
      return;
    }
    const framer = this.#framer;
    const taken = framer.push(this.#context.readBuffer, 0, length);
    if (framer.complete) this.#finish(exchange, framer.reusable && taken === length);
    else if (framer.fault !== undefined) this.#fail('protocol', framer.fault);
  }

  #finish(exchange: Exchange, reusable: boolean): void {
    const framer = this.#framer;
    const nowMs = this.#context.nowMs();
    exchange.doneMs = nowMs;
    exchange.status = framer.status;
    exchange.receivedBytes = framer.receivedBytes;
    exchange.setCookies = framer.setCookies;
    if (exchange.keepReply) {
      exchange.head = framer.head;
      exchange.body = framer.body;
    }
    this.#exchange = undefined;
    this.#deadlineMs = Number.POSITIVE_INFINITY;
    if (reusable) {
      const promisedMs = framer.keepAliveMs;
      if (promisedMs !== undefined) this.#usableUntilMs = nowMs + promisedMs - keepAliveMarginMs;
      this.#owner.released(this);
    } else {
      this.#close();
    }
    exchange.settled();
    const alarms = this.#context.alarms;
    if (alarms.nextDueMs <= nowMs) alarms.ringDue();
  }

  #fail(error: WireError, detail: WireErrorDetail): void {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    this.#close();
    if (exchange === undefined) return;
    exchange.doneMs = this.#context.nowMs();
    exchange.receivedBytes = this.#framer.receivedBytes;
    exchange.error = error;
    exchange.errorDetail = detail;
    exchange.settled();
  }

  /** The peer closed, or the socket broke. */
  #ended(): void {
    const exchange = this.#exchange;
    if (exchange === undefined) {
      this.#close();
      return;
    }
    this.#framer.end();
    if (this.#failure === undefined && this.#framer.complete) {
      this.#finish(exchange, false);
    } else if (this.#open) {
      const cut = this.#framer.receivedBytes > 0 ? 'closed-within-reply' : 'closed-before-reply';
      this.#fail('reset', this.#failure?.code ?? cut);
    } else {
      // A socket the system refuses to create fails within this turn of the event loop: a user who
      // tries again and again must not keep the loop from turning.
      setImmediate(() => this.#fail('connect', this.#failure?.code ?? 'closed-while-connecting'));
    }
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#watch !== undefined) this.#context.alarms.cancel(this.#watch);
    this.#socket.destroy();
    this.#owner.closed(this);
  }

  /**
   * Ends the exchange at the deadline. A request moves only a number: the alarm set for an earlier
   * request looks, when it rings, whether there is still something to wait for, so a connection
   * costs an alarm once in a time-out, not once a request.
   */
  #setDeadline(deadlineMs: number): void {
    this.#deadlineMs = deadlineMs;
    if (this.#watch === undefined) {
      this.#watch = this.#context.alarms.at(deadlineMs, this.#lookAtDeadline);
    } else if (deadlineMs < this.#watch.dueMs) {
      this.#context.alarms.cancel(this.#watch);
      this.#watch = this.#context.alarms.at(deadlineMs, this.#lookAtDeadline);
    }
  }

  readonly #lookAtDeadline = (nowMs: number): void => {
    this.#watch = undefined;
    if (this.#deadlineMs <= nowMs) this.#fail('timeout', 'no-reply-in-time');
    else if (this.#deadlineMs !== Number.POSITIVE_INFINITY) this.#setDeadline(this.#deadlineMs);
  };
}
