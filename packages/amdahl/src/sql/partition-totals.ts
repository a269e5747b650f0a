import type { CatalogArtifact, CatalogIndex, CatalogTable } from '../artifacts/catalog.ts';
import { childrenOf, leavesOf, nameKey } from './hierarchy.ts';

/**
 * A partitioned table holds nothing itself: gives it the rows, sizes and writes of its partitions,
 * and its indexes those of their parts, so that whoever judges a table sees the whole.
 */
export function withPartitionTotals(catalog: CatalogArtifact): CatalogArtifact {
  const children = childrenOf(catalog.tables);
  const parts = Map.groupBy(
    catalog.indexes.filter(({ partOf }) => partOf !== undefined),
    ({ partOf }) => (partOf === undefined ? '' : nameKey(partOf)),
  );
  return {
    ...catalog,
    tables: catalog.tables.map((table) =>
      table.kind === 'partitioned' ? totalOf(table, leavesOf(table, children)) : table,
    ),
    indexes: catalog.indexes.map((index) => totalOfIndex(index, parts)),
  };
}

function totalOf(table: CatalogTable, leaves: readonly CatalogTable[]): CatalogTable {
  const sum = (figure: (leaf: CatalogTable) => number): number =>
    leaves.reduce((total, leaf) => total + figure(leaf), 0);
  return {
    ...table,
    // A partition nobody has counted makes the whole unknown only when none was counted.
    rows: leaves.every((leaf) => leaf.rows < 0) ? -1 : sum((leaf) => Math.max(leaf.rows, 0)),
    pages: sum((leaf) => leaf.pages),
    allVisiblePages: sum((leaf) => leaf.allVisiblePages),
    sizeBytes: sum((leaf) => leaf.sizeBytes),
    toastBytes: sum((leaf) => leaf.toastBytes ?? 0),
    writes: {
      inserted: sum((leaf) => leaf.writes.inserted),
      updated: sum((leaf) => leaf.writes.updated),
      deleted: sum((leaf) => leaf.writes.deleted),
    },
  };
}

function totalOfIndex(
  index: CatalogIndex,
  parts: ReadonlyMap<string, readonly CatalogIndex[]>,
): CatalogIndex {
  const own = (parts.get(nameKey(index)) ?? []).map((part) => totalOfIndex(part, parts));
  if (own.length === 0) return index;
  const sum = (figure: (part: CatalogIndex) => number): number =>
    own.reduce((total, part) => total + figure(part), 0);
  return {
    ...index,
    pages: sum((part) => part.pages),
    sizeBytes: sum((part) => part.sizeBytes),
    rows: sum((part) => Math.max(part.rows ?? 0, 0)),
    scans: sum((part) => part.scans),
  };
}
