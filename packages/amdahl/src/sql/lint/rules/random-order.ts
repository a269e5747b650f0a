import type { Node } from 'libpg-query';
import { as, lastName, replaceNode, valueOf } from '../../ast.ts';
import { commonTables, isPlainSelect, sourcesOf } from '../from-clause.ts';
import { proposal, type LintRule } from '../rule.ts';

/** Rows to expect for each one wanted: with twenty, too few is less likely than once in 10⁶. */
const rowsPerWanted = 20;
/** Pages to expect at least, so that the rows do not all lie together. */
const leastPages = 20;
/** Wanted when the LIMIT is not known. */
const usualLimit = 20;
/** A sample of more than this spares too little. */
const mostShare = 0.25;

/**
 * `ORDER BY random() LIMIT n` reads and sorts the whole table to throw all but n rows away.
 * TABLESAMPLE SYSTEM reads a share of its pages, picked at random, and the order is shuffled among
 * those. Only for a whole table: a condition could leave too few of a sample's rows.
 */
export const randomOrder: LintRule = {
  id: 'random-order',
  audit: 'random-order',
  propose: ({ statement, schema, parameters }) => {
    const select = as(statement, 'SelectStmt');
    const [source, ...others] = select?.fromClause ?? [];
    const relation = as(source, 'RangeVar');
    if (select === null || source === undefined || relation === null || others.length > 0)
      return null;
    const [sort, ...more] = select.sortClause ?? [];
    const isRandom = lastName(as(as(sort, 'SortBy')?.node, 'FuncCall')?.funcname) === 'random';
    if (!isRandom || more.length > 0 || select.limitCount === undefined) return null;
    if (select.whereClause !== undefined || !isPlainSelect(select)) return null;
    const [{ table } = { table: null }] = sourcesOf([source], schema, commonTables(statement));
    if (table === null || table.rows <= 0 || table.pages <= 0) return null;
    const limit = Number(valueOf(select.limitCount, parameters) ?? usualLimit);
    const wanted = Number.isFinite(limit) ? limit : usualLimit;
    const share = Math.max((rowsPerWanted * wanted) / table.rows, leastPages / table.pages);
    if (share > mostShare) return null;
    const percent = (100 * share).toPrecision(2);
    const sample: Node = {
      RangeTableSample: {
        relation: source,
        method: [{ String: { sval: 'system' } }],
        args: [{ A_Const: { fval: { fval: String(Number(percent)) } } }],
      },
    };
    return proposal(
      'random-order',
      [sort as Node],
      replaceNode(statement, source, sample),
      `${table.name} is read and sorted whole to pick a few rows by chance`,
      {
        equivalence: 'other-rows',
        preconditions: [
          'It suffices that rows are picked by chance: a sample takes whole pages, so that rows stored together come together more often than by pure chance.',
          'The table stays about as large as it is: should it shrink, the sample may hold too few rows.',
        ],
        advice: [
          'For a single row, picking a random key and taking the next row from there by the primary key is faster still.',
        ],
      },
    );
  },
};
