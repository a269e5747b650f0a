import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import { callSiteHint, type AnyFunction } from '../call-site.ts';
import { Call } from '../requests/operation.ts';
import { patternOfPath } from '../requests/path-pattern.ts';
import { currentRequest } from '../requests/request.ts';
import { ignoreSocket } from './ignored-sockets.ts';
import type { Instrument } from './instrument.ts';

/**
 * Calls to other services through `node:http` and `node:https`: from the making of the request to
 * the end of the reply's body.
 */
export const httpClient: Instrument = {
  name: 'http-client',
  install({ recorder, guard }) {
    const onCreated = guard.wrap(({ request }: ClientEvent, below: AnyFunction) => {
      const host = request.getHeader('host') ?? request.host;
      const origin = `${request.protocol}//${String(host)}`;
      const peer = recorder.peer(`${request.method} ${origin}${patternOfPath(request.path)}`);
      const served = currentRequest();
      const callSite =
        callSiteHint.getStore() ?? peer.callSites.find(below, served?.routeSoFar ?? '');
      const made = new Call('http', peer, request.path, served, callSite);
      request[call] = made;
      recorder.begun(made, performance.now());
    }, undefined);
    const onStart = guard.wrap(({ request }: ClientEvent) => {
      if (request.socket !== null) ignoreSocket(request.socket);
    }, undefined);
    const end = guard.wrap((made: Call, error?: unknown) => {
      recorder.ended(made, performance.now(), error);
    }, undefined);
    const onResponse = guard.wrap(({ request, response }: ClientEvent) => {
      const made = request[call];
      if (made === undefined || response === undefined) return;
      if (!request.reusedSocket) made.connects = 1;
      const status = response.statusCode ?? 0;
      const error = status >= 500 ? `status ${status}` : undefined;
      response.once('end', () => end(made, error));
      response.once('close', () => end(made, error ?? 'closed before the end of the reply'));
    }, undefined);
    const onError = guard.wrap(({ request, error }: ClientEvent) => {
      if (request.socket !== null) ignoreSocket(request.socket);
      if (request[call] !== undefined) end(request[call], error);
    }, undefined);

    subscribe('http.client.request.created', function created(event) {
      onCreated(event as ClientEvent, created);
    });
    subscribe('http.client.request.start', (event) => onStart(event as ClientEvent));
    subscribe('http.client.response.finish', (event) => onResponse(event as ClientEvent));
    subscribe('http.client.request.error', (event) => onError(event as ClientEvent));
    return [];
  },
};

const call = Symbol('amdahl.call');

interface ClientEvent {
  readonly request: ClientRequest & { [call]?: Call };
  readonly response?: IncomingMessage;
  readonly error?: unknown;
}
