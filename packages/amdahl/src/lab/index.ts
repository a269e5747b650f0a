export { startPostgres, type PostgresOptions, type PostgresServer } from './postgres.ts';
export { labErrors, type LabErrorCode } from './lab-errors.ts';
export { buildHollowLab, type HollowLab } from './hollow-lab.ts';
export type { LabModel } from './lab-model.ts';
export type { IndexSize } from './index-size.ts';
export { openReadOnly, type ReadOnlyDatabase } from '../sql/read-only-database.ts';
export { readCatalog } from '../sql/read-catalog.ts';
export { explain, type QueryFunction } from '../sql/explain.ts';
export { costOf, indexesUsed, planShape } from '../sql/read-plan.ts';
export { schemaOf, type Schema } from '../sql/schema.ts';
export {
  defineIndex,
  type IndexKey,
  type IndexProposal,
  type LabIndex,
} from '../sql/index-definition.ts';
export type { CatalogArtifact, CatalogIndex, CatalogTable } from '../artifacts/catalog.ts';
export type { PlanNode } from '../artifacts/plans.ts';
export { agreeWithTarget } from './experiments/agree-with-target.ts';
export { labStatements, type LabStatement } from './experiments/lab-statement.ts';
export { planCache, type PlanCache } from './experiments/plan-cache.ts';
export { workloadCandidates, type CandidateOptions } from './experiments/workload-candidates.ts';
export { selectIndexes, type SelectionOptions } from './experiments/select-indexes.ts';
export type { IndexSelection, SelectedIndex } from '../artifacts/experiments.ts';
