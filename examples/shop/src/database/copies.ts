import { randomBytes } from 'node:crypto';
import { Client, escapeIdentifier } from 'pg';
import type { Fixes } from '../switches.ts';
import { schemaFixes } from './schema.ts';
import { advisoryKey, urlOf } from './server-session.ts';

const prefix = 'shop_copy_';

/** Throw-away copies of a template database; they go when their owner does. */
export interface Copies {
  /** Makes a fresh copy with these fixes' changes to the schema and answers its connection string. */
  create(fixes: Fixes): Promise<string>;
  drop(): Promise<void>;
}

/**
 * Each owner marks its copies with a token and holds an advisory lock on the token for as long as
 * its session lives. Copies whose lock can be taken belong to nobody any more and are dropped here.
 */
export async function openCopies(
  admin: Client,
  serverUrl: string,
  template: string,
): Promise<Copies> {
  await dropAbandoned(admin);
  const owner = `${prefix}${randomBytes(4).toString('hex')}`;
  await admin.query('SELECT pg_advisory_lock($1)', [advisoryKey(owner)]);
  const names: string[] = [];
  return {
    create: async (fixes) => {
      const name = `${owner}_${names.length + 1}`;
      names.push(name);
      // A file copy writes no log, which makes it several times faster for a database of this size.
      await admin.query(
        `CREATE DATABASE ${escapeIdentifier(name)} TEMPLATE ${escapeIdentifier(template)} STRATEGY file_copy`,
      );
      const url = urlOf(serverUrl, name);
      await apply(url, schemaFixes(fixes));
      return url;
    },
    drop: async () => {
      for (const name of names.splice(0)) await dropDatabase(admin, name);
    },
  };
}

async function dropAbandoned(admin: Client): Promise<void> {
  const { rows } = await admin.query<{ name: string }>(
    'SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)',
    [prefix],
  );
  for (const { name } of rows) {
    const key = advisoryKey(name.slice(0, name.lastIndexOf('_')));
    const lock = await admin.query<{ free: boolean }>('SELECT pg_try_advisory_lock($1) AS free', [
      key,
    ]);
    if (lock.rows[0]?.free !== true) continue;
    await dropDatabase(admin, name);
    await admin.query('SELECT pg_advisory_unlock($1)', [key]);
  }
}

async function dropDatabase(admin: Client, name: string): Promise<void> {
  await admin.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`);
}

async function apply(url: string, statements: readonly string[]): Promise<void> {
  if (statements.length === 0) return;
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
