import type { StatementExecution } from '../../statements/execution.ts';

/** The execution that a query object stands for. */
export const execution: unique symbol = Symbol('amdahl.execution');

/** The parts of a query object that are used, of pg's own and of submittables. */
export interface PgQuery {
  readonly text?: unknown;
  readonly name?: unknown;
  readonly values?: unknown;
  readonly callback?: unknown;
  readonly submit?: unknown;
  readonly cursor?: { readonly text?: unknown; readonly values?: unknown };
  readonly _result?: PgResult;
  /** One result, or a list for a text of several statements. */
  readonly _results?: PgResult | readonly PgResult[];
  handleDataRow?: (...args: unknown[]) => unknown;
  [execution]?: StatementExecution;
}

interface PgResult {
  readonly rows?: unknown;
  readonly rowCount?: unknown;
  readonly command?: unknown;
  readonly fields?: unknown;
}

const submittables = new WeakSet<object>();

/** What `query` was called with: a text, a config or a submittable. Null when it is none of them. */
export function statementOf(
  config: unknown,
  values: unknown,
  callback: unknown,
): {
  readonly text: string;
  readonly parameters: readonly unknown[];
  /** Whether the app itself is called, or listens, at the end; a promise is not a call. */
  readonly callsBack: boolean;
} | null {
  const called = typeof values === 'function' || typeof callback === 'function';
  if (typeof config === 'string') {
    return { text: config, parameters: listOf(values), callsBack: called };
  }
  if (typeof config !== 'object' || config === null) return null;
  const query = config as PgQuery;
  const text = query.text ?? query.cursor?.text ?? query.name;
  if (typeof text !== 'string') return null;
  const submittable = typeof query.submit === 'function';
  if (submittable) submittables.add(query);
  return {
    text,
    parameters: listOf(query.values ?? query.cursor?.values ?? values),
    callsBack: called || submittable || typeof query.callback === 'function',
  };
}

/** Whether the query object is the app's own (a cursor, a stream), whose results only it knows. */
export function isSubmittable(query: PgQuery): boolean {
  return submittables.has(query);
}

/** Adds what came of a query that has succeeded, from what its connection received meanwhile. */
export function noteResult(
  execution: StatementExecution,
  query: PgQuery,
  receivedBytes: number,
): void {
  let around = readyBytes;
  let rowCount = 0;
  for (const result of resultsOf(query)) {
    const { rows, fields } = result;
    if (Array.isArray(rows) && rows.length > 0) execution.keepRows(rows);
    if (Array.isArray(fields)) execution.columns = fields as Columns;
    rowCount += rowsOf(result);
    around += bytesAround(result, execution.columns);
  }
  if (!isSubmittable(query)) {
    const prepared = execution.parameters.length > 0 || typeof query.name === 'string';
    const sizeBytes = receivedBytes - around - (prepared ? preparedBytes : 0);
    execution.rowCount = rowCount;
    execution.bytes = rowCount === 0 ? 0 : Math.max(0, sizeBytes);
  }
  execution.compareResult();
}

function resultsOf({ _results: results, _result: result }: PgQuery): readonly PgResult[] {
  if (Array.isArray(results)) return results;
  return result === undefined ? [] : [result];
}

/** Rows that came back; a query whose rows are listened to keeps none. */
function rowsOf({ rows, rowCount, command }: PgResult): number {
  const emitted = command === 'SELECT' && typeof rowCount === 'number' ? rowCount : 0;
  return Math.max(Array.isArray(rows) ? rows.length : 0, emitted);
}

type Columns = readonly { readonly name: string }[];

/*
 * Counting each DataRow would cost a call a row. Instead the connection's count of bytes is read
 * once a statement, and the messages that come along with the rows are taken off. Their sizes are
 * those of https://www.postgresql.org/docs/current/protocol-message-formats.html; only notices and
 * a prepared statement that was parsed before make a difference of some bytes.
 */
/** ReadyForQuery */
const readyBytes = 6;
/** ParseComplete and BindComplete. */
const preparedBytes = 5 + 5;

/** RowDescription and CommandComplete. */
function bytesAround({ command, rowCount }: PgResult, columns: Columns | null): number {
  const tag = `${String(command)} ${command === 'INSERT' ? '0 ' : ''}${String(rowCount)}`;
  let bytes = 7 + 5 + tag.length + 1;
  for (const { name } of columns ?? []) bytes += Buffer.byteLength(name) + 19;
  return bytes;
}

function listOf(values: unknown): readonly unknown[] {
  return Array.isArray(values) ? values : [];
}
