import type { PlanNode } from '../../../artifacts/plans.ts';
import { counted, formatCount } from '../../../wording.ts';
import type { Estimate, NodeFigures } from '../node-figures.ts';
import type { PlanReading, PlanRule } from '../plan-rule.ts';
import { leastShare } from '../thresholds.ts';

/** pev2 and pgAdmin mark estimates from a factor of ten on. */
const leastRatio = 10;
/** Ten rows instead of one change no plan: a hundred on one of the sides. */
const leastRows = 100;
/** A node whose child is off by at least this part of its own factor has got its error from there. */
const inheritedPart = 0.5;

/** Many more or fewer rows than planned, where the plan above depends on their number. */
export const rowMisestimate: PlanRule = {
  id: 'row-misestimate',
  scope: 'node',
  criterion:
    'the estimate is off by a factor of 10 or more (pev2, pgAdmin), with 100 rows or more on one side',
  check: (figures, reading) => {
    const { estimate, node } = figures;
    if (estimate === null || !isOff(estimate) || isReread(figures) || inherits(figures, reading)) {
      return null;
    }
    const consumer = consumerOf(figures, reading);
    if (consumer === null) return null;
    const { planned, actual, ratio, direction } = estimate;
    const each = figures.loops > 1 ? ' a loop' : '';
    const table = node['Relation Name'];
    return {
      title: `${formatCount(ratio)} times ${direction === 'under' ? 'more' : 'fewer'} rows than planned from ${figures.label}`,
      explanation:
        `${counted(planned, 'row')}${each} were expected and ${actual === 0 ? 'none' : formatCount(actual)} came, ` +
        `and ${consumer.label} was chosen for the number expected.`,
      share: consumer.totalShare,
      advice: [
        table === undefined
          ? 'Run ANALYZE on the tables below the node, then look whether the estimate is better.'
          : `Run ANALYZE ${table}, then look whether the estimate is better.`,
        'Where conditions on several columns go together, CREATE STATISTICS on those columns tells the planner.',
        'Where a column is skewed, raise its statistics target; where an expression is compared, create statistics on it.',
      ],
    };
  },
};

function isOff({ ratio, planned, actual, direction, cutShort }: Estimate): boolean {
  if (direction === 'over' && cutShort) return false;
  return ratio >= leastRatio && Math.max(planned, actual) >= leastRows;
}

/** A merge join steps back in its inner side, and counts those rows again. */
function isReread({ node, ancestors: [parent] }: NodeFigures): boolean {
  return parent?.['Node Type'] === 'Merge Join' && node['Parent Relationship'] === 'Inner';
}

function inherits({ node, estimate }: NodeFigures, reading: PlanReading): boolean {
  return (node.Plans ?? []).some((child) => {
    const below = reading.figuresOf(child).estimate;
    return (
      below !== null &&
      isOff(below) &&
      below.direction === estimate?.direction &&
      below.ratio >= inheritedPart * estimate.ratio
    );
  });
}

/** The nearest node above whose choice or memory hangs on the number of rows. */
function consumerOf(figures: NodeFigures, reading: PlanReading): NodeFigures | null {
  let below: PlanNode = figures.node;
  for (const ancestor of figures.ancestors) {
    const found = reading.figuresOf(ancestor);
    if (depends(ancestor, below) && found.totalShare >= leastShare) return found;
    below = ancestor;
  }
  return null;
}

function depends(node: PlanNode, input: PlanNode): boolean {
  const type = node['Node Type'];
  if (type === 'Nested Loop') return input['Parent Relationship'] === 'Outer';
  if (type === 'Aggregate') return node.Strategy === 'Hashed';
  return /^(?:Hash|Sort|Incremental Sort|Materialize)$/.test(type);
}
