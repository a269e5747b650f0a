import type { PlanNode } from '../../../artifacts/plans.ts';
import { counted, formatBytes } from '../../../wording.ts';
import type { PlanRule } from '../plan-rule.ts';
import { leastShare } from '../thresholds.ts';

/** Rows in memory carry headers and pointers that the file leaves out: a rule of thumb. */
const memoryPerDisk = 2;

/** A sort larger than work_mem, done through temporary files. */
export const sortSpill: PlanRule = {
  id: 'sort-spill',
  scope: 'node',
  criterion: 'a sort on disk takes a tenth of the time or more (pev2)',
  check: ({ node, share, totalRows }, reading) => {
    const diskKb = diskOf(node);
    if (diskKb === 0 || share < leastShare) return null;
    const workMem = reading.setting('work_mem');
    const keys = (node['Sort Key'] ?? []).join(', ');
    return {
      title: `Sorting ${counted(totalRows ?? 0, 'row')} writes ${formatBytes(diskKb * 1_024)} to temporary files`,
      explanation: `The rows to sort do not fit into work_mem${workMem === null ? '' : ` (${workMem})`}, so that they are written out in runs and merged.`,
      advice: [
        `An index in the order of ${keys === '' ? 'the sort' : keys} saves the sort where it is all there is to do.`,
        'Select fewer or narrower columns below the sort, or sort after the rows were cut down.',
        `SET LOCAL work_mem to ${formatBytes(diskKb * 1_024 * memoryPerDisk)} or more in the transaction of this statement; not for all sessions.`,
      ],
    };
  },
};

/** Kilobytes on disk, over all workers and groups. */
function diskOf(node: PlanNode): number {
  const processes = [node, ...(node.Workers ?? [])];
  const whole = processes
    .filter((each) => each['Sort Space Type'] === 'Disk')
    .reduce((sum, each) => sum + (each['Sort Space Used'] ?? 0), 0);
  const groups = ['Full-sort Groups', 'Pre-sorted Groups'].map((name) => peakOnDisk(node[name]));
  return whole + Math.max(...groups);
}

function peakOnDisk(groups: unknown): number {
  const disk = (
    groups as { readonly 'Sort Space Disk'?: Readonly<Record<string, unknown>> } | undefined
  )?.['Sort Space Disk'];
  const peak = disk?.['Peak Sort Space Used'];
  return typeof peak === 'number' ? peak : 0;
}
