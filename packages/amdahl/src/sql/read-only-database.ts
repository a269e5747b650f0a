import { Client } from 'pg';
import { databaseErrors } from './database-errors.ts';
import type { QueryFunction } from './explain.ts';

/** A session with the measured service's database that cannot change anything there. */
export interface ReadOnlyDatabase {
  /**
   * Runs one statement in a read-only transaction of its own and answers its rows.
   *
   * @throws PostgreSQL's own error (with its `code`) when the statement fails;
   * AMDAHL_DATABASE_LOST when the connection broke.
   */
  readonly query: <Row = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
  ) => Promise<readonly Row[]>;
  /**
   * Runs statements in one read-only transaction. Errors as with `query`; the transaction is rolled
   * back when `work` throws.
   */
  readonly transaction: <Result>(
    work: (query: QueryFunction) => Promise<Result>,
  ) => Promise<Result>;
  readonly close: () => Promise<void>;
}

/** Reading catalogs and planning takes milliseconds: what takes longer waits for a lock. */
const statementTimeoutMs = 15_000;
const lockTimeoutMs = 3_000;
const connectTimeoutMs = 10_000;

/**
 * The settings travel inside each transaction. A setting of the session would stay behind on a
 * connection that a pooler such as PgBouncer hands to the app next.
 *
 * A superuser's are not counted: the planner and we look at the ends of indexes, and an index that
 * nobody but us has looked at would pass for one in use.
 */
const begin = `BEGIN TRANSACTION READ ONLY;
SET LOCAL statement_timeout = ${statementTimeoutMs};
SET LOCAL lock_timeout = ${lockTimeoutMs};
SELECT set_config('track_counts', 'off', true)
WHERE (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)`;

/**
 * Connects to the database of the measured service.
 *
 * @throws AMDAHL_DATABASE_BAD_URL, AMDAHL_DATABASE_UNREACHABLE, AMDAHL_DATABASE_REFUSED
 */
export async function openReadOnly(connectionString: string): Promise<ReadOnlyDatabase> {
  const address = addressOf(connectionString);
  const client = new Client({
    connectionString,
    application_name: 'amdahl',
    connectionTimeoutMillis: connectTimeoutMs,
  });
  let lost: Error | null = null;
  client.on('error', (error) => (lost ??= error));
  try {
    await client.connect();
  } catch (error) {
    throw connectError(address, error as Error & { code?: string });
  }
  // The extended protocol takes one statement at a time: none can end the transaction and go on.
  const send: QueryFunction = async (text, values = []) => {
    const message = { text, values: [...values], queryMode: 'extended' };
    return (await client.query<Record<string, unknown>>(message)).rows;
  };
  const transaction: ReadOnlyDatabase['transaction'] = async (work) => {
    try {
      await client.query(begin);
      const result = await work(send);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      if (isDatabaseError(error) && lost === null) {
        await client.query('ROLLBACK').catch(() => undefined);
        throw error;
      }
      throw databaseErrors.create('AMDAHL_DATABASE_LOST', {
        expected: `the database at ${address} to stay connected`,
        found: (lost ?? (error as Error)).message,
        next: 'See whether the server was restarted or the session ended by an administrator, then run again.',
        cause: error,
      });
    }
  };
  return {
    query: async <Row>(text: string, values: readonly unknown[] = []) =>
      (await transaction((query) => query(text, values))) as readonly Row[],
    transaction,
    close: () => client.end().catch(() => undefined),
  };
}

/** Whether the server itself raised this error: then the session is still good. */
export function isDatabaseError(error: unknown): error is Error & { readonly code: string } {
  const fields = error as { severity?: unknown; code?: unknown };
  return (
    error instanceof Error && typeof fields.severity === 'string' && fields.severity !== 'FATAL'
  );
}

/** Host, port and database for messages; never the password. */
function addressOf(connectionString: string): string {
  try {
    const url = new URL(connectionString);
    return `${url.hostname || 'local socket'}:${url.port || '5432'}${url.pathname}`;
  } catch (error) {
    throw databaseErrors.create('AMDAHL_DATABASE_BAD_URL', {
      expected: 'a connection string such as postgresql://user:password@host:5432/database',
      found: 'a text that is no URL',
      next: 'Correct --db (or "database" in the configuration).',
      cause: error,
    });
  }
}

function connectError(address: string, error: Error & { code?: string }): Error {
  // A five-character SQLSTATE means a server answered; ECONNREFUSED and the like mean none did.
  if (error.code !== undefined && /^[0-9A-Z]{5}$/.test(error.code)) {
    return databaseErrors.create('AMDAHL_DATABASE_REFUSED', {
      expected: `the database at ${address} to accept the session`,
      found: error.message,
      next: 'Check user, password and database name of the connection string.',
      cause: error,
      details: { address, sqlState: error.code },
    });
  }
  return databaseErrors.create('AMDAHL_DATABASE_UNREACHABLE', {
    expected: `a PostgreSQL server at ${address}`,
    found: error.message || (error.code ?? 'no answer'),
    next: 'Start the server, or correct --db (or "database" in the configuration).',
    cause: error,
    details: { address },
  });
}
