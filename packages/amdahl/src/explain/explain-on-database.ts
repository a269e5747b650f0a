import type { PlanNode } from '../artifacts/plans.ts';
import { explainGenericOn } from '../sql/explain-generic.ts';
import { explainExecuted, explainPlanned, explainPrefixes } from '../sql/explain-statement.ts';
import { refusalToExecute } from '../sql/execution-guard.ts';
import { bareExplained, type ExplainedPlan } from '../sql/plan-reading/explained-plan.ts';
import { planProblems } from '../sql/plan-reading/read-plan-problems.ts';
import { genericPlanTrap } from '../sql/plan-reading/rules/generic-plan-trap.ts';
import { isDatabaseError, openReadOnly, type ReadOnlyDatabase } from '../sql/read-only-database.ts';
import { amdahlVersion } from '../version.ts';
import { explainErrors } from './explain-errors.ts';
import { notesOn } from './explain-given-plan.ts';
import { explainSchemaVersion, type ExplainResult } from './explain-result.ts';
import { chooseParameters, type ChosenParameters, type Statement } from './choose-parameters.ts';
import { notExecutedError, serverError, type Sending } from './server-refusal.ts';
import { readSurroundings, rowCounts, type Surroundings } from './surroundings.ts';

export interface ExplainOptions {
  /** Connection string. */
  readonly database: string;
  /** Execute it, where it is shown to change nothing. */
  readonly analyze: boolean;
  /** Values of `$1`, `$2`, … as text; null when none were given. */
  readonly parameters: readonly (string | null)[] | null;
  readonly timeoutMs: number;
}

/**
 * Has the target's planner explain a statement, and executes it only when asked to.
 *
 * @throws AMDAHL_EXPLAIN_*, AMDAHL_DATABASE_*
 */
export async function explainOnDatabase(
  statement: Statement,
  options: ExplainOptions,
): Promise<ExplainResult> {
  const database = await openReadOnly(options.database);
  try {
    return await explainIn(database, statement, options);
  } finally {
    await database.close();
  }
}

async function explainIn(
  database: ReadOnlyDatabase,
  statement: Statement,
  options: ExplainOptions,
): Promise<ExplainResult> {
  const surroundings = await readSurroundings(database.query);
  const chosen = await chooseParameters(database, statement, options.parameters);
  // Planned first also where it is to be executed: what cannot be planned has other faults to name.
  const generic =
    statement.parameters === 0 ? null : await genericPlan(database, statement, chosen);
  const planned =
    chosen.source === 'generic'
      ? bareExplained(generic as PlanNode)
      : await orServerError(statement, { prefix: explainPrefixes.planned, timeoutMs: null }, () =>
          explainPlanned(database.query, statement.text, chosen.values),
        );
  const explained = options.analyze
    ? await execute(database, statement, chosen, options.timeoutMs)
    : planned;
  const counts = await rowCounts(database.query, explained.plan);
  const problems = planProblems(explained, {
    settings: surroundings.settings,
    rowsOf: (schema, table) => counts.get(schema === null ? table : `${schema}.${table}`) ?? null,
  });
  const trap =
    chosen.source === 'generic' || generic === null ? null : genericPlanTrap(planned.plan, generic);
  return {
    schemaVersion: explainSchemaVersion,
    amdahlVersion,
    origin: options.analyze ? 'executed' : 'planned',
    statement: statement.text,
    parameters: chosen.values,
    parameterSource: chosen.source,
    explained,
    problems: trap === null ? problems : [...problems, trap],
    settings: { ...surroundings.settings, ...explained.settings },
    notes: notes(explained, chosen, surroundings),
  };
}

/** Null where the server cannot make one; a server before PostgreSQL 12 has no setting for it. */
async function genericPlan(
  database: ReadOnlyDatabase,
  statement: Statement,
  { source }: ChosenParameters,
): Promise<PlanNode | null> {
  try {
    return await explainGenericOn(database, statement.text);
  } catch (error) {
    if (!isDatabaseError(error)) throw error;
    if (source === 'generic')
      throw serverError(statement.text, error, { prefix: null, timeoutMs: null });
    return null;
  }
}

async function execute(
  database: ReadOnlyDatabase,
  statement: Statement,
  { values, source }: ChosenParameters,
  timeoutMs: number,
): Promise<ExplainedPlan> {
  if (source === 'generic') {
    throw explainErrors.create('AMDAHL_EXPLAIN_PARAMETERS', {
      expected: `values for ${statement.parameters === 1 ? '$1' : `$1 to $${statement.parameters}`} to execute the statement with`,
      found: 'none',
      next: 'Give them with --param, in their order; or leave out --analyze to see the plan for any values.',
    });
  }
  const refusal = await refusalToExecute(database.query, statement.text);
  if (refusal !== null) throw notExecutedError(refusal);
  return orServerError(statement, { prefix: explainPrefixes.executed, timeoutMs }, () =>
    explainExecuted(database, statement.text, values, timeoutMs),
  );
}

async function orServerError<Result>(
  { text }: Statement,
  sending: Sending,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isDatabaseError(error)) throw error;
    throw serverError(text, error, sending);
  }
}

function notes(
  explained: ExplainedPlan,
  { source, values }: ChosenParameters,
  { standby }: Surroundings,
): readonly string[] {
  return [
    ...notesOn(explained),
    ...(source === 'generic'
      ? [
          'Without values for its parameters this is the plan that serves any; --param gives them, in their order.',
        ]
      : []),
    ...(source === 'statistics'
      ? [
          `The values of its parameters were taken from the columns' statistics: ${values.map((value, index) => `$${index + 1} = ${JSON.stringify(value)}`).join(', ')}.`,
        ]
      : []),
    ...(standby
      ? [
          'The server is a standby: statements on the primary may be planned alike, but find other things in memory.',
        ]
      : []),
  ];
}
