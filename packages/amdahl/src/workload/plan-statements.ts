import type { CapturedPlan, PlanNode, PlansArtifact } from '../artifacts/plans.ts';
import { highestParameter } from '../sql/ast.ts';
import { explain } from '../sql/explain.ts';
import { explainGenericOn } from '../sql/explain-generic.ts';
import { parseStatement } from '../sql/parser.ts';
import { costOf } from '../sql/read-plan.ts';
import { isDatabaseError, type ReadOnlyDatabase } from '../sql/read-only-database.ts';
import type { Workload, WorkloadStatement } from './workload.ts';

/** Plans are asked for those statements that took most time; the rest hardly matters. */
const maxStatements = 300;

/** `lock_not_available` and `query_canceled`: the timeouts of a session that must not be in the way. */
const waited: ReadonlySet<string> = new Set(['55P03', '57014']);

export interface PlanStatementsOptions {
  readonly signal: AbortSignal;
  readonly report: (status: string) => void;
}

/** Asks the target's planner for the plan of each statement. Nothing is executed. */
export async function planStatements(
  database: ReadOnlyDatabase,
  { statements, unread }: Workload,
  { signal, report }: PlanStatementsOptions,
): Promise<PlansArtifact> {
  const plans: CapturedPlan[] = [];
  const wanted = statements.slice(0, maxStatements);
  for (const [done, statement] of wanted.entries()) {
    signal.throwIfAborted();
    report(`plan ${done + 1} of ${wanted.length}`);
    const { executedPlan: executed } = statement;
    plans.push({
      ...(await planOf(database, statement)),
      ...(executed === null ? {} : { executed }),
    });
  }
  const left = statements.length - wanted.length;
  return {
    plans: [...plans, ...unread.map(withoutPlan)],
    ...(left === 0
      ? {}
      : {
          warnings: [
            `Only the ${maxStatements} statements that took most time were planned; ${left} more were not.`,
          ],
        }),
  };
}

/**
 * A statement is planned with each parameter list that is known; the plan of median cost stands for
 * all. Without usable parameters it is the generic plan.
 */
async function planOf(
  database: ReadOnlyDatabase,
  {
    text,
    exampleText,
    parameterLists,
  }: Pick<WorkloadStatement, 'text' | 'exampleText' | 'parameterLists'>,
): Promise<CapturedPlan> {
  const planned: { parameters: readonly unknown[]; plan: PlanNode }[] = [];
  let failure: (Error & { readonly code: string }) | null = null;
  for (const parameters of listsFor(exampleText, parameterLists)) {
    try {
      planned.push({ parameters, plan: await explain(database.query, exampleText, parameters) });
    } catch (error) {
      if (!isDatabaseError(error)) throw error;
      failure ??= error;
      // Other values would wait for the same lock, seconds each.
      if (waited.has(error.code)) break;
    }
  }
  planned.sort((a, b) => costOf(a.plan) - costOf(b.plan));
  const median = planned[Math.floor((planned.length - 1) / 2)];
  if (median !== undefined) return { text, explainedText: exampleText, ...median, error: null };
  const parameters = parameterLists[0] ?? [];
  if (failure !== null && waited.has(failure.code)) {
    return { text, explainedText: exampleText, parameters, plan: null, error: failure.message };
  }
  try {
    const plan = await explainGenericOn(database, exampleText);
    return { text, explainedText: exampleText, parameters: [], plan, error: null };
  } catch (error) {
    if (!isDatabaseError(error)) throw error;
    const { message } = failure ?? error;
    return { text, explainedText: exampleText, parameters, plan: null, error: message };
  }
}

/** A text without `$n` is planned as it is; one with them and no list has a generic plan only. */
function listsFor(
  text: string,
  lists: readonly (readonly unknown[])[],
): readonly (readonly unknown[])[] {
  if (lists.length > 0) return lists;
  const { node } = parseStatement(text);
  return node !== null && highestParameter(node) > 0 ? [] : [[]];
}

function withoutPlan({ text, error }: Workload['unread'][number]): CapturedPlan {
  return { text, explainedText: text, parameters: [], plan: null, error };
}
