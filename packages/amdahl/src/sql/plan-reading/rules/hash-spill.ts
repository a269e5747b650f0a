import { counted, formatBytes, formatCount } from '../../../wording.ts';
import { groupingDiskKb, groupingMemoryKb, hashMemoryKb } from '../needed-memory.ts';
import type { NodeFigures } from '../node-figures.ts';
import type { PlanReading, PlanRule, Verdict } from '../plan-rule.ts';
import { leastShare } from '../thresholds.ts';

/** A hash table larger than its memory; pev2 too marks every hash of more than one batch. */
export const hashSpill: PlanRule = {
  id: 'hash-spill',
  scope: 'node',
  criterion: 'a hash has more than one batch (pev2) and takes a tenth of the time or more',
  check: (figures, reading) => {
    if (figures.node['Node Type'] === 'Hash') return ofJoin(figures, reading);
    return figures.node['Node Type'] === 'Aggregate' ? ofAggregate(figures, reading) : null;
  },
};

function ofJoin(figures: NodeFigures, reading: PlanReading): Verdict | null {
  const { node, ancestors, totalRows } = figures;
  const batches = node['Hash Batches'] ?? 1;
  const [join] = ancestors;
  // The join reads back what the hash wrote.
  const share = Math.min(
    1,
    figures.share + (join === undefined ? 0 : reading.figuresOf(join).share),
  );
  if (batches <= 1 || share < leastShare) return null;
  const planned = node['Original Hash Batches'] ?? batches;
  const neededKb = hashMemoryKb(node);
  return {
    title: `A hash table of ${counted(totalRows ?? 0, 'row')} is split into ${formatCount(batches)} batches on disk`,
    explanation:
      `The table does not fit into work_mem${memory(reading)} times hash_mem_multiplier, so that both sides of the join are written to temporary files and read again.` +
      (planned < batches
        ? ` ${counted(planned, 'batch', 'batches')} had been planned: the estimate of rows was too low.`
        : ''),
    share,
    advice: [
      'Cut down the rows or columns of the hashed side before the join.',
      ...workMemAdvice(neededKb),
    ],
  };
}

function ofAggregate({ node, share }: NodeFigures, reading: PlanReading): Verdict | null {
  const diskKb = groupingDiskKb(node);
  if (diskKb === 0 || share < leastShare) return null;
  const batches = node['HashAgg Batches'] ?? 1;
  return {
    title: `Grouping by hash writes ${formatBytes(diskKb * 1_024)} to temporary files`,
    explanation: `The groups do not fit into work_mem${memory(reading)} times hash_mem_multiplier, so that rows are set aside on disk and grouped later, in ${formatCount(batches)} batches.`,
    advice: [
      'Group by fewer columns, or by a key that the others depend on.',
      ...workMemAdvice(groupingMemoryKb(node)),
    ],
  };
}

function memory(reading: PlanReading): string {
  const workMem = reading.setting('work_mem');
  return workMem === null ? '' : ` (${workMem})`;
}

function workMemAdvice(neededKb: number): readonly string[] {
  const amount = neededKb === 0 ? 'more' : `about ${formatBytes(neededKb * 1_024)}`;
  return [
    `SET LOCAL work_mem to ${amount} in the transaction of this statement; not for all sessions.`,
  ];
}
