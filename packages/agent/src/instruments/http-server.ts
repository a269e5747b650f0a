import { subscribe } from 'node:diagnostics_channel';
import { IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { patternOfPath } from '../requests/path-pattern.ts';
import { enterRequest, runFor, ServedRequest } from '../requests/request.ts';
import { replaceMethod } from '../replace-method.ts';
import type { Instrument } from './instrument.ts';

/**
 * Requests served by `node:http` and `node:https`, and with them by every framework on top. One
 * request on the wire is one served request, however many handlers and mounted apps it passes.
 *
 * The request becomes the context of all code it runs by entering it in the subscriber of
 * `http.server.request.start`: Node publishes that in the same turn as it emits `request`. Events
 * of a body that arrives in later turns are emitted in the connection's context, so the message's
 * `emit` puts them right.
 */
export const httpServer: Instrument = {
  name: 'http-server',
  install({ recorder, guard }) {
    const finish = (message: RequestMessage, response: ServerResponse, aborted: boolean): void => {
      const request = message[served];
      if (request === undefined || request.finished) return;
      const socket: ServerSocket = message.socket;
      socket[bytesWritten] = socket.bytesWritten;
      recorder.requestEnded(request, {
        method: message.method ?? 'GET',
        pattern: patternOf(request, response.statusCode),
        status: aborted && !response.headersSent ? 0 : response.statusCode,
        responseBytes: socket[bytesWritten] - request.bytesWrittenBefore,
      });
    };
    const onStart = guard.wrap((event: ServerEvent) => {
      const { request: message, response, socket } = event;
      const bytesBefore = socket[bytesWritten] ?? socket.bytesWritten;
      const request = new ServedRequest(message, performance.now(), bytesBefore);
      message[served] = request;
      recorder.requestStarted();
      response.on('close', onClose);
      enterRequest(request);
    }, undefined);
    const onFinish = guard.wrap((event: ServerEvent) => {
      finish(event.request, event.response, false);
    }, undefined);
    const onClosed = guard.wrap((response: ServerResponse<RequestMessage>) => {
      finish(response.req, response, true);
    }, undefined);
    function onClose(this: ServerResponse<RequestMessage>): void {
      onClosed(this);
    }

    subscribe('http.server.request.start', (event) => {
      onStart(event as ServerEvent);
    });
    subscribe('http.server.response.finish', (event) => {
      onFinish(event as ServerEvent);
    });
    replaceMethod(
      IncomingMessage.prototype,
      'emit',
      (emit) =>
        function (this: RequestMessage, ...args) {
          const request = this[served];
          const heard = request !== undefined && !request.finished && isHeard(this, args[0]);
          return heard ? runFor(request, emit, this, ...args) : Reflect.apply(emit, this, args);
        },
    );
    return [];
  },
};

const served = Symbol('amdahl.served');
/** Bytes written when the last reply ended: counting them takes Node longer than reading this. */
const bytesWritten = Symbol('amdahl.bytesWritten');

function isHeard(message: IncomingMessage, event: unknown): boolean {
  return message.listenerCount(event as string | symbol) > 0;
}

type RequestMessage = IncomingMessage & { [served]?: ServedRequest };

type ServerSocket = Socket & { [bytesWritten]?: number };

interface ServerEvent {
  readonly request: RequestMessage;
  readonly response: ServerResponse;
  readonly socket: ServerSocket;
}

/** What Express leaves on the message while it routes. */
interface ExpressFacts {
  readonly baseUrl?: unknown;
  readonly originalUrl?: unknown;
  readonly route?: { readonly path?: unknown };
}

/** The route's pattern, from the framework that routed the request, else from its path. */
function patternOf(request: ServedRequest, status: number): string {
  if (request.pattern !== null) return request.pattern;
  const { message } = request;
  const { baseUrl, originalUrl, route } = message as ExpressFacts;
  if (typeof route?.path === 'string') {
    const base = typeof baseUrl === 'string' ? patternOfPath(baseUrl).replace(/\/$/, '') : '';
    return route.path === '/' && base !== '' ? base : `${base}${route.path}`;
  }
  // Scanners ask for thousands of paths that do not exist.
  if (status === 404) return notFoundPattern;
  return patternOfPath(typeof originalUrl === 'string' ? originalUrl : (message.url ?? '/'));
}

/** Pattern of all requests that no route answered. */
const notFoundPattern = '(not found)';
