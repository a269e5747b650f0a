import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixturePath, lineOf, startApp, type App } from './support/child-app.ts';
import { Hub } from './support/socket-hub.ts';
import { startPostgres, type TestPostgres } from './support/postgres.ts';
import { createShop } from './support/shop-tables.ts';

const fixture = 'shop-postgres-js.ts';

let postgres: TestPostgres;
let hub: Hub;
let app: App;

beforeAll(async () => {
  postgres = await startPostgres();
  await createShop(postgres.url);
  hub = await new Hub().open();
  app = await startApp(fixture, { hubPath: hub.path, env: { DATABASE_URL: postgres.url } });
});
afterAll(async () => {
  await app.stop();
  await hub.close();
  await postgres.stop();
});

test('the connection is opened for the first request only', async () => {
  await hub.begin();
  await app.get('/n-plus-one');
  expect((await hub.collect()).routes).toMatchObject([{ connects: 1 }]);
  await hub.begin();
  await app.get('/n-plus-one');
  expect((await hub.collect()).routes).toMatchObject([{ connects: 0, statements: 6 }]);
});

test('an N+1 is one statement, run often in a request with parameters that differ', async () => {
  await hub.begin();
  await app.get('/n-plus-one');
  await app.get('/n-plus-one');
  const { statements, traces } = await hub.collect();
  const lookup = statements.find(({ text }) => text.includes('FROM products'));
  expect(lookup).toMatchObject({
    text: 'SELECT name, price FROM products WHERE id = $1',
    route: 'GET /n-plus-one',
    callSite: {
      file: fixturePath(fixture),
      line: lineOf(fixture, 'name, price FROM products'),
      functionName: 'productOf',
    },
    count: 10,
    requests: 2,
    maxPerRequest: 5,
    distinctParameters: 5,
    distinctParametersPerRequest: 5,
    repeatedResultShare: 1,
    rows: 10,
    columns: ['name', 'price'],
    errors: 0,
  });
  // A data row of two columns: 7 bytes of message, 2 × 4 of lengths, `product 901`, `90100`.
  expect(lookup?.bytes).toBe(10 * (7 + 8 + 11 + 5));
  const [orders, ...products] = traces[0]?.spans.filter(({ kind }) => kind === 'statement') ?? [];
  expect(products.map(({ needs }) => needs)).toEqual(products.map(() => [orders?.id]));
});

test('a pipelined statement waits for the connection until the one before has ended', async () => {
  await hub.begin();
  await app.get('/pipelined');
  const { traces } = await hub.collect();
  const spans = traces[0]?.spans ?? [];
  const sleep = spans.find(({ name }) => name.includes('pg_sleep'));
  const second = spans.find(({ name }) => name.includes('FROM products'));
  expect(second?.startUs).toBeGreaterThanOrEqual((sleep?.startUs ?? 0) + (sleep?.durationUs ?? 0));
  expect(second?.durationUs).toBeGreaterThan(0);
  const waits = spans.filter(({ kind }) => kind === 'pool').map(({ durationUs }) => durationUs);
  expect(Math.max(...waits)).toBeGreaterThan(40_000);
});

test('everything behaves as without the agent', async () => {
  const bare = await startApp(fixture, { hubPath: null, env: { DATABASE_URL: postgres.url } });
  try {
    const expected = await bare.get('/behaviour');
    expect(expected.status).toBe(200);
    await hub.begin();
    expect(JSON.parse((await app.get('/behaviour')).body)).toEqual(JSON.parse(expected.body));
    expect(app.stderr()).toBe(bare.stderr());
    const { dropped, statements } = await hub.collect();
    expect(dropped).toEqual({});
    expect(statements.find(({ text }) => text.includes('nowhere'))).toMatchObject({ errors: 1 });
  } finally {
    await bare.stop();
  }
});
