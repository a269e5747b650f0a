import { formatMs } from '@amdahl/metrics';
import type { PlanRule } from '../plan-rule.ts';

/** What counts as good for a whole query (objectives: database query < 10 ms) is spent on planning. */
const leastPlanningMs = 10;

/** Planning takes longer than executing. */
export const planningTime: PlanRule = {
  id: 'planning-time',
  scope: 'statement',
  criterion:
    'planning takes 10 ms or more, all that counts as good for a query, and longer than executing',
  check: (_, { explained: { planningMs }, totalMs, nodes }) => {
    if (planningMs === null || totalMs === null) return null;
    if (planningMs < leastPlanningMs || planningMs < totalMs) return null;
    const relations = new Set(nodes.flatMap(({ node }) => node['Relation Name'] ?? []));
    return {
      title: `Planning takes ${formatMs(planningMs)}, executing ${formatMs(totalMs)}`,
      explanation: `The plan is searched anew for each execution; it reads ${relations.size} tables or partitions.`,
      share: planningMs / (planningMs + totalMs),
      msHeld: planningMs,
      advice: [
        'Send it as a named prepared statement, so that the plan is kept in the session.',
        'Compare the partition key with a constant, or have fewer partitions, so that fewer tables are planned for.',
        'Explain it again in the same session: the first time includes loading the catalog.',
      ],
    };
  },
};
