import { counted, formatShare } from '../wording.ts';
import { kindOf } from '../sql/statement-shape.ts';
import { parseStatement } from '../sql/parser.ts';
import { isDatabaseError, type ReadOnlyDatabase } from '../sql/read-only-database.ts';
import { mergeStatements } from './merge-workloads.ts';
import { minuteText } from '../minute-text.ts';
import { asksTheServerOnly } from './own-statements.ts';
import { findStatementsView, type StatementsView } from './find-statements-view.ts';
import { expandSquashedLists } from './squashed-lists.ts';
import { castTypedLiterals } from './typed-literals.ts';
import { unreadReason } from './unread-reason.ts';
import { workloadErrors } from './workload-errors.ts';
import type { Workload, WorkloadStatement } from './workload.ts';

export interface StatementsViewOptions {
  /**
   * Rows read, those that took most time first.
   * @default 1,000
   */
  readonly most?: number;
}

/** The view keeps 5,000 by default; beyond a thousand they hold next to no time. */
const defaultMost = 1_000;

/** Statements that have no plan; others that have none are left out once they are parsed. */
const utility: string =
  '^\\s*(begin|start|commit|end|rollback|abort|savepoint|release|set|reset|show|discard|deallocate|' +
  'explain|analyze|vacuum|create|alter|drop|grant|revoke|truncate|lock|copy|fetch|move|close|declare|' +
  'listen|unlisten|notify|checkpoint|comment|do|call|refresh|reindex|cluster|prepare|execute)\\M';

/** What the view shows instead of another role's text. */
const hiddenText = '<insufficient privilege>';

const nestedWarning: string =
  'Statements inside functions are counted by themselves and in the statement that calls the function (pg_stat_statements.track = all): their times must not be added up.';

interface Row {
  readonly queryId: string | null;
  readonly query: string | null;
  readonly calls: number;
  readonly totalMs: number;
  readonly rows: number;
  readonly nested: boolean;
  readonly allRows: number;
  readonly allMs: number;
}

/**
 * What the server itself counted in this database: `pg_stat_statements` of PostgreSQL 12 to 18.
 * Statements of different roles that say the same are one; utility statements and questions about
 * the server, Amdahl's own among them, are left out.
 *
 * @throws AMDAHL_WORKLOAD_VIEW_MISSING, AMDAHL_WORKLOAD_VIEW_NOT_LOADED, AMDAHL_WORKLOAD_VIEW_EMPTY,
 * AMDAHL_WORKLOAD_TEXTS_HIDDEN, AMDAHL_DATABASE_LOST
 */
export async function readStatementsView(
  database: ReadOnlyDatabase,
  { most = defaultMost }: StatementsViewOptions = {},
): Promise<Workload> {
  const view = await findStatementsView(database);
  const rows = await readRows(database, view, most);
  const info = await readInfo(database, view);
  const hidden = rows.filter(({ query }) => query === hiddenText);
  const statements: WorkloadStatement[] = [];
  const unread: Workload['unread'][number][] = [];
  let nested = false;
  for (const row of rows) {
    if (row.query === hiddenText) continue;
    const read = readRow(row);
    if ('error' in read) unread.push(read);
    else statements.push(...read.statements);
    nested ||= row.nested && 'statements' in read && read.statements.length > 0;
  }
  if (statements.length === 0 && unread.length === 0) {
    throw hidden.length > 0 ? textsHidden(view, hidden) : viewEmpty(view, rows.length);
  }
  const since = info.since === null ? '' : ` since ${minuteText(info.since)}`;
  return {
    source: `pg_stat_statements of ${view.database}${since}`,
    statements: mergeStatements(statements),
    unread,
    warnings: [
      ...hiddenWarning(view, rows, hidden),
      ...lossWarnings(rows, info.evictions),
      ...(nested ? [nestedWarning] : []),
    ],
  };
}

async function readRows(
  database: ReadOnlyDatabase,
  view: StatementsView,
  most: number,
): Promise<readonly Row[]> {
  const has = (column: string): boolean => view.columns.includes(column);
  // Version 1.8 (PostgreSQL 13) told planning and executing apart; 1.9 knows what ran in functions.
  const total = has('total_exec_time') ? 's.total_exec_time' : 's.total_time';
  try {
    return await database.query<Row>(
      `SELECT s.queryid::text AS "queryId", s.query, s.calls::float8 AS calls,
              ${total}::float8 AS "totalMs", s.rows::float8 AS rows,
              ${has('toplevel') ? 'NOT s.toplevel' : 'false'} AS nested,
              (count(*) OVER ())::float8 AS "allRows", (sum(${total}) OVER ())::float8 AS "allMs"
       FROM ${view.name} s
       WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
         AND s.calls > 0
         AND (s.query IS NULL OR s.query !~* '${utility}')
       ORDER BY ${total} DESC
       LIMIT $1`,
      [most],
    );
  } catch (error) {
    if (!isDatabaseError(error)) throw error;
    if (error.code === '22021') throw textsDamaged(view, error);
    if (error.code !== '55000') throw error;
    throw workloadErrors.create('AMDAHL_WORKLOAD_VIEW_NOT_LOADED', {
      expected: 'a server that loaded the library of pg_stat_statements when it started',
      found: error.message,
      next: "Add pg_stat_statements to shared_preload_libraries, restart the server, and let the app run for a while: ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements';",
      cause: error,
    });
  }
}

