import type { Node } from 'libpg-query';
import type { CatalogColumn, CatalogTable } from '../../artifacts/catalog.ts';
import { constantOf, findAll, lastName, walk } from '../../sql/ast.ts';
import {
  columnAmong,
  commonTables,
  queriesOf,
  sourcesOf,
  type SourceColumn,
} from '../../sql/lint/from-clause.ts';
import type { Schema } from '../../sql/schema.ts';

/** A column and what a statement compares it with, wherever in the statement. */
export interface ComparedColumn {
  readonly table: CatalogTable;
  readonly column: CatalogColumn;
  /** Literals, as text. */
  readonly constants: readonly string[];
  /** Numbers of parameters. */
  readonly parameters: readonly number[];
}

/** Two columns that a statement compares with each other. */
export type JoinedColumns = readonly [SourceColumn, SourceColumn];

/** Reads the comparisons of a statement, those under OR and in select lists too. */
export function comparisonsIn(
  statement: Node,
  schema: Schema,
): { readonly compared: readonly ComparedColumn[]; readonly joined: readonly JoinedColumns[] } {
  const hidden = commonTables(statement);
  const sources = queriesOf(statement).flatMap(({ from }) => sourcesOf(from, schema, hidden));
  const compared: ComparedColumn[] = [];
  const joined: JoinedColumns[] = [];
  walk([statement], (node) => {
    if (!('A_Expr' in node) && !('SubLink' in node)) return;
    const parts = findAll([Object.values(node)[0]], 'ColumnRef', { intoSubqueries: false });
    const columns = [
      ...new Map(
        parts.flatMap((part) => {
          const found = columnAmong(part, sources);
          return found === null ? [] : [[`${found.source.alias}.${found.column.name}`, found]];
        }),
      ).values(),
    ];
    const [first, second] = columns;
    if (first === undefined) return;
    if (second !== undefined) {
      const isEquality = 'A_Expr' in node && lastName(node.A_Expr.name) === '=';
      if (isEquality && columns.length === 2) joined.push([first, second]);
      return;
    }
    const { table, column } = first;
    const constants = findAll([node], 'A_Const').map((body) => constantOf({ A_Const: body }));
    compared.push({
      table,
      column,
      constants: constants
        .filter((value) => ['string', 'number', 'boolean'].includes(typeof value))
        .map(String),
      parameters: findAll([node], 'ParamRef').map(({ number = 0 }) => number),
    });
  });
  return { compared, joined };
}
