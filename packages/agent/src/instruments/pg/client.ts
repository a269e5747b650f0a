import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { captureCallSite, type AnyFunction } from '../../call-site.ts';
import { replaceMethod } from '../../replace-method.ts';
import { Operation } from '../../requests/operation.ts';
import { currentRequest, runFor } from '../../requests/request.ts';
import type { StatementExecution } from '../../statements/execution.ts';
import { ignoreSocket } from '../ignored-sockets.ts';
import type { Instrumentation } from '../instrument.ts';
import type { Handover } from './handover.ts';
import { execution, isSubmittable, noteResult, statementOf, type PgQuery } from './query.ts';

/*
 * A statement runs from when the client submits it, on a connection that is ready for it, to the
 * server's ReadyForQuery or error. Before that it waits: for the client's earlier statements, or
 * for the connection to open. `query` only makes the execution; the queue's own bookkeeping
 * (`_pulseQueryQueue`) tells when it starts, so that callbacks, promises, prepared statements and
 * submittables such as cursors are all seen the same way and none of them is wrapped.
 */

const running: unique symbol = Symbol('amdahl.running');
const bytesBefore: unique symbol = Symbol('amdahl.bytesBefore');
const number: unique symbol = Symbol('amdahl.connectionNumber');

let lastConnection = 0;

/** The parts of `Client` that are used. Names without an underscore are those of older versions. */
export interface PgClient {
  readonly host?: unknown;
  readonly port?: unknown;
  readonly database?: unknown;
  readonly connection?: { readonly stream?: Socket };
  readonly pipeline?: boolean;
  readonly readyForQuery?: boolean;
  readonly _queryQueue?: readonly PgQuery[];
  readonly queryQueue?: readonly PgQuery[];
  readonly _activeQuery?: PgQuery | null;
  readonly activeQuery?: PgQuery | null;
  readonly _sentQueryQueue?: readonly PgQuery[];
  query: (...args: unknown[]) => unknown;
  _connect: (...args: unknown[]) => unknown;
  _pulseQueryQueue: (...args: unknown[]) => unknown;
  _handleReadyForQuery: (...args: unknown[]) => unknown;
  _handleErrorMessage: (...args: unknown[]) => unknown;
  _errorAllQueries: (...args: unknown[]) => unknown;
  /** The execution sent and not answered. */
  [running]?: StatementExecution | undefined;
  /** Bytes its connection had received when the last statement ended. */
  [bytesBefore]?: number;
  /** Tells it from the process's other connections. */
  [number]?: number;
}

/** Without these there is nothing to go by, and the client is left alone. */
const needed = [
  'query',
  '_pulseQueryQueue',
  '_handleReadyForQuery',
  '_handleErrorMessage',
] as const;

