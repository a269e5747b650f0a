import type { CapturedPlan, PlansArtifact } from '../artifacts/plans.ts';
import { highestParameter } from '../sql/ast.ts';
import { refusalToExecute } from '../sql/execution-guard.ts';
import { explainExecuted } from '../sql/explain-statement.ts';
import { parseStatement } from '../sql/parser.ts';
import { isDatabaseError, type ReadOnlyDatabase } from '../sql/read-only-database.ts';
import { counted } from '../wording.ts';

/** One execution may take this long; what takes longer has shown itself without it. */
const timeoutMs = 15_000;

export interface ExecutionOptions {
  readonly signal: AbortSignal;
  readonly report: (status: string) => void;
}

/**
 * Executes each SELECT that is shown to change nothing once, read only and rolled back, with the
 * values it was planned with. Those whose execution was seen already are left alone; those that fail
 * or take too long keep their estimates, and a warning says how many.
 */
export async function executePlans(
  database: ReadOnlyDatabase,
  artifact: PlansArtifact,
  { signal, report }: ExecutionOptions,
): Promise<PlansArtifact> {
  const plans: CapturedPlan[] = [];
  const failures: string[] = [];
  for (const [done, captured] of artifact.plans.entries()) {
    signal.throwIfAborted();
    report(`execution ${done + 1} of ${artifact.plans.length}`);
    try {
      plans.push(await executed(database, captured));
    } catch (error) {
      if (!isDatabaseError(error)) throw error;
      plans.push(captured);
      failures.push(error.message);
    }
  }
  const [first] = failures;
  if (first === undefined) return { ...artifact, plans };
  const warning = `${counted(failures.length, 'statement')} could not be executed once more to see what the plan does: ${first}.`;
  return { ...artifact, plans, warnings: [...(artifact.warnings ?? []), warning] };
}

async function executed(database: ReadOnlyDatabase, captured: CapturedPlan): Promise<CapturedPlan> {
  const { explainedText, parameters, plan } = captured;
  if (plan === null || captured.executed !== undefined || lacksValues(captured)) return captured;
  if ((await refusalToExecute(database.query, explainedText)) !== null) return captured;
  const explained = await explainExecuted(database, explainedText, parameters, timeoutMs);
  return { ...captured, executed: explained };
}

/** Planned for any values, there are none to execute it with. */
function lacksValues({ explainedText, parameters }: CapturedPlan): boolean {
  const { node } = parseStatement(explainedText);
  return node === null || highestParameter(node) > parameters.length;
}
