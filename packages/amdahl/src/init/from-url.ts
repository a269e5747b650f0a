import { discoverRoutes } from '../gather/discovery/discover-routes.ts';
import { workbenchErrors } from '../workbench-errors.ts';
import { request, visitor, type ScriptDraft } from './draft.ts';

/**
 * A visitor of every route that is found by looking around at a service.
 *
 * @throws `AMDAHL_INIT_NOTHING_FOUND`
 */
export async function fromUrl(
  url: string,
  signal: AbortSignal,
  report: (status: string) => void,
): Promise<ScriptDraft> {
  const { routes, leftOut } = await discoverRoutes({
    url,
    exclude: [],
    signal,
    report,
    frameworkPatterns: () => Promise.resolve([]),
  });
  if (routes.length === 0) {
    throw workbenchErrors.create('AMDAHL_INIT_NOTHING_FOUND', {
      expected: `pages that answer GET at ${url}`,
      found: leftOut[0] === undefined ? 'none' : `${leftOut[0].url}: ${leftOut[0].reason}`,
      next: 'Start the service, or give a HAR file or an OpenAPI document.',
    });
  }
  const tasks = routes.map(({ pattern, examples }) => {
    const [first = pattern] = examples;
    const name = examples.length > 1 || first !== pattern ? pattern : null;
    const steps = [request('GET', examples, { name })];
    return { name: `view ${pattern}`, weight: 1, steps, disabled: null };
  });
  return {
    users: [visitor(tasks)],
    baseUrl: new URL(url).origin,
    flags: [],
    notes: leftOut.slice(0, 10).map(({ url: path, reason }) => `${path}: ${reason}`),
  };
}
