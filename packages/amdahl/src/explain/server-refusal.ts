import { formatMs } from '@amdahl/metrics';
import { explainErrors } from './explain-errors.ts';
import { charactersOf, placeOf, pointAt } from './point-at.ts';

type ServerError = Error & {
  readonly code: string;
  readonly position?: string;
  readonly hint?: string;
};

/** What to do, by SQLSTATE; https://www.postgresql.org/docs/current/errcodes-appendix.html */
const nextSteps: Readonly<Record<string, string>> = {
  '42501':
    "Have the table's owner GRANT SELECT on it to the role of --db; EXPLAIN asks for the same rights as the statement.",
  '42P01':
    'Look whether --db names the right database and whether the schema is in its search_path.',
  '3F000': 'Look whether --db names the right database.',
  '42703': 'Look whether --db names the right database; the column may have been renamed since.',
  '42883':
    'Look whether the function is in a schema of the search_path, and cast parameters: $1::int.',
  '42P18': 'Cast the parameter, so that its type is known: $1::int.',
  '22P02': 'Give --param a value of the type the statement compares it with.',
  '55P03': 'Something holds a lock on the table; try again when it is done.',
  '25006': 'The statement tries to change something, which a read-only transaction forbids.',
  '40001':
    'A standby gave the statement up for the sake of replication; try again, or explain it on the primary.',
};

/** How a statement was sent. */
export interface Sending {
  /** What stood before it: positions in the server's complaints count from its start. Null: unknown. */
  readonly prefix: string | null;
  /** The statement timeout it was executed with; null when it was only planned. */
  readonly timeoutMs: number | null;
}

/** PostgreSQL's complaint about a statement as a coded error, with the place it points at. */
export function serverError(
  text: string,
  error: ServerError,
  { prefix, timeoutMs }: Sending,
): Error {
  if (error.code === '57014' && timeoutMs !== null) {
    return explainErrors.create('AMDAHL_EXPLAIN_TIMEOUT', {
      expected: `the statement to be done in ${formatMs(timeoutMs)}`,
      found: 'that it was not, so that it was given up',
      next: 'Give it longer with --timeout, or leave out --analyze to see its plan alone.',
      details: { timeoutMs },
      cause: error,
    });
  }
  const position = positionIn(text, error, prefix);
  const place = position === null ? null : placeOf(text, position);
  const { hint } = error;
  return explainErrors.create('AMDAHL_EXPLAIN_NOT_PLANNED', {
    expected: 'the database to plan the statement',
    found: `${error.message}${place === null ? '' : `, in line ${place.line}:${pointAt(text, place)}`}`,
    next: nextSteps[error.code] ?? hint ?? 'Correct the statement, or the database of --db.',
    details: { sqlState: error.code, message: error.message, ...place },
    cause: error,
  });
}

/** In characters from zero. */
function positionIn(text: string, { position }: ServerError, prefix: string | null): number | null {
  if (position === undefined || prefix === null) return null;
  const found = Number(position) - 1 - prefix.length;
  return found >= 0 && found <= charactersOf(text).length ? found : null;
}

/** @param refusal the second half of a sentence: `it locks rows` */
export function notExecutedError(refusal: string): Error {
  return explainErrors.create('AMDAHL_EXPLAIN_NOT_EXECUTED', {
    expected: 'a statement that is sure to change nothing, to execute it',
    found: refusal,
    next: 'Leave out --analyze to see its plan. Or run EXPLAIN (ANALYZE, BUFFERS) by hand on a copy of the database and give what it prints.',
    details: { refusal },
  });
}
