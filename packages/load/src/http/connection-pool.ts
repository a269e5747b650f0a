import { Connection, type ConnectionOwner } from './connection.ts';
import type { ConnectionContext } from './connection-context.ts';
import type { Exchange } from './exchange.ts';
import type { Transport } from './transport.ts';

/**
 * The connections of one user, kept alive between requests as a browser keeps its own. A request
 * takes an idle one, else opens another, so requests a task sends together travel together.
 */
export class ConnectionPool implements Transport, ConnectionOwner {
  readonly #context: ConnectionContext;
  /** The one used last at the end: it is the least likely to have been closed meanwhile. */
  readonly #idle: Connection[] = [];
  readonly #all = new Set<Connection>();

  constructor(context: ConnectionContext) {
    this.#context = context;
  }

  send(exchange: Exchange): void {
    this.#take().send(exchange);
  }

  /** Closes all connections; exchanges under way will not settle. */
  abandon(): void {
    for (const connection of this.#all) connection.abandon();
  }

  released(connection: Connection): void {
    this.#idle.push(connection);
  }

  closed(connection: Connection): void {
    this.#all.delete(connection);
    const index = this.#idle.indexOf(connection);
    if (index >= 0) this.#idle.splice(index, 1);
  }

  #take(): Connection {
    for (;;) {
      const connection = this.#idle.pop();
      if (connection === undefined) return this.#open();
      if (connection.usable) return connection;
      connection.abandon();
    }
  }

  #open(): Connection {
    const connection = new Connection(this.#context, this);
    this.#all.add(connection);
    return connection;
  }
}
