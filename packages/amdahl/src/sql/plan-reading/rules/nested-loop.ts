import type { PlanNode } from '../../../artifacts/plans.ts';
import { counted, formatCount } from '../../../wording.ts';
import type { NodeFigures } from '../node-figures.ts';
import type { PlanRule } from '../plan-rule.ts';
import { dominantShare } from '../thresholds.ts';

/** At about a microsecond each, fewer loops do not fill the millisecond that matters to anyone. */
const leastLoops = 1_000;

/** A join that looks up its inner side again and again, where that is what the statement does. */
export const nestedLoop: PlanRule = {
  id: 'nested-loop',
  scope: 'node',
  criterion: '1,000 loops or more hold 40 % of the time or more (pev2)',
  check: (figures, reading) => {
    const { node } = figures;
    const inner = node.Plans?.find((child) => child['Parent Relationship'] === 'Inner');
    const outer = node.Plans?.find((child) => child['Parent Relationship'] === 'Outer');
    if (node['Node Type'] !== 'Nested Loop' || inner === undefined || outer === undefined)
      return null;
    const loops = reading.analysed ? lookups(inner) : outer['Plan Rows'];
    const share = Math.min(1, figures.share + reading.figuresOf(inner).totalShare);
    if (loops < leastLoops || share < dominantShare) return null;
    const innerFigures = reading.figuresOf(inner);
    return {
      title: `${innerFigures.label} runs ${formatCount(loops)} times inside a nested loop`,
      explanation:
        `For each of ${counted(loops, 'row')} of ${reading.figuresOf(outer).label} the inner side is ` +
        `${reading.analysed ? '' : 'to be '}executed again.`,
      share,
      advice: adviceFor(inner, reading.figuresOf(outer)),
    };
  },
};

/** What Memoize remembered was not executed again. */
function lookups(inner: PlanNode): number {
  const [below] = inner.Plans ?? [];
  const executed = inner['Node Type'] === 'Memoize' && below !== undefined ? below : inner;
  return executed['Actual Loops'] ?? 0;
}

function adviceFor(inner: PlanNode, outer: NodeFigures): readonly string[] {
  const scan = scanBelow(inner);
  const fewer =
    'Let fewer rows into the loop: filter, aggregate or LIMIT the outer side before the join.';
  const planned =
    outer.estimate?.direction === 'under' && outer.estimate.ratio >= 10
      ? [
          'The planner expected far fewer rows: bring the estimate of the outer side right and it will choose a hash join.',
        ]
      : [];
  if (scan?.['Node Type'] === 'Seq Scan') {
    return [
      ...planned,
      `Create an index on the columns of ${scan['Relation Name'] ?? 'the inner table'} that the join compares.`,
      fewer,
    ];
  }
  return [
    ...planned,
    fewer,
    'Join by plain equality of columns of one type, so that a hash or merge join is possible.',
  ];
}

/** The scan an inner side consists of, below what only keeps or passes rows. */
function scanBelow(node: PlanNode): PlanNode | null {
  const [child, ...others] = node.Plans ?? [];
  if (child === undefined) return node;
  return others.length === 0 ? scanBelow(child) : null;
}
