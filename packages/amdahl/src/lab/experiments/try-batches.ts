import type { BatchExperiment } from '../../artifacts/experiments.ts';
import type { PlanNode } from '../../artifacts/plans.ts';
import { columnTypes } from '../../sql/array-type.ts';
import { batchStatement } from '../../sql/batch.ts';
import { costOf } from '../../sql/read-plan.ts';
import type { Schema } from '../../sql/schema.ts';
import type { HollowLab } from '../hollow-lab.ts';
import type { LabStatement } from './lab-statement.ts';

/** Values of the batch that is planned: a page of a list. */
const valuesPlanned = 20;

/**
 * Plans every lookup as one batch of many, to tell how much of the loop's work the batch still does.
 * Looked up are the values that were captured, each many times: the planner counts values, and
 * expects no two to be equal.
 */
export async function tryBatches(
  lab: HollowLab,
  baseline: ReadonlyMap<LabStatement, PlanNode>,
  schema: Schema,
  signal: AbortSignal,
): Promise<readonly BatchExperiment[]> {
  const batches: BatchExperiment[] = [];
  for (const [{ text, explainedText, parameters }, single] of baseline) {
    signal.throwIfAborted();
    const batch = batchStatement(
      explainedText,
      parameters.length === 0 ? [] : [parameters],
      columnTypes(explainedText, schema),
    );
    // A literal in the text has no place among the parameters that were sent.
    if (batch === null || batch.parameters.some((number) => number > parameters.length)) continue;
    const values = parameters.map((value, index) =>
      batch.parameters.includes(index + 1)
        ? Array.from({ length: valuesPlanned }, () => value)
        : value,
    );
    try {
      const together = await lab.explain(batch.text, values);
      batches.push({
        text,
        parameters: batch.parameters,
        values: valuesPlanned,
        costOfOne: costOf(single),
        costOfBatch: costOf(together),
      });
    } catch {
      // Not every statement can be batched as text: then nothing is known of it.
    }
  }
  return batches;
}
