import type { Node } from 'libpg-query';
import type { CatalogColumn } from '../artifacts/catalog.ts';
import { parseArrayText } from './array-text.ts';
import { as, constantOf, mapNodes } from './ast.ts';
import { plainCandidates } from './index-candidates-plain.ts';
import type { IndexProposal } from './index-definition.ts';
import { deparseExpression } from './parser.ts';
import type { Predicate } from './predicates.ts';
import { qualifiedName, type Schema } from './schema.ts';
import type { Relation } from './scope.ts';
import type { QueryBlock } from './statement-shape.ts';

/**
 * Indexes of only those rows that satisfy a condition of the statement, when few do: unfinished jobs,
 * failed orders, rows not deleted. They are small, and writes to all other rows pass them by.
 *
 * The condition must stand in the statement's text as it is. The planner uses a partial index only
 * when it can prove the condition, which it cannot for `status = $1`: a prepared statement's generic
 * plan must serve every value.
 */
export function partialCandidates(
  relation: Relation,
  block: QueryBlock,
  schema: Schema,
  most: number,
): readonly IndexProposal[] {
  return block.predicates
    .filter((predicate) => predicate.relation === relation)
    .flatMap((predicate): readonly IndexProposal[] => {
      const selectivity = selectivityOf(predicate);
      if (selectivity === null || selectivity > mostOfTable) return [];
      const condition = conditionOf(predicate);
      const rest = block.predicates.filter((other) => other !== predicate);
      const name = qualifiedName(relation.table.schema, relation.table.name);
      const others = plainCandidates(relation, { ...block, predicates: rest }, schema);
      const chosen = others.length > 0 ? others.slice(0, most) : byKey(predicate, schema);
      return chosen.map((index) => ({
        ...index,
        predicate: condition,
        selectivity,
        reason: `${index.reason === '' ? `${name} is searched` : index.reason} among the few rows with ${condition}`,
      }));
    });
}

/** A condition that keeps more of the table than this is no reason (pghero drops it there too). */
const mostOfTable = 0.3;
/** A column with more values than this is no state: a constant in the text is one of very many then. */
const mostValues = 100;
/** Statistics come from so many rows; what was not seen among them is rarer than one of them. */
const sampledRows = 30_000;

/** Share of the rows that satisfy it; null when that is not known, or may be another one next time. */
function selectivityOf({ operator, node, column, expression, join }: Predicate): number | null {
  const { statistics } = column;
  if (statistics === null || expression !== null || join) return null;
  if (operator === 'null') return statistics.nullFraction;
  if (operator === 'not-null') return 1 - statistics.nullFraction;
  const values = valuesOf(node, operator);
  const isState = statistics.distinct > 0 && statistics.distinct <= mostValues;
  // Without common values all are alike, and none is rare.
  if (values === null || !isState || statistics.mostCommonValues === null) return null;
  return values.reduce((sum, value) => sum + frequencyOf(value, statistics), 0);
}

/** The constants it compares with, as PostgreSQL writes them; null for a parameter. */
function valuesOf(node: Node, operator: Predicate['operator']): readonly string[] | null {
  if (as(node, 'ColumnRef') !== null) return ['t'];
  if (as(node, 'BoolExpr')?.boolop === 'NOT_EXPR') return ['f'];
  const comparison = as(node, 'A_Expr');
  if (comparison === null || (operator !== 'equality' && operator !== 'in')) return null;
  const side = as(comparison.lexpr, 'ColumnRef') === null ? comparison.lexpr : comparison.rexpr;
  const values = (as(side, 'List')?.items ?? [side]).map((item) => constantOf(item));
  return values.every((value) => value !== undefined && value !== null)
    ? values.map((value) => (typeof value === 'boolean' ? (value ? 't' : 'f') : String(value)))
    : null;
}

function frequencyOf(value: string, statistics: NonNullable<CatalogColumn['statistics']>): number {
  const common = parseArrayText(statistics.mostCommonValues);
  const frequencies = parseArrayText(statistics.mostCommonFrequencies).map(Number);
  const known = frequencies[common.indexOf(value)];
  if (known !== undefined) return known;
  const others = Math.max(1, statistics.distinct - common.length);
  const rest = frequencies.reduce((left, each) => left - each, 1 - statistics.nullFraction);
  return Math.max(rest / others, 1 / sampledRows);
}

/** Without another column to search by, the rows of the condition are found by their key. */
function byKey({ relation, column }: Predicate, schema: Schema): readonly IndexProposal[] {
  const { table } = relation;
  const [first] = table.primaryKey;
  const unique = schema.indexesOf(table).find((index) => index.unique && index.keys.length === 1);
  const key = first ?? unique?.keys[0] ?? column.name;
  return [{ table, method: 'btree', keys: [{ column: key }], include: [], reason: '' }];
}

/** As an index of the table writes it: without the alias. */
function conditionOf({ node, column }: Predicate): string {
  const bare = mapNodes(node, (each) =>
    as(each, 'ColumnRef') === null
      ? null
      : { ColumnRef: { fields: [{ String: { sval: column.name } }] } },
  );
  return deparseExpression(bare);
}
