import { openReadOnly } from '../sql/read-only-database.ts';
import { executePlans } from '../workload/executed-plans.ts';
import { planStatements } from '../workload/plan-statements.ts';
import { workloadOf } from '../workload/workload-of.ts';
import { noDatabase } from './catalog.ts';
import type { Gatherer } from './gatherer.ts';

/**
 * Asks the target's planner for the plan of each captured statement. Nothing is executed unless the
 * run was told to, and then only SELECTs that are shown to change nothing, after the load.
 */
export const plansGatherer: Gatherer<'plans'> = {
  artifact: 'plans',
  phase: 'after',
  label: 'reading the plans of the captured statements',
  gather: async ({ options, artifacts, signal, report }) => {
    if (options.database === null) return { absent: noDatabase };
    if (artifacts.agent?.status !== 'ok') return { absent: noStatements };
    const workload = workloadOf(artifacts.agent.value);
    if (workload.statements.length === 0)
      return { absent: 'the app sent no statement to the database' };
    const database = await openReadOnly(options.database);
    try {
      const plans = await planStatements(database, workload, { signal, report });
      return options.analyze ? await executePlans(database, plans, { signal, report }) : plans;
    } finally {
      await database.close();
    }
  },
};

/** Why there are no statements to plan. */
export const noStatements = 'no statements were captured: they come from the agent inside the app';
