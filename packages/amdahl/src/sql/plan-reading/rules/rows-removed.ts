import { counted, formatCount, formatShare } from '../../../wording.ts';
import type { PlanRule } from '../plan-rule.ts';
import { leastShare, manyRows } from '../thresholds.ts';

/** pev2's upper band: more than 90 % of what a node read was removed again. */
const mostRemoved = 0.9;

/** Rows that an index or a join brought and a filter threw away. */
export const rowsRemoved: PlanRule = {
  id: 'rows-removed',
  scope: 'node',
  criterion: '10,000 rows or more are removed, more than 90 % of those read (pev2)',
  check: ({ node, share, totalRows, loops }) => {
    // A sequential scan has a rule of its own.
    if (node['Node Type'] === 'Seq Scan' || totalRows === null || share < leastShare) return null;
    const byFilter = (node['Rows Removed by Filter'] ?? 0) * loops;
    const byJoin = (node['Rows Removed by Join Filter'] ?? 0) * loops;
    const removed = byFilter + byJoin;
    const read = totalRows + removed;
    if (removed < manyRows || removed < mostRemoved * read) return null;
    const condition = (byJoin > byFilter ? node['Join Filter'] : node.Filter) ?? 'the filter';
    const index = node['Index Name'];
    const source =
      index === undefined ? (node['Relation Name'] ?? 'the join') : `the index ${index}`;
    return {
      title: `${formatCount(removed)} of ${counted(read, 'row')} from ${source} are thrown away`,
      explanation: `Only after they were fetched are rows compared with ${condition}, which keeps ${formatShare(totalRows / read)} of them.`,
      advice:
        byJoin > byFilter
          ? ['Join by an equality, so that an index or a hash can find the matching rows.']
          : [
              index === undefined
                ? 'Create an index on the columns the filter compares.'
                : `Add the columns the filter compares to the index, after those of ${index} that are compared by =.`,
              'Where the filter is a constant condition, make it the WHERE of a partial index.',
            ],
    };
  },
};