interface Info {
  /** When counting began; null before version 1.9, which does not say. */
  readonly since: Date | null;
  /** How often rows were dropped for want of space. */
  readonly evictions: number;
}

async function readInfo(database: ReadOnlyDatabase, view: StatementsView): Promise<Info> {
  if (view.infoName === null) return { since: null, evictions: 0 };
  const [row] = await database.query<Info>(
    `SELECT stats_reset AS since, dealloc::float8 AS evictions FROM ${view.infoName}`,
  );
  return row ?? { since: null, evictions: 0 };
}

function readRow(
  row: Row,
): { statements: readonly WorkloadStatement[] } | Workload['unread'][number] {
  if (row.query === null) {
    return {
      text: `query ${row.queryId ?? 'without an id'}`,
      error:
        'the server lost its file of statement texts (out of disk or memory): call pg_stat_statements_reset() and let the app run for a while',
    };
  }
  const text = castTypedLiterals(row.query.trim());
  const { node, error } = parseStatement(text);
  if (node === null) return { text, error: unreadReason(error) };
  if (kindOf(node) === null || asksTheServerOnly(node)) return { statements: [] };
  return {
    statements: [
      {
        text,
        exampleText: expandSquashedLists(text),
        parameterLists: [],
        calls: row.calls,
        meanMs: row.totalMs / row.calls,
        rows: row.rows,
        origin: null,
        executedPlan: null,
      },
    ],
  };
}

function hiddenWarning(
  view: StatementsView,
  rows: readonly Row[],
  hidden: readonly Row[],
): readonly string[] {
  if (hidden.length === 0) return [];
  const share = sumMs(hidden) / Math.max(Number.MIN_VALUE, sumMs(rows));
  return [
    `The texts of ${counted(hidden.length, 'statement')} of other roles (${formatShare(share)} of the time) are hidden from ${view.role}. GRANT pg_read_all_stats TO ${view.role} shows them.`,
  ];
}

function lossWarnings(rows: readonly Row[], evictions: number): readonly string[] {
  const warnings: string[] = [];
  const [first] = rows;
  if (first !== undefined && first.allRows > rows.length) {
    const share = 1 - sumMs(rows) / Math.max(Number.MIN_VALUE, first.allMs);
    warnings.push(
      `Only the ${rows.length} entries of pg_stat_statements that took most time were read; ${first.allRows - rows.length} more hold ${formatShare(Math.max(0, share))} of the time.`,
    );
  }
  if (evictions > 0) {
    warnings.push(
      `pg_stat_statements ran full ${counted(evictions, 'time')} and dropped the statements executed least: raise pg_stat_statements.max to see them all.`,
    );
  }
  return warnings;
}

function textsHidden(view: StatementsView, hidden: readonly Row[]): Error {
  return workloadErrors.create('AMDAHL_WORKLOAD_TEXTS_HIDDEN', {
    expected: `role ${view.role} to see the texts in pg_stat_statements`,
    found: `${counted(hidden.length, 'statement')} of other roles, hidden`,
    next: `Run as a superuser: GRANT pg_read_all_stats TO ${view.role};`,
    details: { role: view.role },
  });
}

/** After the file of texts was cut behind the server's back it has holes, full of zero bytes. */
function textsDamaged(view: StatementsView, cause: Error): Error {
  return workloadErrors.create('AMDAHL_WORKLOAD_VIEW_EMPTY', {
    expected: `statements of database ${view.database} in pg_stat_statements`,
    found: `damaged texts: ${cause.message}`,
    next: 'Run as a superuser: SELECT pg_stat_statements_reset(); and let the app run for a while.',
    cause,
    details: { database: view.database },
  });
}

function viewEmpty(view: StatementsView, rows: number): Error {
  return workloadErrors.create('AMDAHL_WORKLOAD_VIEW_EMPTY', {
    expected: `statements of database ${view.database} in pg_stat_statements`,
    found: rows === 0 ? 'none' : `${rows}, none of which reads or writes a table of the app`,
    next: 'Let the app run for a while, and see that the connection string names its database and that pg_stat_statements.track is not none.',
    details: { database: view.database },
  });
}

function sumMs(rows: readonly Row[]): number {
  return rows.reduce((sum, { totalMs }) => sum + totalMs, 0);
}
