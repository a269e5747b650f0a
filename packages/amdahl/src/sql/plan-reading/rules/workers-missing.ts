import { counted, formatCount } from '../../../wording.ts';
import type { PlanRule } from '../plan-rule.ts';
import { leastShare } from '../thresholds.ts';

/** Fewer parallel workers came than the plan was made for. */
export const workersMissing: PlanRule = {
  id: 'workers-missing',
  scope: 'node',
  criterion: 'the missing workers would save a tenth of the time or more (pev2)',
  check: ({ node, totalShare }) => {
    const planned = node['Workers Planned'] ?? 0;
    const launched = node['Workers Launched'] ?? planned;
    // The leader works too: with all of them the part below would take that much less.
    const share = totalShare * (1 - (launched + 1) / (planned + 1));
    if (launched >= planned || share < leastShare) return null;
    return {
      title: `${formatCount(launched)} of ${counted(planned, 'planned worker')} could be had`,
      explanation:
        'The plan was chosen for more processes than were free when it ran; the work of the missing ones falls to the others.',
      share,
      advice: [
        'Look at max_parallel_workers and max_worker_processes: all sessions share them.',
        'Lower max_parallel_workers_per_gather where many sessions run such statements at once, so that plans count on what they get.',
        'Drivers that fetch in portions through a cursor get no workers at all.',
      ],
    };
  },
};
