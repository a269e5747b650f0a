import { exitCodes, type ExitCode } from '@amdahl/metrics';
import { resolve } from 'node:path';
import { explainErrors } from '../explain/explain-errors.ts';
import { explainGivenPlan } from '../explain/explain-given-plan.ts';
import { explainOnDatabase } from '../explain/explain-on-database.ts';
import type { ExplainResult } from '../explain/explain-result.ts';
import { readExplainable } from '../explain/read-statement.ts';
import { readInput } from '../explain/read-input.ts';
import { renderExplainHtml } from '../report/explain/html.ts';
import { explainToJson } from '../report/explain/json.ts';
import { renderExplainMarkdown } from '../report/explain/markdown.ts';
import { renderExplainTerminal } from '../report/explain/terminal.ts';
import { readVariables } from '../resolve-options.ts';
import type { Invocation } from './command.ts';
import { hasColours } from './progress-view.ts';
import { writeReport } from './show-result.ts';

const defaultColumns = 100;
const defaultTimeoutMs = 15_000;

/** Shows a plan as a tree and says what is wrong with it. */
export async function sqlExplainAction(invocation: Invocation): Promise<ExitCode> {
  const { options, terminal } = invocation;
  const [input] = invocation.arguments;
  const result = await explained(
    await readInput(input as string, terminal.cwd, process.stdin),
    invocation,
  );
  if (options.html !== undefined) {
    await writeReport(resolve(terminal.cwd, options.html), renderExplainHtml(result));
  }
  if (options.markdown !== undefined) {
    await writeReport(resolve(terminal.cwd, options.markdown), renderExplainMarkdown(result));
  }
  const { stdout } = terminal;
  stdout.write(
    options.json === true
      ? `${explainToJson(result)}\n`
      : `${renderExplainTerminal(result, { colour: hasColours(stdout), width: stdout.columns || defaultColumns })}\n`,
  );
  return exitCodes.ok;
}

async function explained(text: string, { options, terminal }: Invocation): Promise<ExplainResult> {
  const explainable = readExplainable(text);
  if (explainable.kind === 'plan') {
    return explainGivenPlan(explainable.explained, explainable.others);
  }
  const { database, analyze } = { ...readVariables(terminal.environment), ...options };
  if (database === undefined) throw noDatabase();
  return explainOnDatabase(explainable, {
    database,
    analyze: analyze ?? false,
    parameters: options.param?.map((value) => (value === 'null' ? null : value)) ?? null,
    timeoutMs: options.timeout ?? defaultTimeoutMs,
  });
}

function noDatabase(): Error {
  return explainErrors.create('AMDAHL_EXPLAIN_NO_DATABASE', {
    expected: 'the database whose planner is to be asked',
    found: 'a statement, no --db and no AMDAHL_DATABASE',
    next: 'Give --db postgres://user@host/database, or give what EXPLAIN printed instead of the statement.',
  });
}
