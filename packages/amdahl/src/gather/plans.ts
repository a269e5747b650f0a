import type { CapturedPlan, PlanNode } from '../artifacts/plans.ts';
import {
  capturedStatements,
  type CapturedStatement,
  type UnreadStatement,
} from '../sql/captured-statements.ts';
import { explain, explainGeneric } from '../sql/explain.ts';
import { costOf } from '../sql/read-plan.ts';
import { isDatabaseError, openReadOnly, type ReadOnlyDatabase } from '../sql/read-only-database.ts';
import { noDatabase } from './catalog.ts';
import type { Gatherer } from './gatherer.ts';

/** Plans are asked for those statements that took most time; the rest hardly matters. */
const maxStatements = 300;

/** Asks the target's planner for the plan of each captured statement. Nothing is executed. */
export const plansGatherer: Gatherer<'plans'> = {
  artifact: 'plans',
  phase: 'after',
  label: 'reading the plans of the captured statements',
  gather: async ({ options, artifacts, signal, report }) => {
    if (options.database === null) return { absent: noDatabase };
    if (artifacts.agent?.status !== 'ok') return { absent: noStatements };
    const { statements, unread } = capturedStatements(artifacts.agent.value);
    if (statements.length === 0) return { absent: 'the app sent no statement to the database' };
    const database = await openReadOnly(options.database);
    try {
      const plans: CapturedPlan[] = [];
      const wanted = statements.slice(0, maxStatements);
      for (const [done, statement] of wanted.entries()) {
        signal.throwIfAborted();
        report(`plan ${done + 1} of ${wanted.length}`);
        plans.push(await planOf(database, statement));
      }
      return { plans: [...plans, ...unread.map(withoutPlan)] };
    } finally {
      await database.close();
    }
  },
};

/** Why there are no statements to plan. */
export const noStatements = 'no statements were captured: they come from the agent inside the app';

/**
 * A statement is planned with each parameter list that was seen; the plan of median cost stands for
 * all. Without usable parameters it is the generic plan (PostgreSQL 16 and later).
 */
async function planOf(
  database: ReadOnlyDatabase,
  statement: CapturedStatement,
): Promise<CapturedPlan> {
  const { text, exampleText } = statement;
  const lists = statement.parameterLists.length === 0 ? [[]] : statement.parameterLists;
  const planned: { parameters: readonly unknown[]; plan: PlanNode }[] = [];
  let failure: Error | null = null;
  for (const parameters of lists) {
    try {
      planned.push({ parameters, plan: await explain(database.query, exampleText, parameters) });
    } catch (error) {
      if (!isDatabaseError(error)) throw error;
      failure ??= error;
    }
  }
  planned.sort((a, b) => costOf(a.plan) - costOf(b.plan));
  const median = planned[Math.floor((planned.length - 1) / 2)];
  if (median !== undefined) return { text, explainedText: exampleText, ...median, error: null };
  const parameters = lists[0] ?? [];
  try {
    const plan = await explainGeneric(database.query, exampleText);
    return { text, explainedText: exampleText, parameters: [], plan, error: null };
  } catch (error) {
    if (!isDatabaseError(error)) throw error;
    const { message } = failure ?? error;
    return { text, explainedText: exampleText, parameters, plan: null, error: message };
  }
}

function withoutPlan({ text, error }: UnreadStatement): CapturedPlan {
  return { text, explainedText: text, parameters: [], plan: null, error };
}
