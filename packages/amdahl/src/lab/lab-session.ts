import { Client } from 'pg';
import type { CatalogArtifact } from '../artifacts/catalog.ts';
import type { QueryFunction } from '../sql/explain.ts';
import { searchPath } from '../sql/schema.ts';
import { plannerSettings } from './former-planner.ts';
import type { PostgresServer } from './postgres.ts';
import type { DdlStep } from './schema-ddl.ts';

/** A session with the lab. */
export interface LabSession {
  readonly query: QueryFunction;
  readonly warnings: readonly string[];
  readonly end: () => Promise<void>;
}

/**
 * Who owns the lab's tables and plans the statements: a role without special rights. The planner
 * runs functions of the target's schema to fold constants; as superuser they could run programs on
 * this machine.
 */
export const plannerRole = 'amdahl_planner';

/** Settings that say how values are written. */
const writing: ReadonlySet<string> = new Set(['TimeZone', 'DateStyle', 'IntervalStyle']);

/** A session as superuser: for catalogs, extensions, statistics. */
export async function connectAdmin(
  server: PostgresServer,
  catalog: CatalogArtifact,
): Promise<LabSession> {
  const session = await connect(server.url());
  await applySettings(
    session,
    Object.entries(catalog.settings).filter(([name]) => writing.has(name)),
  );
  return session;
}

/** A session that plans by the target's settings. */
export async function connectPlanner(
  server: PostgresServer,
  catalog: CatalogArtifact,
): Promise<LabSession> {
  const session = await connect(server.url().replace('postgres@', `${plannerRole}@`));
  const settings = {
    search_path: searchPath(catalog).join(', '),
    ...plannerSettings(catalog),
  };
  return { ...session, warnings: await applySettings(session, Object.entries(settings)) };
}

function applySettings(
  { query }: LabSession,
  settings: readonly (readonly [name: string, value: string])[],
): Promise<readonly string[]> {
  return attempt(
    query,
    settings.map(([name, value]) => ({
      sql: 'SELECT set_config($1, $2, false)',
      values: [name, value],
      subject: `the setting ${name} = ${value}`,
    })),
  );
}

async function connect(url: string): Promise<LabSession> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return {
    query: async (text, values = []) =>
      (await client.query<Record<string, unknown>>(text, [...values])).rows,
    warnings: [],
    end: () => client.end(),
  };
}

type Step = DdlStep & { readonly values?: readonly unknown[] };

/** Runs steps one by one; what fails becomes a sentence. */
export async function attempt(
  query: QueryFunction,
  steps: readonly Step[],
): Promise<readonly string[]> {
  const failures = await failing(query, steps);
  return failures.map(({ step, error }) => `The lab has not ${step.subject}: ${error.message}.`);
}

/**
 * Runs steps that may build on one another in any order: those that fail are tried again for as long
 * as others succeed. Answers those that failed to the end.
 */
export async function attemptRepeatedly(
  query: QueryFunction,
  steps: readonly Step[],
): Promise<readonly FailedStep[]> {
  let left = steps;
  for (;;) {
    const failures = await failing(query, left);
    if (failures.length === 0 || failures.length === left.length) return failures;
    left = failures.map(({ step }) => step);
  }
}

export interface FailedStep {
  readonly step: Step;
  readonly error: Error;
}

async function failing(
  query: QueryFunction,
  steps: readonly Step[],
): Promise<readonly FailedStep[]> {
  const failures: FailedStep[] = [];
  for (const step of steps) {
    try {
      await query(step.sql, step.values);
    } catch (error) {
      if (step.fallback !== undefined) {
        const again = await failing(query, [step.fallback]);
        failures.push({ step, error: error as Error }, ...again);
      } else {
        failures.push({ step, error: error as Error });
      }
    }
  }
  return failures;
}
