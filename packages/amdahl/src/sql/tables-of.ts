import type { CatalogTable } from '../artifacts/catalog.ts';
import { parseStatement } from './parser.ts';
import { searchPath, type Schema } from './schema.ts';
import { relationsOf } from './statement-relations.ts';

/** Every table a statement touches, through views and subqueries too. */
export function tablesOf(text: string, schema: Schema): readonly CatalogTable[] {
  const found = new Set<CatalogTable>();
  const seenViews = new Set<string>();
  const visit = (sql: string): void => {
    const { node } = parseStatement(sql);
    if (node === null) return;
    for (const { schemaname = null, relname = '' } of relationsOf(node)) {
      const table = schema.table(schemaname, relname);
      if (table !== null) found.add(table);
      const view = viewNamed(schemaname, relname, schema);
      if (view === undefined || seenViews.has(view.definition)) continue;
      seenViews.add(view.definition);
      visit(view.definition);
    }
  };
  visit(text);
  return [...found];
}

function viewNamed(
  schemaName: string | null,
  name: string,
  schema: Schema,
): { readonly definition: string } | undefined {
  const path = schemaName === null ? searchPath(schema.catalog) : [schemaName];
  return (schema.catalog.views ?? []).find(
    (view) => view.name === name && path.includes(view.schema),
  );
}
