import type { ValueSource } from '../protocol.ts';
import type { Operation } from '../requests/operation.ts';
import { Call } from '../requests/operation.ts';
import { StatementExecution } from '../statements/execution.ts';
import { normaliseStatement } from '../statements/normalise.ts';

/*
 * Which earlier operations an operation needed, as far as values tell.
 *
 * Each value that went into an operation (a parameter, a literal of a statement, a part of a URL)
 * came from where it was first seen. Seen first in the rows of an operation that had already
 * ended: that one was needed. Seen first in the request's own URL, or as a value of an earlier
 * operation: nothing was. A value seen nowhere before may be a constant or come from the body of
 * the request; but once a peer has answered whose reply the agent does not read, it may as well
 * come from there, and the last such call counts as needed. Both readings err towards a need, for
 * a need that is missed would promise a gain that is not there.
 */

/** Values looked at in one trace, and in one row or list. */
const maxValues = 20_000;
const maxParts = 200;
const maxDepth = 2;

/** What an operation took from earlier ones. */
export interface Dependencies {
  /** Indexes of the operations it needed, in order. */
  readonly needs: readonly number[];
  /** The results its parameters were values of, one for each parameter. */
  readonly sources: readonly ValueSource[];
}

/** Where a value was first seen; the same object for all values of a column of a result. */
interface Origin {
  readonly index: number;
  /** Null where the values have no names: a call's reply. */
  readonly column: string | null;
}

/** A value that went into an operation, and into which parameter: 1 for `$1`, 0 for none. */
interface InputValue {
  readonly value: string;
  readonly parameter: number;
}

/** Not from any operation: the request's own input, or a constant. */
const fromRequest: Origin = { index: -1, column: null };

/** For each operation, in the order they were started, what it took from earlier ones. */
export function dependenciesOf(
  url: string,
  operations: readonly Operation[],
): readonly Dependencies[] {
  const origins = new Map<string, Origin>();
  for (const value of valuesOfUrl(url)) origins.set(value, fromRequest);
  const dependencies: Dependencies[] = [];
  const ends = operations
    .map((operation, index) => ({ operation, index }))
    .filter(({ operation }) => operation.ended)
    .toSorted((a, b) => a.operation.endedAt - b.operation.endedAt);
  let nextEnd = 0;
  let lastUnread = fromRequest;
  for (const operation of operations) {
    for (; nextEnd < ends.length; nextEnd += 1) {
      const end = ends[nextEnd] as (typeof ends)[number];
      if (end.operation.endedAt > operation.startedAt) break;
      if (end.operation instanceof Call) lastUnread = { index: end.index, column: null };
      else noteRows(end.operation, end.index, origins);
    }
    const needed = new Set<number>();
    const sources = new Map<number, ValueSource>();
    for (const { value, parameter } of valuesOf(operation)) {
      let origin = origins.get(value);
      if (origin === undefined) {
        origin = lastUnread;
        if (origins.size < maxValues) origins.set(value, origin);
      }
      const { index, column } = origin;
      if (index < 0) continue;
      needed.add(index);
      if (column !== null && !sources.has(parameter)) {
        sources.set(parameter, { parameter, span: index, column });
      }
    }
    dependencies.push({
      needs: [...needed].sort((a, b) => a - b),
      sources: [...sources.values()],
    });
  }
  return dependencies;
}

function noteRows(operation: Operation, index: number, origins: Map<string, Origin>): void {
  if (!(operation instanceof StatementExecution)) return;
  const columns = new Map<string, Origin>();
  for (const row of operation.rows.slice(0, maxParts)) {
    if (typeof row !== 'object' || row === null) continue;
    for (const [key, part] of Object.entries(row).slice(0, maxParts)) {
      // Rows are objects, or lists in the order of the columns.
      const column = Array.isArray(row) ? (operation.columns?.[Number(key)]?.name ?? key) : key;
      let origin = columns.get(column);
      if (origin === undefined) columns.set(column, (origin = { index, column }));
      for (const value of partsOf(part, 2)) {
        if (origins.size >= maxValues) return;
        if (!origins.has(value)) origins.set(value, origin);
      }
    }
  }
}

function* valuesOf(operation: Operation): Generator<InputValue, void, undefined> {
  if (operation instanceof Call) {
    for (const value of valuesOfUrl(operation.target)) yield { value, parameter: 0 };
  } else if (operation instanceof StatementExecution) {
    const { parameters, shape } = operation;
    const sizes = pageParameters(shape.text);
    for (const [index, parameter] of parameters.slice(0, maxParts).entries()) {
      if (sizes.has(index)) continue;
      for (const value of partsOf(parameter, 1)) yield { value, parameter: index + 1 };
    }
    if (parameters.length === 0 && !shape.isConstant) {
      for (const literal of normaliseStatement(operation.text).literals) {
        const value = literal.replaceAll(/^'|'$/g, '').replaceAll("''", "'");
        yield { value, parameter: 0 };
      }
    }
  }
}

/** Indexes of parameters that only say how many rows to return: they come from no row. */
function pageParameters(text: string): ReadonlySet<number> {
  const matches = text.matchAll(/\b(?:limit|offset)\s+\$(\d+)/gi);
  return new Set(Array.from(matches, ([, number]) => Number(number) - 1));
}

/** Segments of the path and values of the query, decoded. */
function* valuesOfUrl(url: string): Generator<string, void, undefined> {
  const [path = '', query = ''] = url.split('?', 2);
  for (const segment of path.split('/')) if (segment !== '') yield decoded(segment);
  for (const value of new URLSearchParams(query).values()) if (value !== '') yield value;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The values in a value, as texts. What carries no information, such as null, is left out. */
function* partsOf(value: unknown, depth: number): Generator<string, void, undefined> {
  if (typeof value === 'string') {
    if (value !== '') yield value;
  } else if (typeof value === 'number' || typeof value === 'bigint') {
    yield String(value);
  } else if (value instanceof Date) {
    yield String(value.getTime());
  } else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    if (depth > maxDepth) return;
    const parts = Array.isArray(value) ? value : Object.values(value);
    for (const part of parts.slice(0, maxParts)) yield* partsOf(part, depth + 1);
  }
}
