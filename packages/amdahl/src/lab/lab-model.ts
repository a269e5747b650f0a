import type {
  CatalogArtifact,
  CatalogExtendedStatistics,
  CatalogIndex,
  CatalogTable,
  CatalogView,
} from '../artifacts/catalog.ts';
import { nameKey, withHierarchy } from '../sql/hierarchy.ts';
import type { LabIndex } from '../sql/index-definition.ts';
import { tablesInFunctions } from '../sql/tables-in-use.ts';

/** What a lab is built from. */
export interface LabModel {
  readonly catalog: CatalogArtifact;
  /**
   * Tables to model: those the statements use. What belongs to them comes by itself: partitions and
   * other children, parents, and tables that functions in SQL read.
   */
  readonly tables: readonly CatalogTable[];
  /** Indexes to try. Those of a partitioned table are tried on all its partitions at once. */
  readonly candidates: readonly LabIndex[];
}

/** A model with all that belongs to its tables, parents before children. */
export interface CompleteModel extends LabModel {
  /** The target's own indexes on these tables, in the order they were made. */
  readonly indexes: readonly CatalogIndex[];
  /** Those of these tables. */
  readonly extendedStatistics: readonly CatalogExtendedStatistics[];
  /** Views that read nothing but these tables. */
  readonly views: readonly CatalogView[];
  readonly table: (schema: string, name: string) => CatalogTable | undefined;
}

export function completeModel(model: LabModel): CompleteModel {
  const { catalog } = model;
  const tables = withHierarchy([...model.tables, ...tablesInFunctions(catalog)], catalog);
  const byName = new Map(tables.map((table) => [nameKey(table), table]));
  return {
    ...model,
    tables,
    indexes: catalog.indexes
      .filter(({ schema, table }) => byName.has(nameKey({ schema, name: table })))
      .sort((a, b) => (a.oid ?? 0) - (b.oid ?? 0)),
    extendedStatistics: (catalog.extendedStatistics ?? []).filter(({ table }) =>
      byName.has(nameKey(table)),
    ),
    views: viewsOf(catalog, new Set(byName.keys())),
    table: (schema, name) => byName.get(nameKey({ schema, name })),
  };
}

/** Views come in the order they were made, so that what one reads stands before it. */
function viewsOf(catalog: CatalogArtifact, present: Set<string>): readonly CatalogView[] {
  return (catalog.views ?? []).filter((view) => {
    const isWhole = (view.reads ?? []).every((name) => present.has(nameKey(name)));
    if (isWhole) present.add(nameKey(view));
    return isWhole;
  });
}
