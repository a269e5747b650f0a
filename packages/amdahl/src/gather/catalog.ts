import type { GivenReplicas } from '../sql/add-replicas.ts';
import { capturedStatements } from '../sql/captured-statements.ts';
import { readCatalog } from '../sql/read-catalog.ts';
import { openReadOnly, type ReadOnlyDatabase } from '../sql/read-only-database.ts';
import { readReplicas } from '../sql/read-replicas.ts';
import type { GatherContext, Gatherer } from './gatherer.ts';
import { coded } from './run-gatherers.ts';

/** Reads tables, indexes, statistics and settings from the system catalogs of the database. */
export const catalogGatherer: Gatherer<'catalog'> = {
  artifact: 'catalog',
  phase: 'after',
  label: 'reading the database catalog',
  gather: async ({ options, artifacts, warn }) => {
    if (options.database === null) return { absent: noDatabase };
    const database = await openReadOnly(options.database);
    try {
      const replicas = await replicasOf(options.replicas, database, warn);
      if (artifacts.agent?.status !== 'ok') return await readCatalog(database, { replicas });
      const { statements } = capturedStatements(artifacts.agent.value);
      return await readCatalog(database, {
        statements: statements.map(({ exampleText }) => exampleText),
        replicas,
      });
    } finally {
      await database.close();
    }
  },
};

/**
 * They could be read before the load: one that was lost meanwhile costs the audit that needs them,
 * and not the catalog.
 */
async function replicasOf(
  urls: readonly string[],
  database: ReadOnlyDatabase,
  warn: GatherContext['warn'],
): Promise<GivenReplicas> {
  try {
    return await readReplicas(urls, database);
  } catch (error) {
    const problem = coded(error);
    warn(problem);
    return { problem: problem.message };
  }
}

/** Why there is nothing to read. */
export const noDatabase = 'no database was given (--db postgresql://…)';
