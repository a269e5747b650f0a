import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { callSiteHint, captureCallSite, type AnyFunction } from '../call-site.ts';
import { replaceMethod } from '../replace-method.ts';
import { Call } from '../requests/operation.ts';
import { patternOfPath } from '../requests/path-pattern.ts';
import { currentRequest } from '../requests/request.ts';
import { ignoreSocket, ignoreSocketsOpenedNow } from './ignored-sockets.ts';
import type { Instrument } from './instrument.ts';

/**
 * Calls to other services through `fetch` and every copy of undici: from the making of the request
 * to the end of the reply's body. `fetch` makes its request later and off the caller's stack, so
 * the place is noted as it is called.
 */
export const undici: Instrument = {
  name: 'undici',
  install({ recorder, guard }) {
    const calls = new WeakMap<UndiciRequest, Call>();
    /** Sockets that have carried a request. */
    const used = new WeakSet<Socket>();

    const onCreate = guard.wrap(({ request }: UndiciEvent, below: AnyFunction) => {
      const { method = 'GET', origin, path = '/' } = request;
      const peer = recorder.peer(`${method} ${String(origin)}${patternOfPath(path)}`);
      const served = currentRequest();
      const callSite =
        callSiteHint.getStore() ?? peer.callSites.find(below, served?.routeSoFar ?? '');
      const made = new Call('http', peer, path, served, callSite);
      calls.set(request, made);
      recorder.begun(made, performance.now());
    }, undefined);
    const onConnected = guard.wrap(({ socket }: UndiciEvent) => {
      if (socket !== undefined) ignoreSocket(socket);
    }, undefined);
    const onSend = guard.wrap(({ request, socket }: UndiciEvent) => {
      if (socket === undefined || used.has(socket)) return;
      used.add(socket);
      const made = calls.get(request);
      if (made !== undefined) made.connects += 1;
    }, undefined);
    const onHeaders = guard.wrap(({ request, response }: UndiciEvent) => {
      const made = calls.get(request);
      const status = response?.statusCode ?? 0;
      if (made !== undefined && status >= 500) made.error = `status ${status}`;
    }, undefined);
    const onEnd = guard.wrap(({ request, error }: UndiciEvent) => {
      const made = calls.get(request);
      if (made !== undefined) recorder.ended(made, performance.now(), error);
    }, undefined);

    subscribe('undici:request:create', function created(event) {
      onCreate(event as UndiciEvent, created);
    });
    subscribe('undici:client:beforeConnect', () => ignoreSocketsOpenedNow());
    subscribe('undici:client:connected', (event) => onConnected(event as UndiciEvent));
    subscribe('undici:client:sendHeaders', (event) => onSend(event as UndiciEvent));
    subscribe('undici:request:headers', (event) => onHeaders(event as UndiciEvent));
    subscribe('undici:request:trailers', (event) => onEnd(event as UndiciEvent));
    subscribe('undici:request:error', (event) => onEnd(event as UndiciEvent));

    const placeOfFetch = guard.wrap(
      (below: AnyFunction) => (currentRequest() === null ? null : captureCallSite(below)),
      null,
    );
    replaceMethod(
      globalThis,
      'fetch',
      (original) =>
        function fetch(this: typeof globalThis, ...args) {
          const callSite = placeOfFetch(fetch);
          if (callSite === null) return Reflect.apply(original, this, args);
          return callSiteHint.run(callSite, Reflect.apply, original, this, args);
        },
    );
    return [];
  },
};

interface UndiciRequest {
  readonly method?: string;
  readonly origin?: string | URL;
  readonly path?: string;
}

interface UndiciEvent {
  readonly request: UndiciRequest;
  readonly response?: { readonly statusCode?: number };
  readonly socket?: Socket;
  readonly error?: unknown;
}
