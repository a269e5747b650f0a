import type { ExperimentEffect, IndexExperiment } from '../../artifacts/experiments.ts';
import type { PlanNode } from '../../artifacts/plans.ts';
import { indexKind, type LabIndex } from '../../sql/index-definition.ts';
import { costOf } from '../../sql/read-plan.ts';
import { qualifiedName } from '../../sql/schema.ts';
import type { HollowLab } from '../hollow-lab.ts';
import { effectOf, type LabStatement } from './lab-statement.ts';
import type { PlanCache } from './plan-cache.ts';

/** An effect below this is noise of rounding, not a reason to build anything. */
const leastImprovement = 0.01;

/**
 * Plans every statement with each candidate alone; candidates that help none are left out, and so
 * are those that only make sense for the workload as a whole: merged of two, or smaller than an
 * index that is there.
 */
export async function tryIndexes(
  lab: HollowLab,
  cache: PlanCache,
  baseline: ReadonlyMap<LabStatement, PlanNode>,
  report: (status: string) => void,
  signal: AbortSignal,
): Promise<readonly IndexExperiment[]> {
  const indexes: IndexExperiment[] = [];
  const everything = new Set(lab.candidates.keys());
  const gaining = new Map<LabStatement, PlanNode>();
  for (const [statement, before] of baseline) {
    // What all candidates together do not help, none of them does.
    const best = await cache.plan(statement, everything);
    if (best !== null && helps(before, best)) gaining.set(statement, before);
  }
  let tried = 0;
  for (const [index, size] of lab.candidates) {
    if (index.merged === true || index.beside !== undefined) continue;
    signal.throwIfAborted();
    tried += 1;
    report(`trying index ${tried} of ${lab.candidates.size}`);
    const effects = await effectsOf(cache, index, gaining);
    if (effects.length === 0) continue;
    indexes.push({
      table: qualifiedName(index.table.schema, index.table.name),
      definition: index.definition,
      reason: index.reason,
      ...(index.rule === undefined ? {} : { rule: index.rule }),
      ...(index.requires === undefined ? {} : { requires: index.requires }),
      kind: indexKind(index),
      estimatedPages: size.pages,
      estimatedSizeBytes: size.sizeBytes,
      effects,
    });
  }
  return indexes;
}

function helps(before: PlanNode, after: PlanNode): boolean {
  return costOf(after) <= costOf(before) * (1 - leastImprovement);
}

/** The statements on the index's table that would be cheaper with it. */
async function effectsOf(
  cache: PlanCache,
  index: LabIndex,
  baseline: ReadonlyMap<LabStatement, PlanNode>,
): Promise<readonly ExperimentEffect[]> {
  const effects: ExperimentEffect[] = [];
  for (const [statement, before] of baseline) {
    if (!cache.couldUse(statement, index)) continue;
    const after = await cache.plan(statement, new Set([index]));
    if (after !== null && helps(before, after)) {
      effects.push(effectOf(statement.text, before, after));
    }
  }
  return effects;
}
