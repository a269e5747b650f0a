import { subscribe } from 'node:diagnostics_channel';
import { currentRequest } from '../requests/request.ts';
import type { Instrument } from './instrument.ts';

/** Patterns of the routes that Fastify matched. */
export const fastify: Instrument = {
  name: 'fastify',
  install({ guard }) {
    const onHandler = guard.wrap(({ request, route }: HandlerEvent) => {
      const current = currentRequest();
      // A request injected into the app inside another one has a message of its own.
      if (current === null || request.raw !== current.message) return;
      if (typeof route.url === 'string') current.pattern ??= route.url;
    }, undefined);
    subscribe('tracing:fastify.request.handler:start', (event) => onHandler(event as HandlerEvent));
    return [];
  },
};

interface HandlerEvent {
  readonly request: { readonly raw?: unknown };
  readonly route: { readonly url?: unknown };
}
