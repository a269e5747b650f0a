import type { CatalogArtifact, CatalogName, CatalogTable } from '../artifacts/catalog.ts';

/** A schema and a name as one key of maps and sets. */
export function nameKey({ schema, name }: CatalogName): string {
  return JSON.stringify([schema, name]);
}

/** What a table is a partition of or inherits from. */
export function parentsOf(table: CatalogTable): readonly CatalogName[] {
  return table.partitionOf === undefined ? (table.inherits ?? []) : [table.partitionOf];
}

/** Children of every table that has some, by `nameKey`. */
export function childrenOf(
  tables: readonly CatalogTable[],
): ReadonlyMap<string, readonly CatalogTable[]> {
  const children = new Map<string, CatalogTable[]>();
  for (const table of tables) {
    for (const parent of parentsOf(table)) {
      const known = children.get(nameKey(parent));
      if (known === undefined) children.set(nameKey(parent), [table]);
      else known.push(table);
    }
  }
  return children;
}

/**
 * These tables with all they read: partitions and other children, theirs too, and with what they are
 * parts of. In the order they were made, but parents before their children.
 */
export function withHierarchy(
  tables: Iterable<CatalogTable>,
  catalog: CatalogArtifact,
): readonly CatalogTable[] {
  const children = childrenOf(catalog.tables);
  const byName = new Map(catalog.tables.map((table) => [nameKey(table), table]));
  const found = new Map<string, CatalogTable>();
  const addDown = (table: CatalogTable): void => {
    if (found.has(nameKey(table))) return;
    found.set(nameKey(table), table);
    for (const child of children.get(nameKey(table)) ?? []) addDown(child);
  };
  for (const table of tables) addDown(table);
  const ordered = new Map<string, CatalogTable>();
  const addUp = (table: CatalogTable): void => {
    if (ordered.has(nameKey(table))) return;
    for (const parent of parentsOf(table)) {
      const known = byName.get(nameKey(parent));
      if (known !== undefined) addUp(known);
    }
    ordered.set(nameKey(table), table);
  };
  for (const table of [...found.values()].sort((a, b) => (a.oid ?? 0) - (b.oid ?? 0))) addUp(table);
  return [...ordered.values()];
}

/**
 * The tables that hold the rows of a partitioned table: its partitions that are not partitioned
 * themselves; any other table alone.
 */
export function leavesOf(
  table: CatalogTable,
  children: ReadonlyMap<string, readonly CatalogTable[]>,
): readonly CatalogTable[] {
  if (table.kind !== 'partitioned') return [table];
  return (children.get(nameKey(table)) ?? []).flatMap((child) => leavesOf(child, children));
}
