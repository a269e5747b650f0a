import { counted, formatBytes } from '../../../wording.ts';
import { sortDiskKb, sortMemoryKb } from '../needed-memory.ts';
import type { PlanRule } from '../plan-rule.ts';
import { leastShare } from '../thresholds.ts';

/** A sort larger than work_mem, done through temporary files. */
export const sortSpill: PlanRule = {
  id: 'sort-spill',
  scope: 'node',
  criterion: 'a sort on disk takes a tenth of the time or more (pev2)',
  check: ({ node, share, totalRows }, reading) => {
    // What is above a sort may not take all its rows.
    const [input] = node.Plans ?? [];
    const rows =
      (input === undefined ? null : reading.figuresOf(input).totalRows) ?? totalRows ?? 0;
    const diskKb = sortDiskKb(node);
    if (diskKb === 0 || share < leastShare) return null;
    const workMem = reading.setting('work_mem');
    const keys = (node['Sort Key'] ?? []).join(', ');
    return {
      title: `Sorting ${counted(rows, 'row')} writes ${formatBytes(diskKb * 1_024)} to temporary files`,
      explanation: `The rows to sort do not fit into work_mem${workMem === null ? '' : ` (${workMem})`}, so that they are written out in runs and merged.`,
      advice: [
        `An index in the order of ${keys === '' ? 'the sort' : keys} saves the sort where it is all there is to do.`,
        'Select fewer or narrower columns below the sort, or sort after the rows were cut down.',
        `SET LOCAL work_mem to ${formatBytes(sortMemoryKb(node) * 1_024)} or more in the transaction of this statement; not for all sessions.`,
      ],
    };
  },
};
