import type { CatalogArtifact } from '../artifacts/catalog.ts';
import type { PlanNode } from '../artifacts/plans.ts';
import { explain, type QueryFunction } from '../sql/explain.ts';
import type { LabIndex } from '../sql/index-definition.ts';
import type { IndexSize } from './index-size.ts';
import { extendFile, filesOf } from './lab-files.ts';
import type { LabModel } from './lab-model.ts';
import { connectLab } from './lab-session.ts';
import { startPostgres, type PostgresServer } from './postgres.ts';
import { createCandidates, restoreSchema } from './restore-schema.ts';
import { restoreStatistics } from './restore-statistics.ts';

/**
 * The planner of the target without its data: a PostgreSQL of our own that believes in every row.
 *
 * A planner decides by the catalogs, by statistics, and by the sizes of files. Schema and statistics
 * can be copied; the sizes it reads from the files themselves, so the files are made as long as the
 * originals, sparse, holding nothing. B-trees also get the height of the original (btree-pages.ts).
 * With all three, plans and costs equal the target's; with statistics alone they are worse than
 * with nothing, because an empty file means an empty table.
 *
 * Candidate indexes are really created, on the empty tables, then extended to the size they would
 * have, and kept invalid, which hides them from the planner until an experiment shows one.
 */
export interface HollowLab {
  /** What could not be modelled, as sentences. */
  readonly warnings: readonly string[];
  /** Candidates that could be made, with the size they would have on the target. */
  readonly candidates: ReadonlyMap<LabIndex, IndexSize>;
  /**
   * Plans a statement as the target would.
   *
   * @throws PostgreSQL's error when the lab cannot plan it
   */
  explain(text: string, parameters: readonly unknown[]): Promise<PlanNode>;
  /** The same, as if these candidates existed. */
  explainWith(
    indexes: readonly LabIndex[],
    text: string,
    parameters: readonly unknown[],
  ): Promise<PlanNode>;
  readonly dataDirectory: string;
  /** Answers a question about values: expressions, comparisons. Tables are empty here. */
  readonly query: QueryFunction;
  close(): Promise<void>;
}

/**
 * Builds a lab; takes about a second, and no more disk than an empty cluster.
 *
 * @throws as `startPostgres` does
 */
export async function buildHollowLab(model: LabModel): Promise<HollowLab> {
  const { catalog } = model;
  const server = await startPostgres({
    // Nothing may change the statistics we put in, and nothing here needs memory.
    settings: { autovacuum: 'off', shared_buffers: '16MB', max_connections: '10' },
    // We write pages ourselves; page checksums would call them damaged.
    initdbArguments: ['--no-data-checksums', ...localeArguments(catalog)],
  });
  try {
    const { query, warnings, end } = await connectLab(server, catalog);
    const missing = await restoreSchema(query, model);
    const candidates = await createCandidates(query, model);
    const lost = await restoreStatistics(query, model, candidates.keys());
    const files = await filesOf(query, server.dataDirectory, model, candidates);
    await end();
    await server.restart(() => files.forEach(extendFile));
    return await openLab(server, catalog, candidates, [...warnings, ...missing, ...lost]);
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Any other collation than a bytewise one is stood in for by Unicode's root collation. */
function localeArguments(catalog: CatalogArtifact): readonly string[] {
  const collation = catalog.collation;
  if (collation === undefined || collation.bytewise) return [];
  const locale = collation.provider === 'icu' ? collation.name : 'und';
  return ['--no-locale', '--locale-provider=icu', `--icu-locale=${locale}`];
}

async function openLab(
  server: PostgresServer,
  catalog: CatalogArtifact,
  candidates: ReadonlyMap<LabIndex, IndexSize>,
  warnings: readonly string[],
): Promise<HollowLab> {
  const session = await connectLab(server, catalog);
  const { query } = session;
  const setVisible = (indexes: readonly LabIndex[], visible: boolean): Promise<unknown> =>
    query(
      `UPDATE pg_index SET indisvalid = $1 FROM pg_class c JOIN pg_namespace n
         ON n.oid = c.relnamespace
       WHERE c.oid = indexrelid AND (n.nspname, c.relname) IN
         (SELECT * FROM unnest($2::name[], $3::name[]))`,
      [visible, indexes.map((index) => index.table.schema), indexes.map((index) => index.name)],
    );
  await setVisible([...candidates.keys()], false);
  return {
    warnings,
    candidates,
    query,
    dataDirectory: server.dataDirectory,
    explain: (text, parameters) => explain(query, text, parameters),
    explainWith: async (indexes, text, parameters) => {
      await query('BEGIN');
      try {
        await setVisible(indexes, true);
        return await explain(query, text, parameters);
      } finally {
        await query('ROLLBACK');
      }
    },
    close: async () => {
      await session.end();
      await server.stop();
    },
  };
}
