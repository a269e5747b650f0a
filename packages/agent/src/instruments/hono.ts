import { addAfter, type ModulePatch } from '../module-patches.ts';
import { currentRequest } from '../requests/request.ts';
import type { Instrument } from './instrument.ts';

/**
 * Patterns of the routes that Hono matched. It publishes nothing, so its dispatcher gets a call
 * where it has matched the path.
 */
export const hono: Instrument = {
  name: 'hono',
  install({ guard }) {
    const onMatch = guard.wrap((match: HonoMatch) => {
      const request = currentRequest();
      if (request === null || request.pattern !== null) return;
      // Middleware matches too; it is registered for all methods, most often for all paths.
      const routes = match[0].map(([[, route]]) => route);
      const handler =
        routes.findLast(({ method }) => method !== 'ALL') ??
        routes.findLast(({ path }) => !String(path).endsWith('*'));
      if (typeof handler?.path === 'string') request.pattern = handler.path;
    }, undefined);
    return ['dist/', 'dist/cjs/'].map((folder): ModulePatch => ({
      library: 'hono',
      path: `${folder}hono-base.js`,
      probe: onMatch,
      edit: (source) =>
        addAfter(
          source,
          'const matchResult = this.router.match(method, path);',
          ' amdahlProbe?.(matchResult);',
        ),
    }));
  },
};

interface HonoRoute {
  readonly method?: string;
  readonly path?: unknown;
}

/** Handlers with their routes and parameters, then what the parameters point into. */
type HonoMatch = readonly [
  readonly (readonly [readonly [handler: unknown, route: HonoRoute], ...unknown[]])[],
  ...unknown[],
];
