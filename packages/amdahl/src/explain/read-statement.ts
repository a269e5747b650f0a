import { parseSync } from 'libpg-query';
import { as, highestParameter } from '../sql/ast.ts';
import { parseStatement } from '../sql/parser.ts';
import type { ExplainedPlan } from '../sql/plan-reading/explained-plan.ts';
import { loggedPlans, parsePlan } from '../sql/plan-reading/parse-plan.ts';
import { explainErrors } from './explain-errors.ts';
import { placeOf, pointAt } from './point-at.ts';

/** What a text to be explained holds. */
export type Explainable =
  | {
      readonly kind: 'plan';
      readonly explained: ExplainedPlan;
      /** Plans of a log beyond this one, the first. */
      readonly others: number;
    }
  | {
      readonly kind: 'statement';
      readonly text: string;
      /** The highest `$n`; 0 without any. */
      readonly parameters: number;
    };

/** What EXPLAIN prints, whichever format: then a complaint should be about the plan. */
const planMarks =
  /\(cost=[\d.]+\.\.|\(actual (?:time|rows)=|\(never executed\)|"Node Type"|"Plan":|<explain\s|^\s*- Plan:\s*$/m;
const explainWords =
  /^(\s|--[^\n]*\n|\/\*.*?\*\/)*explain\s*(\([^)]*\)|(\s*(analy[sz]e|verbose)\b)*)\s*/is;

/**
 * Tells a plan from a statement. A statement that begins with EXPLAIN is taken without it.
 *
 * @throws AMDAHL_EXPLAIN_NO_INPUT, AMDAHL_EXPLAIN_SYNTAX, AMDAHL_SQL_NOT_A_PLAN
 */
export function readExplainable(given: string): Explainable {
  const text = given.replace(/^\uFEFF/, '').replaceAll('\0', '');
  if (text.trim() === '') {
    throw explainErrors.create('AMDAHL_EXPLAIN_NO_INPUT', {
      expected: 'a statement or a plan',
      found: 'nothing',
      next: 'Try: amdahl sql explain "SELECT 1" --db $DATABASE_URL',
    });
  }
  const { node } = parseStatement(text);
  if (node !== null) {
    const inner = as(node, 'ExplainStmt') === null ? text : text.replace(explainWords, '');
    const statement = parseStatement(inner).node ?? node;
    return { kind: 'statement', text: inner.trim(), parameters: highestParameter(statement) };
  }
  if (planMarks.test(text)) return planIn(text);
  try {
    return planIn(text);
  } catch {
    throw syntaxError(text);
  }
}

function planIn(text: string): Explainable {
  return {
    kind: 'plan',
    explained: parsePlan(text),
    others: Math.max(0, loggedPlans(text) - 1),
  };
}

function syntaxError(text: string): Error {
  const { message, position } = complaintOf(text);
  const place = position === null ? null : placeOf(text, position);
  return explainErrors.create('AMDAHL_EXPLAIN_SYNTAX', {
    expected: "one statement of PostgreSQL's SQL, or what EXPLAIN prints",
    found:
      place === null
        ? message
        : `${message} in line ${place.line}, column ${place.column}:${pointAt(text, place)}`,
    next: 'Correct the statement; of a file with several give one, or give the file to `amdahl sql`.',
    details: { message, ...place },
  });
}

/** The parser's complaint, with its place in characters from zero. */
function complaintOf(text: string): { readonly message: string; readonly position: number | null } {
  try {
    const count = parseSync(text).stmts?.length ?? 0;
    return { message: `${count} statements`, position: null };
  } catch (error) {
    const details = (error as { sqlDetails?: { cursorPosition?: number } }).sqlDetails;
    const position = details?.cursorPosition ?? -1;
    return { message: (error as Error).message, position: position < 0 ? null : position };
  }
}
