import { createHash } from 'node:crypto';
import { Client } from 'pg';

/** The same server, another database. */
export function urlOf(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.href;
}

/** A key for PostgreSQL's advisory locks, made from a name. */
export function advisoryKey(name: string): string {
  return createHash('sha256').update(name).digest().readBigInt64BE().toString();
}

/**
 * Opens a session.
 *
 * @throws Error when the server cannot be reached or refuses
 */
export async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  // A connection cut by the server's end shows in the next query; unheard it would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    throw new Error(
      `Expected a PostgreSQL server at ${withoutPassword(url)}; found: ${messageOf(error)}. ` +
        `Correct DATABASE_URL, or unset it for an embedded server.`,
      { cause: error },
    );
  }
}

/**
 * Opens a session for creating databases.
 *
 * @throws Error when the server cannot be reached or its role may not create any
 */
export async function connectAdmin(serverUrl: string): Promise<Client> {
  const client = await connect(serverUrl);
  const { rows } = await client.query<{ name: string; allowed: boolean }>(
    'SELECT rolname AS name, rolcreatedb OR rolsuper AS allowed FROM pg_roles WHERE rolname = current_user',
  );
  if (rows[0]?.allowed === true) return client;
  await client.end();
  throw new Error(
    `Expected a role that may create databases on ${withoutPassword(serverUrl)}; ` +
      `found "${rows[0]?.name}", which may not. ` +
      `Run ALTER ROLE ${rows[0]?.name} CREATEDB as an administrator, or unset DATABASE_URL for an embedded server.`,
  );
}

function withoutPassword(connectionString: string): string {
  const url = new URL(connectionString);
  url.password = '';
  return url.href;
}

/** Connecting to a name with several addresses fails with one error for each, and no message. */
function messageOf(error: unknown): string {
  const errors = error instanceof AggregateError ? error.errors : [error];
  return errors.map((each) => (each as Error).message).join('; ');
}
