import type { CatalogArtifact } from '../artifacts/catalog.ts';
import type { PlanNode } from '../artifacts/plans.ts';
import { highestParameter } from '../sql/ast.ts';
import { explain, explainGeneric, type QueryFunction } from '../sql/explain.ts';
import type { LabIndex } from '../sql/index-definition.ts';
import { parseStatement } from '../sql/parser.ts';
import { createCandidates, type Candidate } from './candidates.ts';
import type { IndexSize } from './index-size.ts';
import { grantVisibility, prepareLab } from './index-visibility.ts';
import { makeIndexEnds } from './index-ends.ts';
import { extendFile, filesOf } from './lab-files.ts';
import { completeModel, type LabModel } from './lab-model.ts';
import { connectAdmin, connectPlanner } from './lab-session.ts';
import { startPostgres, type PostgresServer } from './postgres.ts';
import { restoreExtendedStatistics } from './restore-extended-statistics.ts';
import { restoreSchema } from './restore-schema.ts';
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
  /**
   * Candidates that could be made, with the size they would have on the target; for one on a
   * partitioned table that is the size of all its parts together.
   */
  readonly candidates: ReadonlyMap<LabIndex, IndexSize>;
  /**
   * The candidate an index of a plan (`Index Name`) belongs to. A candidate on a partitioned table
   * stands in plans under the names PostgreSQL gave to its parts on the partitions, never its own.
   */
  candidateNamed(indexName: string): LabIndex | null;
  /**
   * Plans a statement as the target would.
   *
   * @throws PostgreSQL's error when the lab cannot plan it
   */
  explain(text: string, parameters: readonly unknown[]): Promise<PlanNode>;
  /** The same, as if these candidates existed, on partitioned tables with all their parts. */
  explainWith(
    indexes: readonly LabIndex[],
    text: string,
    parameters: readonly unknown[],
  ): Promise<PlanNode>;
  readonly dataDirectory: string;
  /**
   * Answers a question about values: expressions, comparisons. Tables are empty here, but an
   * index-only scan meets the two ends of the index (index-ends.ts).
   */
  readonly query: QueryFunction;
  close(): Promise<void>;
}

/**
 * Builds a lab; takes about a second, and no more disk than an empty cluster.
 *
 * @throws as `startPostgres` does
 */
export async function buildHollowLab(incomplete: LabModel): Promise<HollowLab> {
  const model = completeModel(incomplete);
  const { catalog } = model;
  const server = await startPostgres({
    settings: {
      // Nothing may change the statistics we put in, and nothing here needs memory.
      autovacuum: 'off',
      shared_buffers: '16MB',
      max_connections: '10',
      // A statement may lock a thousand partitions, and their indexes.
      max_locks_per_transaction: '2048',
    },
    // We write pages ourselves; page checksums would call them damaged.
    initdbArguments: ['--no-data-checksums', ...localeArguments(catalog)],
  });
  try {
    const admin = await connectAdmin(server, catalog);
    await prepareLab(admin.query);
    const planner = await connectPlanner(server, catalog);
    const queries = { admin: admin.query, planner: planner.query };
    const warnings = [...planner.warnings, ...(await restoreSchema(queries, model))];
    const made = await createCandidates(queries, model);
    warnings.push(
      ...made.warnings,
      ...(await restoreStatistics(planner.query, model, made.candidates)),
      ...(await restoreExtendedStatistics(queries, model)),
    );
    const ends = await makeIndexEnds(planner.query, model);
    const files = await filesOf(admin.query, server.dataDirectory, model, made.candidates, ends);
    await grantVisibility(admin.query, made.candidates);
    await planner.end();
    await admin.end();
    await server.restart(() => files.forEach(extendFile));
    return await openLab(server, catalog, made.candidates, warnings);
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
  candidates: readonly Candidate[],
  warnings: readonly string[],
): Promise<HollowLab> {
  const session = await connectPlanner(server, catalog);
  const { query } = session;
  // What the ends of indexes were made with.
  await query('DROP SCHEMA amdahl_ends CASCADE');
  const byIndex = new Map(candidates.map((candidate) => [candidate.index, candidate]));
  const byName = new Map(
    candidates.flatMap(({ index, parts }) => [
      [index.name, index] as const,
      ...parts.map((part) => [part.name, index] as const),
    ]),
  );
  return {
    warnings,
    candidates: new Map(candidates.map(({ index, size }) => [index, size])),
    candidateNamed: (indexName) => byName.get(indexName) ?? null,
    query,
    dataDirectory: server.dataDirectory,
    explain: (text, parameters) => explainKnown(query, text, parameters),
    explainWith: async (indexes, text, parameters) => {
      await query('BEGIN');
      try {
        await query('SELECT amdahl_lab.show($1)', [
          indexes.flatMap((index) => byIndex.get(index)?.oids ?? []),
        ]);
        return await explainKnown(query, text, parameters);
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

/** With the values that are known; with too few of them, for any values, as on the target. */
function explainKnown(
  query: QueryFunction,
  text: string,
  parameters: readonly unknown[],
): Promise<PlanNode> {
  const { node } = parseStatement(text);
  const wanted = node === null ? 0 : highestParameter(node);
  return parameters.length < wanted
    ? explainGeneric(query, text)
    : explain(query, text, parameters);
}
