import { readCatalog } from '../sql/read-catalog.ts';
import type { ReadOnlyDatabase } from '../sql/read-only-database.ts';
import { planStatements } from '../workload/plan-statements.ts';
import { fillParameters } from '../workload/sample-parameters.ts';
import { explainErrors } from './explain-errors.ts';
import type { ExplainResult } from './explain-result.ts';

export interface Statement {
  readonly text: string;
  /** The highest `$n`; 0 without any. */
  readonly parameters: number;
}

/** The values a statement is planned with. */
export interface ChosenParameters {
  readonly values: readonly unknown[];
  readonly source: ExplainResult['parameterSource'];
}

/**
 * The values given; without any, typical ones from the statistics of the columns they are compared
 * with, where these can be read; else none, for the plan that serves any values.
 *
 * @throws AMDAHL_EXPLAIN_PARAMETERS when there are more or fewer than the statement has
 */
export async function chooseParameters(
  database: ReadOnlyDatabase,
  statement: Statement,
  given: readonly (string | null)[] | null,
): Promise<ChosenParameters> {
  const { parameters: needed } = statement;
  if (given !== null && given.length !== needed) {
    throw explainErrors.create('AMDAHL_EXPLAIN_PARAMETERS', {
      expected:
        needed === 0
          ? 'no --param: the statement has no $1'
          : `${needed} times --param, one for each of the statement's parameters`,
      found: `${given.length} of them`,
      next:
        needed === 0 ? 'Leave --param out.' : 'Give the values of $1, $2 and so on in their order.',
      details: { needed, given: given.length },
    });
  }
  if (needed === 0) return { values: [], source: 'none' };
  if (given !== null) return { values: given, source: 'given' };
  const sampled = await sampledValues(database, statement.text);
  return sampled === null
    ? { values: [], source: 'generic' }
    : { values: sampled, source: 'statistics' };
}

/** Of the lists drawn the one whose plan costs neither most nor least; null when none can be drawn. */
async function sampledValues(
  database: ReadOnlyDatabase,
  text: string,
): Promise<readonly unknown[] | null> {
  const workload = fillParameters(
    { source: '', statements: [{ ...unknown, text, exampleText: text }], unread: [], warnings: [] },
    await readCatalog(database),
  );
  if (workload.statements[0]?.parameterLists.length === 0) return null;
  const { plans } = await planStatements(database, workload, {
    signal: new AbortController().signal,
    report: () => undefined,
  });
  return plans[0]?.parameters ?? null;
}

const unknown = {
  parameterLists: [],
  calls: null,
  meanMs: null,
  rows: null,
  origin: null,
  executedPlan: null,
} as const;
