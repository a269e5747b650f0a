import type { CatalogIndex, CatalogTable } from '../../artifacts/catalog.ts';
import type { PlanNode } from '../../artifacts/plans.ts';
import { findAll, lastName } from '../../sql/ast.ts';
import { indexKind, type IndexProposal } from '../../sql/index-definition.ts';
import { parseStatement } from '../../sql/parser.ts';
import { planNodes } from '../../sql/read-plan.ts';
import type { Schema } from '../../sql/schema.ts';
import type { LabStatement } from './lab-statement.ts';

/**
 * What an index takes from writes. Each new version of a row is one descent and one entry in every
 * index that gets one:
 *
 * - an INSERT in all indexes of the table (a partial one only for rows that satisfy its condition);
 * - an UPDATE in none as long as no indexed column changes and the page has room: a heap-only tuple
 *   (src/backend/access/heap/README.HOT of PostgreSQL). An index on a changed column ends that, for
 *   itself and for every other index of the table;
 * - a DELETE in none; VACUUM takes the entry out later, for about `vacuumShare` of an insertion.
 *
 * Measured by benchmarks/index-maintenance on two cores of a shared machine, everything in memory:
 * see there for the spread.
 */
const msPerEntry = { numbers: 0.005, texts: 0.013, gin: 0.05 } as const;
const vacuumShare = 0.1;

/** Rows a statement writes to one table, all its executions together. */
export interface TableWrites {
  readonly table: CatalogTable;
  readonly operation: 'insert' | 'update' | 'delete';
  readonly rows: number;
  /** Columns an UPDATE sets. */
  readonly changed: ReadonlySet<string>;
}

/** What a statement's executions write, as the planner expects it. */
export function writesOf(
  { explainedText, plan, tables }: LabStatement,
  executions: number,
): readonly TableWrites[] {
  const { node } = parseStatement(explainedText);
  if (node === null) return [];
  const merges = findAll([node], 'MergeWhenClause', { intoSubqueries: true });
  const updates = findAll([node], 'UpdateStmt', { intoSubqueries: true });
  const conflicts = findAll([node], 'InsertStmt', { intoSubqueries: true }).flatMap(
    ({ onConflictClause }) => onConflictClause ?? [],
  );
  const changed = new Set(
    [...updates, ...conflicts, ...merges.filter(({ commandType }) => commandType === 'CMD_UPDATE')]
      .flatMap(({ targetList = [] }) => findAll(targetList, 'ResTarget'))
      .flatMap(({ name }) => name ?? []),
  );
  return [...planNodes(plan)].flatMap((each): readonly TableWrites[] => {
    const done =
      each.Operation === 'Merge'
        ? new Set(merges.flatMap(({ commandType = '' }) => merged[commandType] ?? []))
        : (operations[String(each.Operation)] ?? []);
    const table = tables.find(({ name }) => name === each['Relation Name']);
    if (each['Node Type'] !== 'ModifyTable' || table === undefined) return [];
    const rows = (rowsWritten(each) * executions) / Math.max(1, [...done].length);
    return [...done].map((operation) => ({ table, operation, rows, changed }));
  });
}

type Operations = Readonly<Record<string, readonly TableWrites['operation'][]>>;

const operations: Operations = { Insert: ['insert'], Update: ['update'], Delete: ['delete'] };

/** What a MERGE does with which rows no plan tells: each of its actions is taken to get as many. */
const merged: Operations = {
  CMD_INSERT: ['insert'],
  CMD_UPDATE: ['update'],
  CMD_DELETE: ['delete'],
};

/** The node itself answers with rows only when something is RETURNING. */
function rowsWritten({ Plans = [] }: PlanNode): number {
  return Plans.reduce((sum, child) => {
    const feeds = ['Outer', 'Member'].includes(child['Parent Relationship'] ?? 'Outer');
    return feeds ? sum + child['Plan Rows'] : sum;
  }, 0);
}

/** Milliseconds the writes take longer with the index beside the table's others. */
export function overheadOf(
  index: IndexProposal,
  writes: readonly TableWrites[],
  others: readonly CatalogIndex[],
): number {
  const perEntry = msPerEntry[indexKind(index)];
  const share = index.selectivity ?? 1;
  const own = columnsOf(index);
  return writes
    .filter(({ table }) => table === index.table)
    .reduce((total, { operation, rows, changed }) => {
      switch (operation) {
        case 'insert':
          return total + rows * share * perEntry;
        case 'delete':
          return total + rows * share * perEntry * vacuumShare;
        case 'update': {
          const wasHot = !others.some(({ keys, include }) =>
            [...keys, ...include].some((key) => changed.has(key)),
          );
          const touches = [...own].some((column) => changed.has(column));
          if (!touches) return wasHot ? total : total + rows * share * perEntry;
          const lost = wasHot ? others.length * msPerEntry.numbers : 0;
          return total + rows * (share * perEntry + lost);
        }
        default:
          return total;
      }
    }, 0);
}

/** Milliseconds the writes would take less without one of the table's indexes. */
export function upkeepOf(
  index: CatalogIndex,
  table: CatalogTable,
  writes: readonly TableWrites[],
  schema: Schema,
): number {
  const isColumn = (key: string): boolean => table.columns.some(({ name }) => name === key);
  const proposal: IndexProposal = {
    table,
    method: index.method === 'gin' ? 'gin' : 'btree',
    keys: index.keys.map((key) => (isColumn(key) ? { column: key } : { expression: key })),
    include: index.include,
    ...(index.predicate === null
      ? {}
      : {
          predicate: index.predicate,
          selectivity: Math.min(1, Math.max(0, index.rows ?? 0) / Math.max(1, table.rows)),
        }),
    reason: '',
  };
  const others = schema.indexesOf(table).filter((other) => other !== index);
  return overheadOf(proposal, writes, others);
}

/** Every column whose change changes the index. */
function columnsOf({ keys, include, predicate }: IndexProposal): ReadonlySet<string> {
  const texts = [
    ...keys.flatMap((key) => key.expression ?? []),
    ...(predicate === undefined ? [] : [predicate]),
  ];
  const named = texts.flatMap((text) => {
    const { node } = parseStatement(`SELECT ${text}`);
    return findAll(node === null ? [] : [node], 'ColumnRef', { intoSubqueries: true });
  });
  return new Set([
    ...keys.flatMap((key) => key.column ?? []),
    ...include,
    ...named.map(({ fields }) => lastName(fields)),
  ]);
}
