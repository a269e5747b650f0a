import type { ExperimentEffect, IndexExperiment } from '../../artifacts/experiments.ts';
import type { PlanNode } from '../../artifacts/plans.ts';
import type { LabIndex } from '../../sql/index-definition.ts';
import { costOf } from '../../sql/read-plan.ts';
import { qualifiedName } from '../../sql/schema.ts';
import type { HollowLab } from '../hollow-lab.ts';
import { effectOf, type LabStatement } from './lab-statement.ts';

/** An effect below this is noise of rounding, not a reason to build anything. */
const leastImprovement = 0.01;

/** Plans every statement with each candidate alone; candidates that help none are left out. */
export async function tryIndexes(
  lab: HollowLab,
  baseline: ReadonlyMap<LabStatement, PlanNode>,
  report: (status: string) => void,
  signal: AbortSignal,
): Promise<readonly IndexExperiment[]> {
  const indexes: IndexExperiment[] = [];
  let tried = 0;
  for (const [index, size] of lab.candidates) {
    signal.throwIfAborted();
    tried += 1;
    report(`trying index ${tried} of ${lab.candidates.size}`);
    const effects = await effectsOf(lab, index, baseline);
    if (effects.length === 0) continue;
    indexes.push({
      table: qualifiedName(index.table.schema, index.table.name),
      definition: index.definition,
      reason: index.reason,
      ...(index.rule === undefined ? {} : { rule: index.rule }),
      ...(index.requires === undefined ? {} : { requires: index.requires }),
      estimatedPages: size.pages,
      estimatedSizeBytes: size.sizeBytes,
      effects,
    });
  }
  return indexes;
}

/** The statements on the index's table that would be cheaper with it. */
async function effectsOf(
  lab: HollowLab,
  index: LabIndex,
  baseline: ReadonlyMap<LabStatement, PlanNode>,
): Promise<readonly ExperimentEffect[]> {
  const effects: ExperimentEffect[] = [];
  for (const [{ text, explainedText, parameters, tables }, before] of baseline) {
    if (!tables.includes(index.table)) continue;
    const after = await lab.explainWith([index], explainedText, parameters);
    if (costOf(after) <= costOf(before) * (1 - leastImprovement)) {
      effects.push(effectOf(text, before, after));
    }
  }
  return effects;
}
