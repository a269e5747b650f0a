import type { CatalogArtifact, CatalogIndex, CatalogTable } from '../artifacts/catalog.ts';
import type { LabIndex } from '../sql/index-definition.ts';

/** What a lab is built from. */
export interface LabModel {
  readonly catalog: CatalogArtifact;
  /** Tables to model: those the statements use. */
  readonly tables: readonly CatalogTable[];
  /** Indexes to try. */
  readonly candidates: readonly LabIndex[];
}

/** The target's own indexes on the tables that are modelled. */
export function modelledIndexes({ catalog, tables }: LabModel): readonly CatalogIndex[] {
  return catalog.indexes.filter((index) => tableOf(index, tables) !== undefined);
}

/** The table an index belongs to. */
export function tableOf(
  index: CatalogIndex,
  tables: readonly CatalogTable[],
): CatalogTable | undefined {
  return tables.find(({ schema, name }) => schema === index.schema && name === index.table);
}
