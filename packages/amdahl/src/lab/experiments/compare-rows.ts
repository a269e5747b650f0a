import type { Node } from 'libpg-query';
import { as } from '../../sql/ast.ts';
import type { QueryFunction } from '../../sql/explain.ts';
import { isTotallyOrdered } from '../../sql/lint/total-order.ts';
import { deparse, parseStatement } from '../../sql/parser.ts';
import type { Schema } from '../../sql/schema.ts';

/** What a statement returned, so that two can be told apart without fetching their rows. */
interface Digest {
  readonly rows: number;
  readonly digest: string;
}

/** The outcome of one execution of both statements. */
export type Comparison =
  | { readonly outcome: 'same' | 'differs'; readonly rows: number }
  /** The original does not run with these parameters, so there is nothing to compare with. */
  | { readonly outcome: 'not-tried' };

/** Two statements made ready to be compared. */
export interface ComparedStatements {
  readonly before: string;
  readonly after: string;
}

/**
 * Wraps two statements so that each answers a digest of its rows. Rows count as often as they come.
 * Their order counts where ORDER BY leaves none open; where it does, a LIMIT may rightly cut off
 * other rows, so that both are compared without it: what is equal before the cut is a right answer
 * after it. UPDATE and DELETE are compared by the rows they touch; the caller rolls back.
 */
export function comparedStatements(
  before: string,
  after: string,
  schema: Schema,
): ComparedStatements | null {
  const [original, rewritten] = [parseStatement(before).node, parseStatement(after).node];
  if (original === null || rewritten === null) return null;
  const ordered = isTotallyOrdered(original, schema);
  const wrap = (node: Node): string => digestOf(ordered ? node : withoutCut(node), ordered);
  return { before: wrap(original), after: wrap(rewritten) };
}

/** Runs both with the same parameters, within a transaction, of which nothing stays. */
export async function compareRows(
  query: QueryFunction,
  { before, after }: ComparedStatements,
  parameters: readonly unknown[],
): Promise<Comparison> {
  const original = await digest(query, before, parameters);
  if (typeof original === 'string') return { outcome: 'not-tried' };
  const rewritten = await digest(query, after, parameters);
  if (rewritten === cancelled) return { outcome: 'not-tried' };
  const same =
    typeof rewritten !== 'string' &&
    rewritten.rows === original.rows &&
    rewritten.digest === original.digest;
  return { outcome: same ? 'same' : 'differs', rows: original.rows };
}

/** SQLSTATE of a statement that took longer than it may. */
const cancelled = '57014';

/** The SQLSTATE when the statement fails. A failure must not end the transaction it is in. */
async function digest(
  query: QueryFunction,
  text: string,
  parameters: readonly unknown[],
): Promise<Digest | string> {
  await query('SAVEPOINT amdahl_compare');
  try {
    const [row] = await query(text, parameters);
    return { rows: Number(row?.['rows']), digest: String(row?.['digest']) };
  } catch (error) {
    return (error as { code?: string }).code ?? '';
  } finally {
    await query('ROLLBACK TO SAVEPOINT amdahl_compare');
  }
}

function digestOf(node: Node, ordered: boolean): string {
  const digest = ordered
    ? `md5(string_agg(r::text, E'\\n'))`
    : `sum(hashtextextended(r::text, 0)::numeric)::text`;
  return `WITH r AS (${deparse(returning(node))}) SELECT count(*)::int AS rows, ${digest} AS digest FROM r`;
}

/** UPDATE, DELETE and MERGE made to answer the rows they touch. */
function returning(node: Node): Node {
  const star: Node = {
    ResTarget: { val: { ColumnRef: { fields: [{ A_Star: {} }] } } },
  };
  const update = as(node, 'UpdateStmt');
  if (update !== null) return { UpdateStmt: withReturning(update, star) };
  const remove = as(node, 'DeleteStmt');
  if (remove !== null) return { DeleteStmt: withReturning(remove, star) };
  const merge = as(node, 'MergeStmt');
  return merge === null ? node : { MergeStmt: withReturning(merge, star) };
}

function withReturning<Body extends object>(body: Body, star: Node): Body {
  return { ...body, returningClause: { exprs: [star] } };
}

function withoutCut(node: Node): Node {
  const select = as(node, 'SelectStmt');
  if (select === null) return node;
  const { sortClause: _sort, limitCount, limitOffset, limitOption: _option, ...rest } = select;
  if (limitCount === undefined && limitOffset === undefined) return node;
  return { SelectStmt: { ...rest, limitOption: 'LIMIT_OPTION_DEFAULT' } };
}
