import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { addAfter, addAtEnd, type ModulePatch } from '../module-patches.ts';
import { captureCallSite, type AnyFunction } from '../call-site.ts';
import type { CodeFrame } from '../protocol.ts';
import { replaceMethod } from '../replace-method.ts';
import { Operation } from '../requests/operation.ts';
import { currentRequest } from '../requests/request.ts';
import type { StatementExecution } from '../statements/execution.ts';
import { ignoreSocket } from './ignored-sockets.ts';
import type { Instrument, Instrumentation } from './instrument.ts';

/**
 * PostgreSQL through `postgres` (postgres.js), which keeps its connections in closures: its modules
 * get calls of the probes below at the places where a query is made, executed and finished.
 *
 * Queries are pipelined. The server answers those of one connection one after the other, so a query
 * runs from the moment the one before it has finished; until then it waits for the connection.
 */
export const postgresJs: Instrument = {
  name: 'postgres',
  install(instrumentation) {
    const queryProbe = probeQueries(instrumentation);
    const connectionProbe = probeConnections(instrumentation);
    return ['src/', 'cjs/src/'].flatMap((folder): ModulePatch[] => [
      { library: 'postgres', path: `${folder}query.js`, probe: queryProbe, edit: editQuery },
      {
        library: 'postgres',
        path: `${folder}connection.js`,
        probe: connectionProbe,
        edit: editConnection,
      },
    ]);
  },
};

function editQuery(source: string): string {
  const edited = addAfter(source, 'this.executed = false', '; amdahlProbe?.made(this)');
  return edited === source ? source : addAtEnd(edited, 'amdahlProbe?.patch(Query);');
}

function editConnection(source: string): string {
  const additions = [
    ["x.on('error', error)", ', amdahlProbe?.socket(x)'],
    ['initial = query\n', '      amdahlProbe?.connecting(query);'],
    ['      build(q)\n', '      amdahlProbe?.executing(q);'],
    ['function DataRow(x) {', ' amdahlProbe?.row(query, x);'],
    [
      'function ReadyForQuery(x) {',
      ' amdahlProbe?.finished(query, results ? results[0] : result, errorResponse);',
    ],
    ['function queryError(query, err) {', ' amdahlProbe?.finished(query, null, err);'],
  ] as const;
  return additions.reduce((text, [anchor, code]) => addAfter(text, anchor, code), source);
}

const place = Symbol('amdahl.place');
const wait = Symbol('amdahl.wait');
const execution = Symbol('amdahl.execution');

/** The parts of a query that are used; some hold only from the execution on. */
interface PostgresQuery {
  readonly tagged?: boolean;
  readonly strings?: readonly string[];
  readonly executed?: boolean;
  readonly string?: unknown;
  readonly parameters?: unknown;
  /** Of the connection it was sent on. */
  readonly state?: object | null;
  [place]?: CodeFrame | null;
  [wait]?: Operation;
  [execution]?: StatementExecution | undefined;
}

interface PostgresResult extends ReadonlyArray<unknown> {
  readonly columns?: readonly { readonly name: string }[] | null;
}

function probeQueries({ recorder, guard }: Instrumentation): unknown {
  /** A tagged template is written at one place only, and its strings are the same object each time. */
  const places = new WeakMap<readonly string[], CodeFrame | null>();

  const made = guard.wrap((query: PostgresQuery, below: AnyFunction) => {
    const { strings, tagged } = query;
    if (strings === undefined) return;
    let found = tagged === true ? places.get(strings) : undefined;
    if (found === undefined) {
      const [text] = strings;
      found =
        tagged === true || text === undefined
          ? captureCallSite(below)
          : recorder.shape(text).callSites.find(below, currentRequest()?.routeSoFar ?? '');
      if (tagged === true) places.set(strings, found);
    }
    query[place] = found;
  }, undefined);

  const asked = guard.wrap((query: PostgresQuery) => {
    if (query.executed === true) return;
    const waiting = new Operation('pool', 'postgres', currentRequest(), query[place] ?? null);
    query[wait] = waiting;
    recorder.begun(waiting, performance.now());
  }, undefined);

  return {
    made: function probe(query: PostgresQuery) {
      made(query, probe);
    },
    patch: guard.wrap(
      (Query: { readonly prototype: PostgresQuery & { handle: () => unknown } }) => {
        replaceMethod(
          Query.prototype,
          'handle',
          (original) =>
            function (this: PostgresQuery) {
              asked(this);
              return Reflect.apply(original, this, []);
            },
        );
      },
      undefined,
    ),
  };
}

function probeConnections({ recorder, guard }: Instrumentation): unknown {
  /** Executions sent on each connection and not finished, in the order they were sent. */
  const pipelines = new WeakMap<object, StatementExecution[]>();

  const begin = (statement: StatementExecution, at: number): void => {
    if (statement.wait !== null) recorder.waited(statement.wait, at);
    recorder.begun(statement, at);
  };

  const finished = guard.wrap(
    (query: PostgresQuery | null, result: PostgresResult | null, failure: unknown) => {
      if (query === null) return;
      const error = failure ?? undefined;
      const at = performance.now();
      const statement = query[execution];
      if (statement === undefined) {
        if (query[wait] !== undefined) recorder.waited(query[wait], at, error);
        return;
      }
      query[execution] = undefined;
      if (result !== null && error === undefined) {
        statement.keepRows(result);
        statement.columns = result.columns ?? null;
        statement.compareResult();
      }
      if (!statement.begun) begin(statement, at);
      recorder.ended(statement, at, error);
      const pipeline = pipelines.get(query.state ?? query);
      if (pipeline === undefined) return;
      const index = pipeline.indexOf(statement);
      if (index >= 0) pipeline.splice(index, 1);
      const next = pipeline[0];
      if (next !== undefined && !next.begun) begin(next, at);
    },
    undefined,
  );

  return {
    socket: guard.wrap((socket: Socket) => ignoreSocket(socket), undefined),
    connecting: guard.wrap((query: PostgresQuery) => {
      const opening = query[wait];
      if (opening === undefined) return;
      opening.kind = 'connect';
      if (opening.request !== null) opening.request.connects += 1;
    }, undefined),
    executing: guard.wrap((query: PostgresQuery) => {
      const { string: text, parameters, state } = query;
      if (typeof text !== 'string' || state === null || state === undefined) return;
      const statement = recorder.statement(
        recorder.shape(text),
        text,
        Array.isArray(parameters) ? parameters : [],
        query[wait]?.request ?? null,
        query[place] ?? null,
      );
      statement.wait = query[wait] ?? null;
      query[execution] = statement;
      const pipeline = pipelines.get(state);
      if (pipeline === undefined) pipelines.set(state, [statement]);
      else pipeline.push(statement);
      if ((pipeline?.length ?? 1) === 1) begin(statement, performance.now());
    }, undefined),
    row: guard.wrap((query: PostgresQuery | null, message: Uint8Array) => {
      const statement = query?.[execution];
      if (statement !== undefined) statement.addRow(message.length);
    }, undefined),
    finished,
  };
}
