import type { Node } from 'libpg-query';
import { as, findAll, mapNodes, nameParts } from '../../sql/ast.ts';
import type { QueryFunction } from '../../sql/explain.ts';
import { deparseExpression } from '../../sql/parser.ts';
import type { Rewrite } from '../../sql/lint/rules/date-range.ts';
import { quoteIdentifier } from '../../sql/schema.ts';

/**
 * Whether rewritten conditions keep the same values as the original ones: tried on the column's
 * common values and histogram bounds, which are real values of the target, and on the microseconds
 * around each end of the range. Null when that cannot be tried.
 */
export async function keepsSameRows(
  query: QueryFunction,
  steps: readonly Rewrite[],
  parameters: readonly unknown[],
): Promise<boolean | null> {
  let same = true;
  for (const step of steps) {
    try {
      const [row] = await query(comparisonOf(step, parameters), sampleOf(step));
      same &&= Number(row?.['differing']) === 0 && Number(row?.['tried']) > 0;
    } catch {
      return null;
    }
  }
  return same;
}

function sampleOf({ predicate }: Rewrite): readonly unknown[] {
  const { statistics } = predicate.column;
  return [statistics?.mostCommonValues ?? '{}', statistics?.histogramBounds ?? '{}'];
}

function comparisonOf(step: Rewrite, parameters: readonly unknown[]): string {
  const { type, name } = step.predicate.column;
  const sql = (node: Node): string => deparseExpression(withValues(node, parameters));
  const [reference] = findAll(step.before, 'ColumnRef');
  const alias = nameParts(reference?.fields).at(-2) ?? step.predicate.relation.alias;
  const ends = step.ends.map((end) => `(CAST(${sql(end)} AS ${type}))`).join(', ');
  const tick = type === 'date' ? "interval '1 day'" : "interval '1 microsecond'";
  return `
    WITH ends(value) AS (VALUES ${ends}),
    sample(value) AS (
      SELECT * FROM unnest(CAST(CAST($1 AS text) AS ${type}[])) UNION ALL
      SELECT * FROM unnest(CAST(CAST($2 AS text) AS ${type}[])) UNION ALL
      SELECT value FROM ends UNION ALL
      SELECT CAST(value - ${tick} AS ${type}) FROM ends UNION ALL
      SELECT CAST(value + ${tick} AS ${type}) FROM ends)
    SELECT count(*) AS tried,
      count(*) FILTER (WHERE (${sql(step.before)}) IS DISTINCT FROM (${sql(step.after)})) AS differing
    FROM (SELECT value AS ${quoteIdentifier(name)} FROM sample) AS ${quoteIdentifier(alias)}`;
}

/** Puts the values that were sent in the place of `$n`, still untyped. */
function withValues(node: Node, parameters: readonly unknown[]): Node {
  return mapNodes(node, (each) => {
    const parameter = as(each, 'ParamRef');
    if (parameter === null) return null;
    const value = parameters[(parameter.number ?? 0) - 1];
    if (typeof value !== 'string' && typeof value !== 'number') {
      throw new Error(`no plain value for $${parameter.number}`);
    }
    return { A_Const: { sval: { sval: String(value) } } };
  });
}
