import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startApp, type App } from './support/child-app.ts';
import { Hub } from './support/socket-hub.ts';
import { startPostgres, type TestPostgres } from './support/postgres.ts';

let postgres: TestPostgres;
let hub: Hub;
let app: App;

beforeAll(async () => {
  postgres = await startPostgres();
  hub = await new Hub().open();
  app = await startApp('late-work.ts', {
    hubPath: hub.path,
    env: { DATABASE_URL: postgres.url },
  });
});
afterAll(async () => {
  await app.stop();
  await hub.close();
  await postgres.stop();
});
beforeEach(() => hub.begin());

test('what listeners of a body do that arrives in pieces belongs to the request', async () => {
  const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
  socket.write('POST /upload HTTP/1.1\r\nHost: app\r\nContent-Length: 10\r\n\r\n12345');
  await hub.following('sample', ({ sample }) => sample.activeRequests === 1);
  socket.write('67890');
  const [reply] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  expect(reply.toString()).toMatch(/10$/);
  const { statements } = await hub.collectOnce(({ routes }) => routes.length > 0);
  expect(statements).toMatchObject([{ route: 'POST /upload', count: 1, requests: 1 }]);
});

test('what is asked for after the reply belongs to no request', async () => {
  await app.get('/after-reply');
  const { statements, routes } = await hub.collectOnce((found) => found.statements.length > 0);
  expect(statements).toMatchObject([
    { text: 'SELECT ? AS after_the_reply', route: '(none)', count: 1, requests: 0, wallSumUs: 0 },
  ]);
  expect(routes).toMatchObject([{ route: '/after-reply', statements: 0 }]);
});

test('what outlives its request is counted when it ends, and waited for until the reply', async () => {
  await app.get('/unawaited');
  const { statements, routes } = await hub.collectOnce((found) => found.statements[0]?.count === 1);
  const [statement] = statements;
  expect(statement).toMatchObject({ route: 'GET /unawaited', requests: 1, maxPerRequest: 1 });
  expect(statement?.durationSumUs).toBeGreaterThanOrEqual(50_000);
  expect(statement?.wallSumUs).toBeLessThanOrEqual((routes[0]?.time.total ?? 0) + 1);
});
