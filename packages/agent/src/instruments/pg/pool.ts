import { performance } from 'node:perf_hooks';
import { CallSiteMemory, type AnyFunction } from '../../call-site.ts';
import { replaceMethod } from '../../replace-method.ts';
import { Operation } from '../../requests/operation.ts';
import { currentRequest, runFor } from '../../requests/request.ts';
import type { Instrumentation } from '../instrument.ts';
import type { Handover, PoolQuery } from './handover.ts';

const waiting: unique symbol = Symbol('amdahl.waiting');
const known: unique symbol = Symbol('amdahl.pool');

/** What the pool queues for each `connect`. */
interface PendingItem {
  [waiting]?: Operation | null;
}

interface PgPool {
  readonly options?: PoolOptions;
  readonly _idle?: readonly unknown[];
  readonly _pendingQueue?: readonly PendingItem[];
  query: (...args: unknown[]) => unknown;
  connect: (...args: unknown[]) => unknown;
  newClient: (...args: unknown[]) => unknown;
  _acquireClient: (...args: unknown[]) => unknown;
  [known]?: { readonly name: string; readonly callSites: CallSiteMemory };
}

interface PoolOptions {
  readonly connectionString?: unknown;
  readonly host?: unknown;
  readonly port?: unknown;
  readonly database?: unknown;
}

/**
 * The wait for a pool's connection is the time from `connect` to the callback, when no idle one is
 * there to take. Where it ends is seen at `_acquireClient`, so that a promise need not be touched.
 */
export function patchPool(
  { recorder, guard }: Instrumentation,
  handover: Handover,
): (Pool: { readonly prototype: PgPool }) => void {
  const onQuery = guard.wrap((text: unknown, below: AnyFunction): PoolQuery | null => {
    const config = text as { readonly text?: unknown } | null;
    const statement = typeof config === 'object' ? config?.text : config;
    if (typeof statement !== 'string') return null;
    const request = currentRequest();
    const shape = recorder.shape(statement);
    const callSite = shape.callSites.find(below, request?.routeSoFar ?? '');
    return { shape, request, callSite };
  }, null);

  const onConnect = guard.wrap(
    (pool: PgPool, asked: PoolQuery | null, below: AnyFunction): Operation | null => {
      const facts = (pool[known] ??= { name: nameOf(pool), callSites: new CallSiteMemory() });
      const request = asked === null ? currentRequest() : asked.request;
      const callSite =
        asked === null ? facts.callSites.find(below, request?.routeSoFar ?? '') : asked.callSite;
      const wait = new Operation('pool', facts.name, request, callSite);
      recorder.begun(wait, performance.now());
      return wait;
    },
    null,
  );

  const onWaited = guard.wrap((wait: Operation, error: unknown) => {
    recorder.waited(wait, performance.now(), error ?? undefined);
  }, undefined);

  return ({ prototype }) => {
    if (typeof prototype.connect !== 'function') return;
    /** The wait of the `connect` on the stack. */
    let current: Operation | null = null;

    replaceMethod(
      prototype,
      'query',
      (original) =>
        function query(this: PgPool, config, values, callback) {
          const before = handover.query;
          handover.query = onQuery(config, query);
          try {
            return original.call(this, config, boundToRequest(values), boundToRequest(callback));
          } finally {
            handover.query = before;
          }
        },
    );
    replaceMethod(
      prototype,
      'connect',
      (original) =>
        function connect(this: PgPool, callback) {
          const asked = handover.query;
          handover.query = null;
          const queuedBefore = this._pendingQueue?.length ?? 0;
          const mustWait = (this._idle?.length ?? 0) <= queuedBefore;
          const wait = mustWait ? onConnect(this, asked, connect) : null;
          const before = current;
          current = wait;
          try {
            const called =
              typeof callback === 'function'
                ? calledBack(asked, wait, callback as AnyFunction)
                : callback;
            const result = original.call(this, called);
            const queue = this._pendingQueue ?? [];
            if (wait !== null && queue.length > queuedBefore) carry(queue.at(-1), wait);
            return result;
          } finally {
            current = before;
          }
        },
    );
    replaceMethod(
      prototype,
      'newClient',
      (original) =>
        function (this: PgPool, item) {
          const before = handover.opening;
          handover.opening = waitOf(item) ?? current;
          carry(item, handover.opening);
          try {
            return original.call(this, item);
          } finally {
            handover.opening = before;
          }
        },
    );
    replaceMethod(
      prototype,
      '_acquireClient',
      (original) =>
        function (this: PgPool, client, item, idleListener, isNew) {
          const wait = waitOf(item);
          if (wait?.ended === false) onWaited(wait, undefined);
          return original.call(this, client, item, idleListener, isNew);
        },
    );

    /** The callback of `connect`: of the pool's own `query`, which asks a client at once, or the app's. */
    function calledBack(
      asked: PoolQuery | null,
      wait: Operation | null,
      callback: AnyFunction,
    ): (error: unknown, client: unknown, release: unknown) => unknown {
      const called = (asked === null ? boundToRequest(callback) : callback) as PoolCallback;
      return function (this: unknown, error, client, release) {
        if (wait?.ended === false) onWaited(wait, error);
        const before = handover.query;
        handover.query = asked;
        try {
          return called.call(this, error, client, release);
        } finally {
          handover.query = before;
        }
      };
    }
  };
}

/**
 * A callback of the app is called from whatever released or answered a connection, but belongs to
 * the request that gave it. Anything else is answered as it is.
 */
function boundToRequest(argument: unknown): unknown {
  if (typeof argument !== 'function') return argument;
  const request = currentRequest();
  return function (this: unknown, ...results: never[]) {
    return runFor(request, argument as AnyFunction, this, ...results);
  };
}

type PoolCallback = (error: unknown, client: unknown, release: unknown) => unknown;

/** The wait that a queued `connect` carries. */
function waitOf(item: unknown): Operation | null {
  return (item as PendingItem | undefined)?.[waiting] ?? null;
}

function carry(item: unknown, wait: Operation | null): void {
  if (wait !== null && typeof item === 'object' && item !== null) {
    (item as PendingItem)[waiting] = wait;
  }
}

/** Never with the password that a connection string may hold. */
function nameOf({ options = {} }: PgPool): string {
  if (typeof options.connectionString === 'string' && URL.canParse(options.connectionString)) {
    const { host, pathname } = new URL(options.connectionString);
    return `${host}${pathname}`;
  }
  const { host = 'localhost', port = 5432, database = '' } = options;
  return `${String(host)}:${String(port)}/${String(database)}`;
}
