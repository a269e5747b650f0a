import { Client } from 'pg';
import type { CatalogArtifact } from '../artifacts/catalog.ts';
import type { QueryFunction } from '../sql/explain.ts';
import { searchPath } from '../sql/schema.ts';
import type { PostgresServer } from './postgres.ts';
import type { DdlStep } from './schema-ddl.ts';

/** A session with the lab that plans by the target's settings. */
export interface LabSession {
  readonly query: QueryFunction;
  readonly warnings: readonly string[];
  readonly end: () => Promise<void>;
}

export async function connectLab(
  server: PostgresServer,
  catalog: CatalogArtifact,
): Promise<LabSession> {
  const client = new Client({ connectionString: server.url() });
  client.on('error', () => undefined);
  await client.connect();
  const query: QueryFunction = async (text, values = []) =>
    (await client.query<Record<string, unknown>>(text, [...values])).rows;
  const settings = { search_path: searchPath(catalog).join(', '), ...catalog.settings };
  const warnings = await attempt(
    query,
    Object.entries(settings).map(([name, value]) => ({
      sql: 'SELECT set_config($1, $2, false)',
      values: [name, value],
      subject: `the setting ${name} = ${value}`,
    })),
  );
  return { query, warnings, end: () => client.end() };
}

/** Runs steps one by one; what fails becomes a sentence. */
export async function attempt(
  query: QueryFunction,
  steps: readonly (DdlStep & { readonly values?: readonly unknown[] })[],
): Promise<readonly string[]> {
  const warnings: string[] = [];
  for (const { sql, subject, values } of steps) {
    try {
      await query(sql, values);
    } catch (error) {
      warnings.push(`The lab has not ${subject}: ${(error as Error).message}.`);
    }
  }
  return warnings;
}
