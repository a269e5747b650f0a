import { openReadOnly } from '../sql/read-only-database.ts';
import { planStatements } from '../workload/plan-statements.ts';
import { workloadOf } from '../workload/workload-of.ts';
import { noDatabase } from './catalog.ts';
import type { Gatherer } from './gatherer.ts';

/** Asks the target's planner for the plan of each captured statement. Nothing is executed. */
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
      return await planStatements(database, workload, { signal, report });
    } finally {
      await database.close();
    }
  },
};

/** Why there are no statements to plan. */
export const noStatements = 'no statements were captured: they come from the agent inside the app';
