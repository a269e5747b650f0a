import { as, conjunctsOf, findAll, lastName, replaceNode } from '../../ast.ts';
import { allOf } from '../build.ts';
import { hasAggregate, selectsOf } from '../from-clause.ts';
import { proposal, type LintRule } from '../rule.ts';

/**
 * A condition in HAVING that is on the grouped columns alone holds for all rows of a group or for
 * none, so it belongs in WHERE, before anything is grouped. PostgreSQL moves plain conditions by
 * itself, and the lab drops those; it leaves the ones with subqueries where they are.
 */
export const havingWithoutAggregate: LintRule = {
  id: 'having-without-aggregate',
  audit: 'having-without-aggregate',
  propose: ({ statement }) => {
    for (const select of selectsOf(statement)) {
      const groups = select.groupClause ?? [];
      const names = new Set(groups.map((group) => lastName(as(group, 'ColumnRef')?.fields)));
      if (groups.length === 0 || names.has('')) continue;
      const conditions = conjunctsOf(select.havingClause);
      const movable = conditions.filter(
        (condition) =>
          !hasAggregate([condition]) &&
          findAll([condition], 'ColumnRef').every(({ fields }) => names.has(lastName(fields))),
      );
      if (movable.length === 0) continue;
      const { havingClause: _having, ...rest } = select;
      const [where, having] = [
        allOf(select.whereClause, ...movable),
        allOf(...conditions.filter((condition) => !movable.includes(condition))),
      ];
      const moved = {
        ...rest,
        ...(where === undefined ? {} : { whereClause: where }),
        ...(having === undefined ? {} : { havingClause: having }),
      };
      return proposal(
        'having-without-aggregate',
        movable,
        replaceNode(statement, select as never, moved as never),
        'rows are grouped before a condition drops whole groups that could have been left out at once',
      );
    }
    return null;
  },
};
