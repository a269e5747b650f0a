import type { CatalogTable } from '../artifacts/catalog.ts';
import { childrenOf, leavesOf, nameKey } from '../sql/hierarchy.ts';
import type { LabIndex } from '../sql/index-definition.ts';
import { qualifiedName, searchPath } from '../sql/schema.ts';
import { estimateIndexSize, type IndexSize } from './index-size.ts';
import type { CompleteModel } from './lab-model.ts';
import { attempt } from './lab-session.ts';
import type { LabQueries } from './restore-schema.ts';

/** One index of the lab that holds entries: a candidate's own, or its part on one partition. */
export interface CandidatePart {
  readonly schema: string;
  readonly name: string;
  readonly table: CatalogTable;
  readonly size: IndexSize;
}

/** A candidate that could be made. */
export interface Candidate {
  readonly index: LabIndex;
  /** Of all parts together. */
  readonly size: IndexSize;
  /** Itself, or one a partition when its table is partitioned. */
  readonly parts: readonly CandidatePart[];
  /** Everything that is shown and hidden with it. */
  readonly oids: readonly string[];
}

/**
 * Creates the candidates that can be created; an expression that is not immutable cannot. On a
 * partitioned table PostgreSQL makes the index on every partition as well, under names of its own.
 */
export async function createCandidates(
  { admin, planner }: LabQueries,
  model: CompleteModel,
): Promise<{ readonly candidates: readonly Candidate[]; readonly warnings: readonly string[] }> {
  const { candidates, catalog } = model;
  const required = new Set(candidates.flatMap((index) => index.requires ?? []));
  const warnings = [
    ...(await attempt(
      admin,
      [...required].map((extension) => ({
        sql: `CREATE EXTENSION IF NOT EXISTS ${extension} SCHEMA public`,
        subject: `the extension ${extension}, which a candidate index needs`,
      })),
    )),
  ];
  await planner(`SET search_path = ${[...searchPath(catalog), 'public'].join(', ')}`);
  const children = childrenOf(model.tables);
  const made: Candidate[] = [];
  for (const index of candidates) {
    const failures = await attempt(planner, [{ sql: index.definition, subject: index.name }]);
    if (failures.length > 0) continue;
    const tree = await treeOf(planner, index);
    const leaves = new Set(leavesOf(index.table, children).map(nameKey));
    const parts = tree.flatMap(({ schema, name, table }): readonly CandidatePart[] => {
      const on = model.table(schema, table) ?? index.table;
      if (!leaves.has(nameKey({ schema, name: table }))) return [];
      return [{ schema, name, table: on, size: estimateIndexSize({ ...index, table: on }) }];
    });
    made.push({ index, size: sizeOf(index, parts), parts, oids: tree.map(({ oid }) => oid) });
  }
  return { candidates: made, warnings };
}

function sizeOf(index: LabIndex, parts: readonly CandidatePart[]): IndexSize {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only.size;
  const pages = parts.reduce((sum, { size }) => sum + size.pages, 0);
  const sizeBytes = parts.reduce((sum, { size }) => sum + size.sizeBytes, 0);
  return { pages, sizeBytes, keyWidthBytes: estimateIndexSize(index).keyWidthBytes };
}

interface TreeRow {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  readonly table: string;
}

/** An index with its parts on partitions, theirs included. */
async function treeOf(
  query: LabQueries['planner'],
  { table, name }: LabIndex,
): Promise<readonly TreeRow[]> {
  const rows = await query(
    `WITH RECURSIVE tree(oid) AS (
       SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = $1 AND c.relname = $2
       UNION ALL SELECT h.inhrelid FROM tree JOIN pg_inherits h ON h.inhparent = tree.oid)
     SELECT tree.oid::int8::text AS oid, n.nspname AS schema, c.relname AS name, t.relname AS table
     FROM tree JOIN pg_class c ON c.oid = tree.oid
     JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_index i ON i.indexrelid = c.oid JOIN pg_class t ON t.oid = i.indrelid`,
    [table.schema, name],
  );
  if (rows.length === 0) throw new Error(`no index ${qualifiedName(table.schema, name)}`);
  return rows as unknown as readonly TreeRow[];
}
