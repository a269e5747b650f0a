import type { CatalogTable } from '../artifacts/catalog.ts';
import { childrenOf, leavesOf, nameKey } from '../sql/hierarchy.ts';
import type { LabIndex } from '../sql/index-definition.ts';
import { qualifiedName, searchPath } from '../sql/schema.ts';
import { deriveExpressionStatistics } from './expression-statistics.ts';
import { estimateIndexSize, type IndexSize, type Typed } from './index-size.ts';
import type { CompleteModel } from './lab-model.ts';
import { attempt } from './lab-session.ts';
import type { LabQueries } from './restore-schema.ts';

/** One index of the lab that holds entries: a candidate's own, or its part on one partition. */
export interface CandidatePart {
  readonly schema: string;
  readonly name: string;
  readonly table: CatalogTable;
  readonly size: IndexSize;
  /** What ANALYZE would find about its expressions, by expression. */
  readonly expressions: ReadonlyMap<string, Typed>;
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
  const version = catalog.serverVersionNumber;
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
    const parts: CandidatePart[] = [];
    for (const { schema, name, table, types } of tree) {
      if (!leaves.has(nameKey({ schema, name: table }))) continue;
      const on = model.table(schema, table) ?? index.table;
      const expressions = await expressionsOf(planner, index, on, types);
      const size = estimateIndexSize({ ...index, table: on }, version, expressions);
      parts.push({ schema, name, table: on, size, expressions });
    }
    made.push({
      index,
      size: sizeOf(index, parts, version),
      parts,
      oids: tree.map(({ oid }) => oid),
    });
  }
  return { candidates: made, warnings };
}

async function expressionsOf(
  query: LabQueries['planner'],
  { keys }: LabIndex,
  table: CatalogTable,
  types: readonly string[],
): Promise<ReadonlyMap<string, Typed>> {
  const expressions = new Map<string, Typed>();
  for (const [at, { expression }] of keys.entries()) {
    if (expression === undefined) continue;
    const statistics = await deriveExpressionStatistics(query, table, expression);
    expressions.set(expression, { type: types[at] ?? 'text', statistics });
  }
  return expressions;
}

function sizeOf(index: LabIndex, parts: readonly CandidatePart[], version: number): IndexSize {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only.size;
  const pages = parts.reduce((sum, { size }) => sum + size.pages, 0);
  const sizeBytes = parts.reduce((sum, { size }) => sum + size.sizeBytes, 0);
  return { pages, sizeBytes, keyWidthBytes: estimateIndexSize(index, version).keyWidthBytes };
}

interface TreeRow {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  readonly table: string;
  /** Of the keys and included columns, in order. */
  readonly types: readonly string[];
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
     SELECT tree.oid::int8::text AS oid, n.nspname AS schema, c.relname AS name, t.relname AS table,
            (SELECT json_agg(format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum)
             FROM pg_attribute a WHERE a.attrelid = c.oid) AS types
     FROM tree JOIN pg_class c ON c.oid = tree.oid
     JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_index i ON i.indexrelid = c.oid JOIN pg_class t ON t.oid = i.indrelid`,
    [table.schema, name],
  );
  if (rows.length === 0) throw new Error(`no index ${qualifiedName(table.schema, name)}`);
  return rows as unknown as readonly TreeRow[];
}
