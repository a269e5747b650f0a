import { formatBytes, formatShare } from '../../../wording.ts';
import type { NodeFigures } from '../node-figures.ts';
import type { PlanRule } from '../plan-rule.ts';
import { leastShare } from '../thresholds.ts';

/** pghero wants 99 % of blocks found in shared buffers. */
const leastHitRatio = 0.99;
/** 8 MB: fewer blocks than this one disk reads in milliseconds. */
const leastReadBlocks = 1_000;
const blockBytes = 8_192;

/** Much is read from outside PostgreSQL's memory. */
export const buffersRead: PlanRule = {
  id: 'buffers-read',
  scope: 'statement',
  criterion: '8 MB or more are read and fewer than 99 % of the blocks were in memory (pghero)',
  check: ({ node }, { nodes }) => {
    const hit = node['Shared Hit Blocks'] ?? 0;
    const read = node['Shared Read Blocks'] ?? 0;
    const ratio = hit + read === 0 ? 1 : hit / (hit + read);
    if (read < leastReadBlocks || ratio >= leastHitRatio) return null;
    const worst = nodes.reduce((most, each) => (readBy(each) > readBy(most) ? each : most));
    if (worst.share < leastShare) return null;
    const bytes = formatBytes(read * blockBytes);
    return {
      title: `${bytes} are read from outside shared buffers; ${formatShare(ratio)} of blocks were in them`,
      explanation: `Most of it, ${formatBytes(readBy(worst) * blockBytes)}, is read by ${worst.label}. It may come from the operating system’s cache or from the disk.`,
      share: worst.share,
      advice: [
        `Read less: an index, a covering index or narrower rows for ${worst.label}.`,
        'Explain it again: what was cold the first time may be in memory the second.',
        'If all statements fare like this, the data in use outgrew shared_buffers; a quarter of the memory is where the manual has it start.',
      ],
    };
  },
};

function readBy({ ownBuffers }: NodeFigures): number {
  return ownBuffers?.read ?? 0;
}
