import { shortened } from '../../wording.ts';
import type { ExplainedPlan } from './explained-plan.ts';
import { parseJsonPlan } from './json-plan.ts';
import { pastedLines } from './pasted-lines.ts';
import { planErrors } from './plan-errors.ts';
import { parseTextPlan } from './text-plan.ts';

/** As much of a text that is no plan as names it. */
const foundLength = 60;

/**
 * Reads a plan as people paste it: EXPLAIN's TEXT format or its JSON format, from psql, pgAdmin or
 * the server's log, with or without ANALYZE.
 *
 * @throws AMDAHL_SQL_NOT_A_PLAN when the text is neither, or is cut off
 */
export function parsePlan(text: string): ExplainedPlan {
  const lines = firstLogged(pastedLines(text));
  const explained = looksLikeJson(lines) ? parseJsonPlan(lines) : parseTextPlan(lines);
  if (explained !== null) return explained;
  throw planErrors.create('AMDAHL_SQL_NOT_A_PLAN', {
    expected: 'what EXPLAIN prints, as TEXT or as JSON',
    found: foundIn(text, lines),
    next: 'Run EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) on the statement and give all of its output.',
  });
}

/** A line of a server's log that begins an entry; the two spaces are PostgreSQL's own. */
const logEntry =
  /^\S.*\b(?:LOG|STATEMENT|ERROR|DETAIL|CONTEXT|HINT|WARNING|NOTICE|FATAL|PANIC): {2}/;
const loggedPlan = /\bduration: [\d.]+ ms {2}plan:/;

/** How many plans auto_explain wrote into a text. */
export function loggedPlans(text: string): number {
  return text.split('\n').filter((line) => loggedPlan.test(line)).length;
}

/** Of a log the first entry with a plan; any other text as it is. */
function firstLogged(lines: readonly string[]): readonly string[] {
  const start = lines.findIndex((line) => loggedPlan.test(line));
  if (start < 0) return lines;
  const after = lines.findIndex(
    (line, index) => index > start && (logEntry.test(line) || loggedPlan.test(line)),
  );
  return lines.slice(start, after < 0 ? lines.length : after);
}

function looksLikeJson(lines: readonly string[]): boolean {
  return (
    lines.some((line) => /^\s*"?[[{]/.test(line)) &&
    lines.some((line) => /"Plan"|"Node Type"/.test(line))
  );
}

function foundIn(text: string, lines: readonly string[]): string {
  if (text.trim() === '') return 'nothing';
  if (/<explain xmlns/.test(text)) return 'the XML format';
  if (/^\s*- Plan: *$/m.test(text)) return 'the YAML format';
  return JSON.stringify(shortened(lines.length === 0 ? text : lines.join(' '), foundLength));
}
