import type { AgentArtifact } from '../artifacts/artifacts.ts';
import type { CatalogArtifact } from '../artifacts/catalog.ts';
import { capturedStatements } from '../sql/captured-statements.ts';
import { readCatalog } from '../sql/read-catalog.ts';
import { openReadOnly } from '../sql/read-only-database.ts';
import { schemaOf } from '../sql/schema.ts';
import { tablesOf } from '../sql/tables-of.ts';
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
      const catalog = await readCatalog(database);
      return artifacts.agent?.status === 'ok'
        ? withStatisticsInUse(catalog, artifacts.agent.value)
        : catalog;
    } finally {
      await database.close();
    }
  },
};

/** Why there is nothing to read. */
export const noDatabase = 'no database was given (--db postgresql://…)';

/**
 * Statistics hold values of the data, and those of thousands of tables are large: only tables that
 * the captured statements touch keep theirs.
 */
function withStatisticsInUse(catalog: CatalogArtifact, agent: AgentArtifact): CatalogArtifact {
  const schema = schemaOf(catalog);
  const { statements } = capturedStatements(agent);
  const inUse = new Set(statements.flatMap(({ exampleText }) => tablesOf(exampleText, schema)));
  return {
    ...catalog,
    tables: catalog.tables.map((table) =>
      inUse.has(table)
        ? table
        : { ...table, columns: table.columns.map((column) => ({ ...column, statistics: null })) },
    ),
    indexes: catalog.indexes.map((index) => {
      const table = schema.table(index.schema, index.table);
      const { expressionStatistics: _, ...rest } = index;
      return table !== null && inUse.has(table) ? index : rest;
    }),
  };
}