export function patchClient(
  { recorder, guard }: Instrumentation,
  handover: Handover,
): (Client: { readonly prototype: PgClient }) => void {
  /** The call of `query` that is on the stack, until its query object exists. */
  let asking: Asked | null = null;

  const make = ({ config, values, callback, below }: Asked): StatementExecution | null => {
    const statement = statementOf(config, values, callback);
    if (statement === null) return null;
    const { text, parameters } = statement;
    const { query: pooled } = handover;
    if (pooled !== null) {
      return recorder.statement(pooled.shape, text, parameters, pooled.request, pooled.callSite);
    }
    const request = currentRequest();
    const shape = recorder.shape(text);
    const callSite = shape.callSites.find(below, request?.routeSoFar ?? '');
    const made = recorder.statement(shape, text, parameters, request, callSite);
    made.callsBack = statement.callsBack;
    return made;
  };

  const start = (client: PgClient, query: PgQuery | null | undefined, at: number): void => {
    const started = query?.[execution];
    if (started === undefined || started.begun) return;
    if (started.wait !== null) recorder.waited(started.wait, at);
    client[running] = started;
    client[bytesBefore] ??= receivedBy(client);
    started.connection = client[number] ??= lastConnection += 1;
    recorder.begun(started, at);
  };

  const end = (
    client: PgClient,
    query: PgQuery | null | undefined,
    error?: unknown,
  ): StatementExecution | null => {
    const ended = query?.[execution];
    if (query === null || query === undefined || ended === undefined) return null;
    const at = performance.now();
    if (ended.wait !== null) recorder.waited(ended.wait, at, error);
    if (ended.begun) {
      const received = receivedBy(client);
      if (error === undefined) noteResult(ended, query, received - (client[bytesBefore] ?? 0));
      client[bytesBefore] = received;
      recorder.ended(ended, at, error);
    }
    return ended;
  };

  /** Something was asked for, or a statement has left the queue's head. */
  const onPulse = guard.wrap((client: PgClient) => {
    const queue = queueOf(client);
    const last = queue.at(-1);
    const made = asking === null || last === undefined ? null : make(asking);
    asking = null;
    if (made !== null && last !== undefined) {
      last[execution] ??= made;
      if (isSubmittable(last)) countRows(last, made);
    }
    const at = performance.now();
    if (client.readyForQuery === true) {
      // A query that could not even be sent gets no answer.
      if (client[running] !== undefined) recorder.ended(client[running], at, 'not sent');
      client[running] = undefined;
      if ((client._sentQueryQueue?.length ?? 0) === 0) start(client, queue[0], at);
    }
    if (made !== null && !made.begun) {
      made.wait = new Operation('pool', nameOf(client), made.request, made.callSite);
      recorder.begun(made.wait, at);
    }
  }, undefined);

  const onEnd = guard.wrap((client: PgClient, error: unknown) => {
    client[running] = undefined;
    return end(client, activeOf(client), error);
  }, null);

  const onNext = guard.wrap((client: PgClient) => {
    start(client, activeOf(client), performance.now());
  }, undefined);

  const onLost = guard.wrap((client: PgClient, error: unknown) => {
    const { _sentQueryQueue: sent = [] } = client;
    for (const query of [activeOf(client), ...sent, ...queueOf(client)]) end(client, query, error);
  }, undefined);

  const onConnect = guard.wrap((client: PgClient, below: AnyFunction): Operation => {
    const { stream } = client.connection ?? {};
    if (stream !== undefined) ignoreSocket(stream);
    const pooled = handover.opening;
    const opening =
      pooled ?? new Operation('connect', nameOf(client), currentRequest(), captureCallSite(below));
    opening.kind = 'connect';
    if (opening.request !== null) opening.request.connects += 1;
    if (pooled === null) recorder.begun(opening, performance.now());
    return opening;
  }, null);

  const onConnected = guard.wrap((opening: Operation, error: unknown) => {
    recorder.ended(opening, performance.now(), error ?? undefined);
  }, undefined);

  const countRows = (submittable: PgQuery, statement: StatementExecution): void => {
    const onRow = guard.wrap((message: { readonly length: number }) => {
      statement.addRow(message.length);
    }, undefined);
    replaceMethod(
      submittable,
      'handleDataRow',
      (original) =>
        function (this: PgQuery, ...args) {
          onRow(args[0] as { readonly length: number });
          return Reflect.apply(original, this, args);
        },
    );
  };

  return ({ prototype }) => {
    if (needed.some((name) => typeof prototype[name] !== 'function')) return;

    replaceMethod(
      prototype,
      'query',
      (original) =>
        function query(this: PgClient, config, values, callback) {
          asking = { config, values, callback, below: query };
          try {
            return original.call(this, config, values, callback);
          } finally {
            asking = null;
          }
        },
    );
    replaceMethod(
      prototype,
      '_pulseQueryQueue',
      (original) =>
        function (this: PgClient) {
          const idle = asking === null && this[running] === undefined;
          if (!idle || queueOf(this).length > 0) onPulse(this);
          return original.call(this);
        },
    );
    // The app's callbacks and listeners run inside these two; they belong to the query's request.
    replaceMethod(
      prototype,
      '_handleReadyForQuery',
      (original) =>
        function (this: PgClient, message) {
          const ended = onEnd(this, undefined);
          const result =
            ended?.callsBack === true
              ? runFor(ended.request, original, this, message)
              : original.call(this, message);
          if (this.pipeline === true) onNext(this);
          return result;
        },
    );
    replaceMethod(
      prototype,
      '_handleErrorMessage',
      (original) =>
        function (this: PgClient, message) {
          const ended = onEnd(this, message);
          return ended?.callsBack === true
            ? runFor(ended.request, original, this, message)
            : original.call(this, message);
        },
    );
    replaceMethod(
      prototype,
      '_errorAllQueries',
      (original) =>
        function (this: PgClient, error) {
          onLost(this, error);
          return original.call(this, error);
        },
    );
    // The connection outlives the request that opens it, and must not keep its context.
    replaceMethod(
      prototype,
      '_connect',
      (original) =>
        function connect(this: PgClient, callback) {
          const opening = onConnect(this, connect);
          if (opening === null || typeof callback !== 'function') {
            return original.call(this, callback);
          }
          return runFor(null, original, this, function (this: unknown, ...results: never[]) {
            onConnected(opening, results[0]);
            return runFor(opening.request, callback as AnyFunction, this, ...results);
          });
        },
    );
  };
}

interface Asked {
  readonly config: unknown;
  readonly values: unknown;
  readonly callback: unknown;
  readonly below: AnyFunction;
}

function receivedBy({ connection }: PgClient): number {
  return connection?.stream?.bytesRead ?? 0;
}

function queueOf(client: PgClient): readonly PgQuery[] {
  return client._queryQueue ?? client.queryQueue ?? [];
}

/** Reading the old name on a client of a version that has the new one prints a deprecation. */
function activeOf(client: PgClient): PgQuery | null | undefined {
  return '_activeQuery' in client ? client._activeQuery : client.activeQuery;
}

function nameOf({ host, port, database }: PgClient): string {
  return `${String(host)}:${String(port)}/${String(database)}`;
}
