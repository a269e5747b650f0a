import type { Client } from 'pg';
import type { ExplainedPlan } from '../../../src/sql/plan-reading/explained-plan.ts';
import { parsePlan } from '../../../src/sql/plan-reading/parse-plan.ts';
import type { PlanProblem } from '../../../src/sql/plan-reading/plan-rule.ts';

export interface Preparation {
  /** Settings for this statement. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Statements run before it and taken back after it. */
  readonly before?: readonly string[];
  /** @default 'ANALYZE, BUFFERS, SETTINGS' */
  readonly options?: string;
}

/** Explains a statement, executes it by default, and takes back whatever it did. */
export async function explainedOf(
  client: Client,
  sql: string,
  { settings = {}, before = [], options = 'ANALYZE, BUFFERS, SETTINGS' }: Preparation = {},
): Promise<ExplainedPlan> {
  await client.query('BEGIN');
  try {
    for (const statement of before) await client.query(statement);
    for (const [name, value] of Object.entries(settings)) {
      await client.query(`SET LOCAL ${name} = '${value}'`);
    }
    const prefix = options === '' ? 'EXPLAIN' : `EXPLAIN (${options})`;
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`${prefix} ${sql}`);
    return parsePlan(rows.map((row) => row['QUERY PLAN']).join('\n'));
  } finally {
    await client.query('ROLLBACK');
  }
}

/** The rules that found something, each once. */
export function rulesOf(problems: readonly PlanProblem[]): readonly string[] {
  return [...new Set(problems.map(({ rule }) => rule))];
}

export function problemOf(problems: readonly PlanProblem[], rule: string): PlanProblem {
  const found = problems.find((problem) => problem.rule === rule);
  if (found === undefined) throw new Error(`No ${rule} among ${rulesOf(problems).join(', ')}`);
  return found;
}
