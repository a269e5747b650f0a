import type { CatalogArtifact, CatalogTable } from '../artifacts/catalog.ts';
import { withHierarchy } from './hierarchy.ts';
import { schemaOf } from './schema.ts';
import { tablesOf } from './tables-of.ts';

/**
 * The tables these statements read or write, through views, through partitions and parents, and
 * through functions in SQL, whose bodies become part of the plan.
 */
export function tablesInUse(
  statements: readonly string[],
  catalog: CatalogArtifact,
): readonly CatalogTable[] {
  const schema = schemaOf(catalog);
  const named = statements.flatMap((text) => tablesOf(text, schema));
  return withHierarchy([...named, ...tablesInFunctions(catalog)], catalog);
}

/** Tables whose names occur in the catalog's functions in SQL. */
export function tablesInFunctions({
  functions = [],
  tables,
}: CatalogArtifact): readonly CatalogTable[] {
  const bodies = functions.flatMap(({ language, definition }) =>
    language === 'sql' && definition !== null ? [definition.toLowerCase()] : [],
  );
  if (bodies.length === 0) return [];
  const words = new Set(bodies.flatMap((body) => body.match(/[\p{L}\p{N}_$]+/gu) ?? []));
  return tables.filter(({ name }) => words.has(name.toLowerCase()));
}
