import type { CompleteModel } from './lab-model.ts';
import type { LabQueries } from './restore-schema.ts';
export async function restoreExtendedStatistics(
  _queries: LabQueries,
  _model: CompleteModel,
): Promise<readonly string[]> {
  return [];
}
