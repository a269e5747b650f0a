import { Connection, type ConnectionOwner } from './connection.ts';
import type { ConnectionContext } from './connection-context.ts';
import type { Exchange } from './exchange.ts';
import type { Transport } from './transport.ts';

interface Waiting {
  readonly exchange: Exchange;
  readonly sinceMs: number;
}

/**
 * A limited number of connections for all users of a worker, as behind a proxy. A request that
 * finds none free waits its turn. The wait is part of its response time and is not called lag of
 * the generator: the limit was asked for.
 */
export class SharedPool implements Transport, ConnectionOwner {
  readonly #context: ConnectionContext;
  readonly #limit: number;
  readonly #idle: Connection[] = [];
  readonly #all = new Set<Connection>();
  #waiting: Waiting[] = [];

  constructor(context: ConnectionContext, limit: number) {
    this.#context = context;
    this.#limit = limit;
  }

  send(exchange: Exchange): void {
    const connection = this.#take();
    if (connection === undefined) {
      this.#waiting.push({ exchange, sinceMs: this.#context.nowMs() });
    } else {
      connection.send(exchange);
    }
  }

  /** The connections are no user's own, so that the end of one user leaves them alone. */
  abandon(): void {}

  /** Closes all connections; exchanges under way or waiting will not settle. */
  close(): void {
    this.#waiting = [];
    for (const connection of this.#all) connection.abandon();
  }

  released(connection: Connection): void {
    this.#idle.push(connection);
    this.#serve();
  }

  closed(connection: Connection): void {
    this.#all.delete(connection);
    const index = this.#idle.indexOf(connection);
    if (index >= 0) this.#idle.splice(index, 1);
    this.#serve();
  }

  #serve(): void {
    if (this.#waiting.length === 0) return;
    const connection = this.#take();
    const next = connection === undefined ? undefined : this.#waiting.shift();
    if (connection === undefined || next === undefined) return;
    next.exchange.readyMs += this.#context.nowMs() - next.sinceMs;
    connection.send(next.exchange);
  }

  #take(): Connection | undefined {
    for (;;) {
      const connection = this.#idle.pop();
      if (connection === undefined) break;
      if (connection.usable) return connection;
      connection.abandon();
    }
    if (this.#all.size >= this.#limit) return undefined;
    const connection = new Connection(this.#context, this);
    this.#all.add(connection);
    return connection;
  }
}
