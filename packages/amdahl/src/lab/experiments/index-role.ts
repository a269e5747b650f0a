import type { LabIndex } from '../../sql/index-definition.ts';
import type { LabStatement } from './lab-statement.ts';

/**
 * What an index is to a statement: the same text for two that the planner can put to the same use
 * there, so that it takes the smaller one. Keys behind the last that the statement names are of no
 * use to it; what they and the included columns spare is the visit to the table, all or nothing. One
 * key alone keeps its own role: the planner takes the rows of an index of several to be less in
 * order (btcostestimate in src/backend/utils/adt/selfuncs.c).
 */
export function roleOf({ shape }: LabStatement, index: LabIndex): string {
  const { table, method, keys, include, predicate = '' } = index;
  const blocks = shape.blocks.filter((block) =>
    block.relations.some((relation) => relation.table === table),
  );
  // Behind a view nobody sees what is asked.
  if (method !== 'btree' || blocks.length === 0) return index.definition;
  const named = new Set(
    blocks
      .flatMap(({ predicates, sort, group }) => [...predicates, ...sort, ...group])
      .filter(({ relation }) => relation.table === table)
      .map(({ column }) => column.name),
  );
  const last = keys.findLastIndex(({ column }) => column === undefined || named.has(column));
  const carried = new Set([...keys.flatMap(({ column }) => column ?? []), ...include]);
  const covered = blocks
    .flatMap(({ relations }) => relations.filter((relation) => relation.table === table))
    .map(({ columnsRead }) =>
      (columnsRead === 'all' ? table.columns.map(({ name }) => name) : [...columnsRead]).every(
        (column) => carried.has(column),
      ),
    );
  return JSON.stringify([
    table.schema,
    table.name,
    keys.slice(0, last + 1),
    keys.length > 1,
    covered,
    predicate,
  ]);
}
