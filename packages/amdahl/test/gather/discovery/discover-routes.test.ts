import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RoutesArtifact } from '../../../src/artifacts/routes.ts';
import { discoverRoutes } from '../../../src/gather/discovery/discover-routes.ts';
import { startTarget } from '../../../src/target/start-target.ts';
import type { RunningTarget } from '../../../src/target/target.ts';
import { freePort, siteCommand } from '../../fixtures/site.ts';

function discover(
  url: string,
  changes: Partial<Parameters<typeof discoverRoutes>[0]> = {},
): Promise<RoutesArtifact> {
  return discoverRoutes({
    url,
    exclude: [],
    signal: new AbortController().signal,
    report: () => undefined,
    frameworkPatterns: () => Promise.resolve([]),
    ...changes,
  });
}

describe('a site', () => {
  let target: RunningTarget;
  let found: RoutesArtifact;

  beforeAll(async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/`;
    target = await startTarget({
      app: siteCommand,
      cwd: process.cwd(),
      env: { PORT: String(port) },
      url,
      readyPath: '/about',
      readyTimeoutMs: 20_000,
    });
    found = await discover(url);
  });

  afterAll(() => target.stop());

  const route = (name: string): unknown => found.routes.find((each) => each.name === name);

  test('shows its routes by links, forms and its OpenAPI document', () => {
    expect(found.routes.map(({ name, foundBy }) => `${name} by ${foundBy}`)).toEqual([
      'GET / by start',
      'GET /about by link',
      'GET /products/:id by link',
      'GET /search by form',
      'GET /new by link',
      'GET /team by link',
      'GET /api/products/:id by openapi',
    ]);
  });

  test('gives examples of each route, also of pages nobody had to visit', () => {
    expect(route('GET /products/:id')).toMatchObject({
      method: 'GET',
      pattern: '/products/:id',
      examples: Array.from({ length: 15 }, (_, index) => `/products/${index + 1}`),
    });
  });

  test('says what was left out and why', () => {
    expect(found.leftOut).toEqual(
      expect.arrayContaining([
        { url: '/logout', reason: expect.stringContaining('might change') },
        { url: '/products/3/delete', reason: expect.stringContaining('might change') },
        { url: '/orders', reason: 'a form that sends POST' },
        { url: '/missing', reason: 'answers 404' },
        { url: '/files/terms.pdf', reason: 'a file, no route' },
        { url: 'https://example.com/', reason: 'another origin' },
        { url: '/old', reason: 'redirects to /new' },
        { url: 'DELETE /api/products/:id', reason: expect.stringContaining('not GET') },
        { url: '/api/users/:name', reason: expect.stringContaining('no example') },
      ]),
    );
  });

  test('is not changed by the visit', () => {
    expect(target.output().filter((line) => line.startsWith('CHANGED'))).toEqual([]);
  });

  test('keeps to itself what the user excludes', async () => {
    const { routes, leftOut } = await discover(`${target.url}/`, { exclude: ['/products/*'] });
    expect(routes.map(({ name }) => name)).not.toContain('GET /products/:id');
    expect(leftOut).toContainEqual({ url: '/products/1', reason: 'excluded by "/products/*"' });
  });

  test('has its routes named as its framework names them', async () => {
    const frameworkPatterns = (): Promise<readonly string[]> =>
      Promise.resolve(['/products/:slug', '/:page']);
    const { routes } = await discover(`${target.url}/`, { frameworkPatterns });
    expect(routes.map(({ name }) => name)).toContain('GET /products/:slug');
  });

  test('is left alone when the run is interrupted', async () => {
    const controller = new AbortController();
    controller.abort(new Error('interrupted'));
    await expect(discover(`${target.url}/`, { signal: controller.signal })).rejects.toThrow(
      'interrupted',
    );
  });
});

describe('a site without end', () => {
  let server: Server;
  let requests = 0;

  beforeAll(async () => {
    server = createServer((request, response) => {
      requests += 1;
      const depth = (request.url as string).split('/').length;
      const links = Array.from(
        { length: 50 },
        (_, index) =>
          `<a href="${request.url}/l${depth}x${String.fromCharCode(97 + (index % 26))}${index}q">x</a>`,
      );
      response.setHeader('content-type', 'text/html');
      response.end(links.join(''));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  test('ends at the bounds of the crawl', async () => {
    const { port } = server.address() as AddressInfo;
    const { routes, leftOut } = await discover(`http://127.0.0.1:${port}/start`);
    expect(requests).toBeLessThan(120);
    expect(routes.length).toBeLessThanOrEqual(40);
    expect(leftOut.length).toBeLessThanOrEqual(100);
  });
});

test('a service that hangs up yields no route, and says so', async () => {
  const server = createServer((request) => request.socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  expect(await discover(`http://127.0.0.1:${port}/`)).toMatchObject({
    routes: [],
    leftOut: [{ url: '/', reason: 'no reply: a connection closed without a reply' }],
  });
  server.close();
  await once(server, 'close');
});
