import type { PlanNode } from '../../../artifacts/plans.ts';
import { formatCount } from '../../../wording.ts';
import { planShape } from '../../read-plan.ts';
import { nodeLabel } from '../node-label.ts';
import type { PlanProblem } from '../plan-rule.ts';
import { leastCost } from '../thresholds.ts';

/** The same factor from which pev2 and pgAdmin mark an estimate. */
const leastRatio = 10;

/**
 * Compares the plan for given values with the one that serves any values, which PostgreSQL may keep
 * for a prepared statement after five executions. Null when they do the same, or when the generic
 * one costs less than ten times as much.
 */
export function genericPlanTrap(custom: PlanNode, generic: PlanNode): PlanProblem | null {
  const [customCost, genericCost] = [custom['Total Cost'], generic['Total Cost']];
  const ratio = genericCost / Math.max(customCost, 1);
  if (genericCost < leastCost || ratio < leastRatio) return null;
  if (planShape(custom) === planShape(generic)) return null;
  return {
    rule: 'generic-plan-trap',
    title: `Prepared for any values it costs ${formatCount(genericCost)}, for these ${formatCount(customCost)}`,
    criterion:
      'the generic plan costs ten times as much or more (the factor from which pev2 and pgAdmin mark an estimate)',
    node: { label: nodeLabel(generic), path: [] },
    share: 1 - customCost / genericCost,
    msHeld: null,
    explanation:
      'A prepared statement may get one plan for all values. Made without knowing them it is another than for these, ' +
      `and ${formatCount(ratio)} times as dear.`,
    advice: [
      'SET plan_cache_mode = force_custom_plan in sessions that send it as a prepared statement.',
      'Write a value that is always the same, such as a status, into the statement: only then can a partial index be used.',
    ],
  };
}
