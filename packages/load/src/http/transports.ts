import { ConnectionPool } from './connection-pool.ts';
import type { ConnectionContext } from './connection-context.ts';
import { Http2Client } from './http2-client.ts';
import { SharedPool } from './shared-pool.ts';
import type { Transport } from './transport.ts';

/** How a worker's users reach the target: chosen once a run. */
export interface Transports {
  /** What carries one user's exchanges. */
  readonly forUser: () => Transport;
  /** Closes what users share. */
  readonly close: () => void;
}

/** `limit`: connections the worker may have at once, undefined for any number. */
export function createTransports(
  context: ConnectionContext,
  http2: boolean,
  limit: number | undefined,
): Transports {
  if (http2) return limit === undefined ? ownClients(context) : sharedClients(context, limit);
  if (limit === undefined) {
    return { forUser: () => new ConnectionPool(context), close: () => undefined };
  }
  const pool = new SharedPool(context, limit);
  return { forUser: () => pool, close: () => pool.close() };
}

function ownClients(context: ConnectionContext): Transports {
  return { forUser: () => new Http2Client(context), close: () => undefined };
}

/** Users are dealt out to the clients, whose connections carry many requests at once. */
function sharedClients(context: ConnectionContext, limit: number): Transports {
  const clients: Http2Client[] = [];
  let users = 0;
  return {
    forUser: () => {
      if (clients.length < limit) clients.push(new Http2Client(context));
      const client = clients[users % limit] as Http2Client;
      users += 1;
      return { send: (exchange) => client.send(exchange), abandon: () => undefined };
    },
    close: () => {
      for (const client of clients) client.abandon();
    },
  };
}
