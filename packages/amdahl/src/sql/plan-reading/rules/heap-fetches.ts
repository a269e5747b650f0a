import { counted, formatCount } from '../../../wording.ts';
import type { PlanRule } from '../plan-rule.ts';
import { leastShare } from '../thresholds.ts';

/** pev2's second band: heap fetches for more than 40 % of the rows. */
const leastPart = 0.4;
/** At two microseconds a fetch, fewer stay near the millisecond that matters to anyone. */
const leastFetches = 500;

/** An index-only scan that has to look into the table all the same. */
export const heapFetches: PlanRule = {
  id: 'heap-fetches',
  scope: 'node',
  criterion:
    '500 rows or more, and more than 40 % of those read (pev2), are fetched from the table',
  check: ({ node, share, totalRows, loops }) => {
    // The only figure of these that EXPLAIN prints over all loops.
    const fetches = node['Heap Fetches'] ?? 0;
    const read = (totalRows ?? 0) + (node['Rows Removed by Filter'] ?? 0) * loops;
    if (fetches < leastFetches || fetches < leastPart * read || share < leastShare) return null;
    const table = node['Relation Name'] ?? 'the table';
    return {
      title: `An index-only scan of ${node['Index Name'] ?? table} fetches ${counted(fetches, 'row')} from the table`,
      explanation: `Of ${counted(read, 'row')} read, ${formatCount(fetches)} lie on pages not marked all-visible since the last VACUUM, so that the table has to be asked whether they can be seen.`,
      advice: [
        `Run VACUUM ${table}; it takes no lock that stops reads or writes.`,
        `Let autovacuum come sooner: ALTER TABLE ${table} SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02).`,
      ],
    };
  },
};
