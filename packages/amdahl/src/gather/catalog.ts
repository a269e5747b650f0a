import { capturedStatements } from '../sql/captured-statements.ts';
import { readCatalog } from '../sql/read-catalog.ts';
import { openReadOnly } from '../sql/read-only-database.ts';
import type { Gatherer } from './gatherer.ts';

/** Reads tables, indexes, statistics and settings from the system catalogs of the database. */
export const catalogGatherer: Gatherer<'catalog'> = {
  artifact: 'catalog',
  phase: 'after',
  label: 'reading the database catalog',
  gather: async ({ options, artifacts }) => {
    if (options.database === null) return { absent: noDatabase };
    const database = await openReadOnly(options.database);
    try {
      if (artifacts.agent?.status !== 'ok') return await readCatalog(database);
      const { statements } = capturedStatements(artifacts.agent.value);
      return await readCatalog(database, {
        statements: statements.map(({ exampleText }) => exampleText),
      });
    } finally {
      await database.close();
    }
  },
};

/** Why there is nothing to read. */
export const noDatabase = 'no database was given (--db postgresql://…)';
