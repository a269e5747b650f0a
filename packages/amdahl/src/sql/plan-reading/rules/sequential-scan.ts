import { counted, formatCount, formatShare } from '../../../wording.ts';
import type { NodeFigures } from '../node-figures.ts';
import type { PlanReading, PlanRule } from '../plan-rule.ts';
import { leastCost, leastShare, manyRows } from '../thresholds.ts';

/**
 * pghero counts a range as keeping 10 % of the rows and leaves columns out of an index that keep
 * more than 30 %: up to a tenth an index is sure to read less.
 */
const mostKept = 0.1;
/** pghero suggests no index on a table below 500 rows. */
const leastRowsPerScan = 500;

/** A table read from end to end for a few of its rows. */
export const sequentialScan: PlanRule = {
  id: 'sequential-scan',
  scope: 'node',
  criterion:
    '10,000 rows or more are read and a tenth of them or fewer kept (pghero), in a tenth of the time or more (pev2)',
  check: (figures, reading) => {
    const { node, share, loops } = figures;
    if (node['Node Type'] !== 'Seq Scan' || node.Filter === undefined || share < leastShare) {
      return null;
    }
    const scan = scanned(figures, reading);
    if (scan === null) return null;
    const { read, kept } = scan;
    if (read < manyRows || read / scan.scans < leastRowsPerScan || kept > mostKept * read)
      return null;
    const table = node['Relation Name'] ?? 'the table';
    return {
      title: `${table} is read from end to end for ${formatCount(kept)} of ${counted(read, 'row')}`,
      explanation:
        `Every row is compared with ${node.Filter} and ${formatShare(1 - kept / read)} of them are thrown away` +
        `${scan.scans > 1 ? `, ${formatCount(loops)} times over` : ''}.`,
      advice: [
        `Create an index on the columns of ${table} that the filter compares; those compared by = first.`,
        'Where a function or a cast stands around a column, compare the bare column or index the expression.',
      ],
    };
  },
};

interface Scanned {
  /** Rows of all scans together. */
  readonly read: number;
  readonly kept: number;
  /** How often the whole table was read. */
  readonly scans: number;
}

function scanned(figures: NodeFigures, reading: PlanReading): Scanned | null {
  const { node, totalRows, loops, processes } = figures;
  if (totalRows !== null) {
    const removed = (node['Rows Removed by Filter'] ?? 0) * loops;
    const scans = node['Parallel Aware'] === true ? Math.max(1, loops / processes) : loops;
    return { read: totalRows + removed, kept: totalRows, scans };
  }
  const rows = reading.rowsOf(node);
  // Without the table's size the cost of the scan and the rows kept are all there is to go by.
  if (rows === null || node['Total Cost'] < leastCost) return null;
  return { read: rows, kept: node['Plan Rows'], scans: 1 };
}
