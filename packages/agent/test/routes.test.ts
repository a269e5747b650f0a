import { Histogram } from '@amdahl/metrics';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AgentSnapshot, RouteAggregate } from '../src/protocol.ts';
import { startApp, type App } from './support/child-app.ts';
import { Hub } from './support/socket-hub.ts';

/** The frameworks serve the same routes; without one there is only the path to go by. */
const frameworks = [
  { framework: 'fastify', fixture: 'routes-fastify.ts', admin: '/admin/users/:name' },
  { framework: 'express', fixture: 'routes-express.js', admin: '/admin/users/:name' },
  { framework: 'hono', fixture: 'routes-hono.ts', admin: '/admin/users/:name' },
  { framework: 'node:http', fixture: 'routes-http.ts', admin: '/admin/users/ada' },
] as const;

describe.each(frameworks)('routes of $framework', ({ framework, fixture, admin }) => {
  let hub: Hub;
  let app: App;

  beforeAll(async () => {
    hub = await new Hub().open();
    app = await startApp(fixture, { hubPath: hub.path });
  });
  afterAll(async () => {
    await app.stop();
    await hub.close();
  });

  test('says hello, and where it listens', async () => {
    const { process } = await hub.next('hello');
    expect(process.argv[1]).toContain(fixture);
    const { port } = await hub.next('listening');
    expect(app.url).toBe(`http://127.0.0.1:${port}`);
    const { process: later } = await hub.collect();
    const names = Object.keys(later.watched);
    expect(names).toEqual(framework === 'node:http' ? [] : [framework]);
  });

  test('counts requests by route', async () => {
    await hub.begin();
    for (const id of [1, 2, 3]) {
      expect(await app.get(`/products/${id}?page=${id}`)).toEqual({
        status: 200,
        body: JSON.stringify({ id: String(id) }),
      });
    }
    const posted = await app.post('/orders', '{"lines":[1,2]}');
    expect(JSON.parse(posted.body)).toEqual({ echo: { lines: [1, 2] } });
    await app.get('/admin/users/ada');
    const { routes, dropped } = await hub.collect();
    const products = find(routes, 'GET', '/products/:id');
    expect(products).toMatchObject({ count: 3, errors: 0, statements: 0, connects: 0 });
    expect(products.responseBytes).toBeGreaterThan(3 * '{"id":"1"}'.length);
    expect(Histogram.fromBase64(products.duration).count).toBe(3);
    expect(find(routes, 'POST', '/orders')).toMatchObject({ count: 1, errors: 0 });
    expect(find(routes, 'GET', admin)).toMatchObject({ count: 1 });
    expect(routes).toHaveLength(3);
    expect(dropped).toEqual({});
  });

  test('counts error replies, and unknown paths as one route', async () => {
    await hub.begin();
    expect((await app.get('/fails')).status).toBe(500);
    for (const path of ['/nowhere', '/wp-login.php', '/.env']) {
      expect((await app.get(path)).status).toBe(404);
    }
    const { routes, traces } = await hub.collect();
    expect(find(routes, 'GET', '/fails')).toMatchObject({ count: 1, errors: 1 });
    expect(find(routes, 'GET', '(not found)')).toMatchObject({ count: 3, errors: 0 });
    expect(traces.find(({ url }) => url === '/fails')?.status).toBe(500);
  });

  test('counts a request whose client went away, and is done with it', async () => {
    await hub.begin();
    const request = httpRequest(`${app.url}/hangs`, { agent: false }).end();
    request.on('error', () => {});
    await hub.following('sample', ({ sample }) => sample.activeRequests === 1);
    request.destroy();
    const { routes, traces } = await hub.collectOnce(hasRoute('/hangs'));
    expect(find(routes, 'GET', '/hangs')).toMatchObject({ count: 1, errors: 0 });
    expect(traces[0]?.status).toBe(0);
    await hub.following('sample', ({ sample }) => sample.activeRequests === 0);
  });
});

function find(routes: readonly RouteAggregate[], method: string, route: string): RouteAggregate {
  const found = routes.find((other) => other.method === method && other.route === route);
  if (found !== undefined) return found;
  throw new Error(`${method} ${route} is not among ${routes.map((other) => other.route).join()}`);
}

function hasRoute(route: string): (snapshot: AgentSnapshot) => boolean {
  return ({ routes }) => routes.some((other) => other.route === route);
}
