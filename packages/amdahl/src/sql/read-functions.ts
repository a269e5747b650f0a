import type { CatalogFunction } from '../artifacts/catalog.ts';
import { functionNamesQuery, functionsQuery } from './catalog-queries.ts';
import type { ReadOnlyDatabase } from './read-only-database.ts';

/**
 * Reads the functions whose names occur in these texts, or in the bodies of those; null texts stand
 * for any. A name that merely occurs costs one function too many, which does no harm.
 */
export async function readFunctions(
  database: ReadOnlyDatabase,
  texts: readonly string[] | null,
): Promise<readonly CatalogFunction[]> {
  const rows = await database.query<{ name: string }>(functionNamesQuery);
  const unused = new Set(rows.map(({ name }) => name));
  const found: CatalogFunction[] = [];
  for (let names = namesIn(texts, unused); names.length > 0;) {
    names.forEach((name) => unused.delete(name));
    const functions = await database.query<CatalogFunction>(functionsQuery, [names]);
    found.push(...functions);
    names = namesIn(
      functions.flatMap(({ definition }) => definition ?? []),
      unused,
    );
  }
  return found;
}

function namesIn(texts: readonly string[] | null, names: ReadonlySet<string>): readonly string[] {
  if (texts === null) return [...names];
  // Most databases have none, and then no text needs to be looked through.
  if (names.size === 0) return [];
  const words = new Set(
    texts.flatMap((text) =>
      [...text.matchAll(/"((?:[^"]|"")+)"|[\p{L}_][\p{L}\p{N}_$]*/gu)].map(
        ([word, quoted]) => quoted?.replaceAll('""', '"') ?? word.toLowerCase(),
      ),
    ),
  );
  return [...names].filter((name) => words.has(name));
}
