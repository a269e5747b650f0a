import type { Node } from 'libpg-query';
import type { CatalogTable } from '../artifacts/catalog.ts';
import { as, lastName, nameParts, walk } from './ast.ts';
import { deparse, parseStatement } from './parser.ts';
import type { Schema } from './schema.ts';

/** Tables of which the statement's result has every column, because its select list has a star. */
export function starredTables(text: string, schema: Schema): readonly CatalogTable[] {
  return starsOf(text, schema).map(({ table }) => table);
}

/** The statement with each star written out as the columns that `keep` keeps. */
export function withoutStars(
  text: string,
  schema: Schema,
  keep: (table: CatalogTable, column: string) => boolean,
): string | null {
  const select = as(parseStatement(text).node, 'SelectStmt');
  if (select === null) return null;
  const stars = starsOf(text, schema);
  const targetList = (select.targetList ?? []).flatMap((target): readonly Node[] => {
    const replaced = stars.filter((star) => star.target === target);
    if (replaced.length === 0) return [target];
    return replaced.flatMap(({ alias, table }) =>
      table.columns
        .filter((column) => keep(table, column.name))
        .map((column) => ({
          ResTarget: {
            val: {
              ColumnRef: { fields: [alias, column.name].map((sval) => ({ String: { sval } })) },
            },
          },
        })),
    );
  });
  return deparse({ SelectStmt: { ...select, targetList } });
}

interface Star {
  readonly target: Node;
  readonly alias: string;
  readonly table: CatalogTable;
}

/** Only the outermost select list counts: an inner star is cut down to what the outer one uses. */
function starsOf(text: string, schema: Schema): readonly Star[] {
  const select = as(parseStatement(text).node, 'SelectStmt');
  if (select === null) return [];
  const tables: { alias: string; table: CatalogTable }[] = [];
  walk(select.fromClause, (node) => {
    const relation = as(node, 'RangeVar');
    const name = relation?.relname ?? '';
    const table = relation === null ? null : schema.table(relation.schemaname ?? null, name);
    if (table !== null) tables.push({ alias: relation?.alias?.aliasname ?? name, table });
    return !('RangeSubselect' in node);
  });
  return (select.targetList ?? []).flatMap((target) => {
    const fields = as(as(target, 'ResTarget')?.val, 'ColumnRef')?.fields;
    if (fields === undefined || lastName(fields) !== '*') return [];
    const qualifier = nameParts(fields).at(-2);
    return tables
      .filter(({ alias }) => qualifier === undefined || qualifier === alias)
      .map((each) => ({ target, ...each }));
  });
}
