import { Client, escapeIdentifier } from 'pg';
import { seed, seedVersion } from './seed.ts';
import { advisoryKey, urlOf } from './server-session.ts';

/** Name of the database that holds the seed at this scale and is never written to. */
export function templateName(scale: number): string {
  return `shop_template_v${seedVersion}_${String(scale).replace('.', '_')}`;
}

/**
 * Makes the template database unless it is there. It is filled under another name and renamed when
 * complete, so a seed that was interrupted is never mistaken for a finished one.
 *
 * @throws Error when another process is seeding the same template
 */
export async function ensureTemplate(
  admin: Client,
  serverUrl: string,
  scale: number,
  onProgress: (message: string) => void,
): Promise<string> {
  const name = templateName(scale);
  const exists = await admin.query('SELECT FROM pg_database WHERE datname = $1', [name]);
  if (exists.rowCount === 1) return name;

  const { rows } = await admin.query<{ free: boolean }>('SELECT pg_try_advisory_lock($1) AS free', [
    advisoryKey(name),
  ]);
  if (rows[0]?.free !== true) {
    throw new Error(
      `Expected to be the only one to seed ${name}; found another process at it. ` +
        `Start again when it has finished.`,
    );
  }
  const building = `${name}_building`;
  await admin.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(building)} WITH (FORCE)`);
  await admin.query(`CREATE DATABASE ${escapeIdentifier(building)} TEMPLATE template0`);
  const client = new Client({ connectionString: urlOf(serverUrl, building) });
  await client.connect();
  try {
    await seed(client, scale, onProgress);
  } finally {
    await client.end();
  }
  await admin.query(
    `ALTER DATABASE ${escapeIdentifier(building)} RENAME TO ${escapeIdentifier(name)}`,
  );
  await admin.query(`ALTER DATABASE ${escapeIdentifier(name)} ALLOW_CONNECTIONS false`);
  await admin.query('SELECT pg_advisory_unlock($1)', [advisoryKey(name)]);
  return name;
}
