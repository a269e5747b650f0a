import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type App } from './support/child-app.ts';
import { Hub } from './support/socket-hub.ts';
import { startPostgres, type TestPostgres } from './support/postgres.ts';

const flood = 5_000;
const maxRoutes = 500;
const maxShapes = 1_000;
const maxSpans = 1_000;

let postgres: TestPostgres;
let hub: Hub;
let app: App;

beforeAll(async () => {
  postgres = await startPostgres();
  hub = await new Hub().open();
  app = await startApp('hardy.ts', { hubPath: hub.path, env: { DATABASE_URL: postgres.url } });
});
afterAll(async () => {
  await app.stop();
  await hub.close();
  await postgres.stop();
});

test('a flood of paths is counted up to the bound, and what is left out is told', async () => {
  await hub.begin();
  const paths = Array.from({ length: flood }, (_, index) => `/page-${wordOf(index)}`);
  const replies = await Promise.all(paths.map((path) => app.get(path)));
  expect(replies.every(({ status }) => status === 200)).toBe(true);
  const { routes, traces, dropped } = await hub.collect();
  expect(routes).toHaveLength(maxRoutes);
  expect(traces).toHaveLength(maxRoutes);
  expect(dropped).toEqual({ routes: flood - maxRoutes });
  // A window that begins has room again.
  await hub.begin();
  await app.get('/page-of-its-own');
  expect((await hub.collect()).routes).toMatchObject([{ route: '/page-of-its-own' }]);
});

test('a flood of statements is counted up to the bound, and what is left out is told', async () => {
  await hub.begin();
  expect((await app.get(`/statements?count=${flood}`)).status).toBe(200);
  const { routes, statements, traces, dropped } = await hub.collect();
  expect(routes).toMatchObject([{ count: 1, statements: flood }]);
  expect(statements).toHaveLength(maxShapes + 1);
  // Those there was no room for are counted together.
  const others = statements.find(({ text }) => text === '(other statements)');
  expect(others).toMatchObject({ count: flood - maxShapes, rows: flood - maxShapes });
  expect(traces[0]?.spans).toHaveLength(maxSpans);
  expect(dropped).toEqual({ statements: flood - maxShapes, spans: flood - maxSpans });
});

/** A name of letters only, which no pattern replaces. */
function wordOf(index: number): string {
  return Array.from(String(index), (digit) => 'abcdefghij'[Number(digit)]).join('');
}
