import { counted, formatCount, formatShare } from '../../../wording.ts';
import type { PlanRule } from '../plan-rule.ts';
import { leastShare } from '../thresholds.ts';

/** A tenth of the blocks: below that the rechecked rows are few beside those wanted. */
const leastPart = 0.1;
/** Rechecking the rows of fewer blocks stays below the millisecond that matters to anyone. */
const leastBlocks = 100;

/** A bitmap too large for work_mem, that remembers pages where it should remember rows. */
export const lossyBitmap: PlanRule = {
  id: 'lossy-bitmap',
  scope: 'node',
  criterion: '100 blocks or more, and a tenth of the bitmap or more, are lossy',
  check: ({ node, share, loops }, reading) => {
    const workers = [node, ...(node.Workers ?? [])];
    const sum = (name: 'Lossy Heap Blocks' | 'Exact Heap Blocks'): number =>
      workers.reduce((all, each) => all + Number(each[name] ?? 0), 0);
    const lossy = sum('Lossy Heap Blocks');
    const blocks = lossy + sum('Exact Heap Blocks');
    if (lossy < leastBlocks || lossy < leastPart * blocks || share < leastShare) return null;
    const rechecked = (node['Rows Removed by Index Recheck'] ?? 0) * loops;
    const workMem = reading.setting('work_mem');
    return {
      title: `${formatShare(lossy / blocks)} of the bitmap’s ${counted(blocks, 'block')} are lossy`,
      explanation:
        `The bitmap does not fit into work_mem${workMem === null ? '' : ` (${workMem})`}, so that of ${counted(lossy, 'block')} all rows are compared again` +
        `${rechecked === 0 ? '' : `; ${formatCount(rechecked)} were thrown away`}.`,
      advice: [
        'An index on more of the compared columns gives a smaller bitmap.',
        'SET LOCAL work_mem to several times as much in the transaction of this statement.',
      ],
    };
  },
};
