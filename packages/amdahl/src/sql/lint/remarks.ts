import type { Dialect } from './lint-text.ts';
import type { TextFacts, WrappedColumn } from './text-facts.ts';

/** A remark before it is tied to its text. */
export interface Remark {
  /** The audit that would judge it with a database. */
  readonly rule: string;
  readonly message: string;
  readonly advice: string;
}

/** Rows skipped before a page: fewer are not worth another interface (deep-offset draws it there). */
const leastSkipped = 500;

/** What is often slow about a statement with these facts. */
export function remarksOn(facts: TextFacts, dialect: Dialect): readonly Remark[] {
  return [
    ...facts.wrapped.map(wrappedRemark),
    ...facts.wildcards.map((column) => ({
      rule: 'non-sargable-predicate',
      message: `${column} is searched with a pattern that begins with a wildcard, which no B-tree index can serve.`,
      advice:
        dialect === 'mysql'
          ? 'Search by whole words with a FULLTEXT index, or let the pattern begin with letters.'
          : 'Build a trigram index (pg_trgm), search by whole words with a tsvector, or let the pattern begin with letters.',
    })),
    ...(dialect === 'mysql' ? [] : facts.fractions.map(fractionRemark)),
    ...facts.notIn.map((column) => ({
      rule: 'not-in-subquery',
      message: `${column} NOT IN (SELECT …) finds no row at all once the subquery returns a NULL, and may be looked up row by row.`,
      advice: 'Ask with NOT EXISTS, and see that the subquery’s column is NOT NULL.',
    })),
    ...facts.alternatives.map((columns) => ({
      rule: 'or-across-columns',
      message: `One condition asks for ${columns.join(' or ')}, which no one index can answer.`,
      advice:
        'Where the columns are of different tables, ask for each alternative by itself and put them together with UNION.',
    })),
    ...when(facts.offset === null || facts.offset >= leastSkipped, {
      rule: 'deep-offset',
      message:
        facts.offset === null
          ? 'OFFSET is a parameter: pages far behind read and drop every row before them.'
          : `${facts.offset} rows are read and dropped before the page.`,
      advice: 'Start each page after the last row of the one before (WHERE key > last).',
    }),
    ...when(facts.random, {
      rule: 'random-order',
      message: 'Every row is read and sorted to pick a few by chance.',
      advice:
        dialect === 'mysql'
          ? 'Pick a random key and take the next row from there by the primary key.'
          : 'Sort a sample (TABLESAMPLE SYSTEM), or pick a random key and take the next row from there.',
    }),
    ...when(facts.countForExistence, {
      rule: 'existence-count',
      message: 'All rows are counted to see whether there is one.',
      advice: 'Ask with EXISTS, which stops at the first.',
    }),
    ...when(facts.distinctJoin, {
      rule: 'distinct-fan-out',
      message: 'DISTINCT over a join may throw away copies that the join makes.',
      advice: 'Where a joined table is only asked for a match, ask with EXISTS.',
    }),
    ...when(facts.subqueryPerRow, {
      rule: 'correlated-subquery',
      message: 'A subquery in the select list aggregates for each row of the result.',
      advice: 'Where many rows are returned, join with the aggregates of all groups.',
    }),
    ...when(facts.plainHaving, {
      rule: 'having-without-aggregate',
      message: 'HAVING has no aggregate: rows are grouped before they are dropped.',
      advice: 'Move the condition to WHERE.',
    }),
    ...when(facts.star, {
      rule: 'select-star',
      message:
        'SELECT * fetches every column, those nobody reads too, and no index can answer alone.',
      advice: 'Name the columns that are read.',
    }),
    ...when(facts.unbounded, {
      rule: 'unbounded-result',
      message: 'Neither a condition nor a LIMIT bounds the rows of the result.',
      advice: 'Ask for a page, or stream the rows where all are needed.',
    }),
  ];
}

function when(holds: boolean, remark: Remark): readonly Remark[] {
  return holds ? [remark] : [];
}

function wrappedRemark({ column, inside, kind }: WrappedColumn): Remark {
  return {
    rule: kind === 'cast' ? 'implicit-cast' : 'non-sargable-predicate',
    message: `${column} stands inside ${inside}, so that a plain index on it is of no use.`,
    advice:
      kind === 'cast'
        ? 'Convert the value instead of the column.'
        : 'Compare the bare column, by a range where it is a moment; else index the expression.',
  };
}

function fractionRemark(column: string): Remark {
  return {
    rule: 'implicit-cast',
    message: `${column} is compared with a number that has a fraction: a column of whole numbers is converted row by row then, and no index on it is used.`,
    advice: 'Send a whole number.',
  };
}
