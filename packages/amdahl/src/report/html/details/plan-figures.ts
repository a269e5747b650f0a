import { formatMs } from '@amdahl/metrics';
import type { PlanNode } from '../../../artifacts/plans.ts';
import type { NodeFigures } from '../../../sql/plan-reading/node-figures.ts';
import { counted, formatBytes, formatCount } from '../../../wording.ts';

const blockBytes = 8_192;

/** What else EXPLAIN printed of a node, in sentences: how loops and processes add up, memory, blocks. */
export function planFigures(figures: NodeFigures): readonly string[] {
  return [
    ...loopsText(figures),
    ...workersText(figures.node),
    ...blocksText(figures),
    ...memoryText(figures.node),
    ...removedText(figures.node),
  ];
}

/** EXPLAIN prints averages of a loop; the tree shows sums. */
function loopsText({
  node,
  loops,
  processes,
  neverExecuted,
  totalRows,
}: NodeFigures): readonly string[] {
  if (neverExecuted) return ['What is above it never asked for a row.'];
  if (totalRows === null || loops <= 1) return [];
  const eachMs = node['Actual Total Time'];
  const each = `${counted(node['Actual Rows'] ?? 0, 'row')}${eachMs === undefined ? '' : ` in ${formatMs(eachMs)}`}`;
  const executed = `It ran ${formatCount(loops)} times, each time with ${each} on average`;
  return processes > 1
    ? [
        `${executed}; ${formatCount(processes)} processes ran it at the same time, so that the time waited for is that sum divided by them.`,
      ]
    : [`${executed}.`];
}

function workersText(node: PlanNode): readonly string[] {
  const planned = node['Workers Planned'];
  if (planned === undefined) return [];
  const launched = node['Workers Launched'];
  return [
    `${counted(planned, 'worker')} planned${launched === undefined ? '' : `, ${formatCount(launched)} launched`}; the leader works too.`,
  ];
}

function blocksText({ ownBuffers }: NodeFigures): readonly string[] {
  if (ownBuffers === null) return [];
  const { hit, read, tempRead, tempWritten } = ownBuffers;
  return [
    ...(hit + read === 0
      ? []
      : [
          `It touched ${formatBytes((hit + read) * blockBytes)}, ${read === 0 ? 'all of it' : `of which ${formatBytes(read * blockBytes)} were not`} in shared buffers.`,
        ]),
    ...(tempRead + tempWritten === 0
      ? []
      : [
          `It wrote ${formatBytes(tempWritten * blockBytes)} to temporary files and read ${formatBytes(tempRead * blockBytes)} of them.`,
        ]),
  ];
}

function memoryText(node: PlanNode): readonly string[] {
  const sortedKb = node['Sort Space Used'];
  const batches = node['Hash Batches'] ?? node['HashAgg Batches'];
  const peakKb = node['Peak Memory Usage'];
  return [
    ...(node['Sort Method'] === undefined || sortedKb === undefined
      ? []
      : [
          `Sorted by ${node['Sort Method']}, in ${formatBytes(sortedKb * 1_024)} of ${node['Sort Space Type'] === 'Disk' ? 'disk' : 'memory'}.`,
        ]),
    ...(peakKb === undefined
      ? []
      : [
          `It took ${formatBytes(peakKb * 1_024)} of memory${batches === undefined || batches <= 1 ? '' : `, in ${formatCount(batches)} batches`}.`,
        ]),
  ];
}

function removedText(node: PlanNode): readonly string[] {
  const fetches = node['Heap Fetches'] ?? 0;
  const byJoin = node['Rows Removed by Join Filter'] ?? 0;
  const recheck = node['Rows Removed by Index Recheck'] ?? 0;
  return [
    ...(fetches === 0 ? [] : [`It had to look at the table for ${counted(fetches, 'row')}.`]),
    ...(byJoin === 0 ? [] : [`The join filter removed ${counted(byJoin, 'row')} of each loop.`]),
    ...(recheck === 0 ? [] : [`Comparing again removed ${counted(recheck, 'row')} of each loop.`]),
  ];
}
