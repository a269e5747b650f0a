import { Client, Pool, type ClientConfig } from 'pg';
import type { Queryable } from '../shop.ts';

/** Days begin and end in UTC, whatever the server's own zone. */
function configOf(databaseUrl: string): ClientConfig {
  return {
    connectionString: databaseUrl,
    options: '-c TimeZone=UTC',
    application_name: 'shop',
    connectionTimeoutMillis: 10_000,
  };
}

/** The connections the shop shares. */
export function createPool(databaseUrl: string): Pool {
  const pool = new Pool({ ...configOf(databaseUrl), max: 10, idleTimeoutMillis: 30_000 });
  // An idle connection that breaks is replaced by the next one that is needed.
  pool.on('error', () => undefined);
  return pool;
}

/** Opens a connection for `work` alone and closes it afterwards. */
export async function withOwnConnection<Result>(
  databaseUrl: string,
  work: (database: Queryable) => Promise<Result>,
): Promise<Result> {
  const client = new Client(configOf(databaseUrl));
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
