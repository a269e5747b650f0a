import { Histogram } from '@amdahl/metrics';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AgentSnapshot, StatementAggregate, Trace } from '../src/protocol.ts';
import { fixturePath, lineOf, startApp, type App } from './support/child-app.ts';
import { Hub } from './support/socket-hub.ts';
import { startPostgres, type TestPostgres } from './support/postgres.ts';
import { createShop } from './support/shop-tables.ts';

const fixture = 'shop-pg.ts';

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

/** What the agent counts while the app answers these, one after the other. */
async function watch(...paths: readonly string[]): Promise<AgentSnapshot> {
  await hub.begin();
  for (const path of paths) expect((await app.get(path)).status).toBe(200);
  return hub.collect();
}

function statement(snapshot: AgentSnapshot, text: string): StatementAggregate {
  const found = snapshot.statements.filter((other) => other.text.includes(text));
  expect(found, `statements with "${text}"`).toHaveLength(1);
  return found[0] as StatementAggregate;
}

function statementSpans(trace: Trace | undefined): Trace['spans'] {
  return trace?.spans.filter(({ kind }) => kind === 'statement') ?? [];
}

test('an N+1 is one statement, run often in a request with parameters that differ', async () => {
  const snapshot = await watch('/n-plus-one?limit=12', '/n-plus-one?limit=8');
  const lookup = statement(snapshot, 'FROM products WHERE id');
  expect(lookup).toMatchObject({
    system: 'postgresql',
    text: 'SELECT name, price FROM products WHERE id = $1',
    exampleText: 'SELECT name, price FROM products WHERE id = $1',
    exampleParameters: [[901], [902], [903], [904], [905]],
    route: 'GET /n-plus-one',
    count: 20,
    requests: 2,
    maxPerRequest: 12,
    distinctParameters: 12,
    distinctParametersPerRequest: 10,
    repeatedResultShare: 1,
    rows: 20,
    columns: ['name', 'price'],
    errors: 0,
  });
  expect(lookup.callSite).toMatchObject({
    file: fixturePath(fixture),
    line: lineOf(fixture, 'name, price FROM products'),
    functionName: 'productOf',
  });
  expect(Histogram.fromBase64(lookup.duration).count).toBe(20);
  expect(lookup.wallSumUs).toBeGreaterThan(0);
  expect(lookup.wallSumUs).toBeLessThanOrEqual(lookup.durationSumUs + 20);
  // A data row of two columns: 7 bytes of message, 2 × 4 of lengths, `product 901`, `90100`.
  expect(lookup.bytes).toBe(20 * (7 + 8 + 11 + 5));
  const orders = statement(snapshot, 'FROM orders ORDER BY');
  expect(orders).toMatchObject({ count: 2, rows: 20, exampleParameters: [[12], [8]] });
  expect(orders.callSite?.line).toBe(lineOf(fixture, 'ORDER BY id LIMIT $1'));
  expect(snapshot.routes).toMatchObject([{ route: '/n-plus-one', count: 2, statements: 22 }]);
});

test('the same lookup again and again has one parameter list and one result', async () => {
  const snapshot = await watch('/same-again');
  expect(statement(snapshot, 'FROM products')).toMatchObject({
    text: 'SELECT name FROM products WHERE id = ?',
    exampleText: 'SELECT name FROM products WHERE id = 1',
    exampleParameters: [],
    count: 4,
    maxPerRequest: 4,
    distinctParameters: 1,
    distinctParametersPerRequest: 1,
    repeatedResultShare: 1,
  });
});

test('statements of a transaction count where they are written', async () => {
  const snapshot = await watch('/transaction');
  const line = lineOf(fixture, 'UPDATE products SET');
  const places = ['BEGIN', 'UPDATE', 'COMMIT'].map((text) => {
    const { callSite, rows, count } = statement(snapshot, text);
    return { line: callSite?.line, rows, count };
  });
  expect(places).toEqual([
    { line: line - 1, rows: 0, count: 1 },
    { line, rows: 0, count: 1 },
    { line: line + 1, rows: 0, count: 1 },
  ]);
});

test('an error of the database counts, and reaches the app', async () => {
  await hub.begin();
  expect(JSON.parse((await app.get('/fails')).body)).toMatchObject({ code: '42P01' });
  const snapshot = await hub.collect();
  expect(statement(snapshot, 'nowhere')).toMatchObject({ count: 1, errors: 1, rows: 0 });
  const span = statementSpans(snapshot.traces[0])[0];
  expect(span?.error).toBe('relation "nowhere" does not exist');
});

test('a connection opened for a request counts with it', async () => {
  const { routes, traces } = await watch('/connects', '/same-again');
  const connects = Object.fromEntries(routes.map((route) => [route.route, route.connects]));
  expect(connects).toEqual({ '/connects': 1, '/same-again': 0 });
  const spans = traces.find(({ url }) => url === '/connects')?.spans ?? [];
  expect(spans.map(({ kind }) => kind)).toEqual(['connect', 'statement']);
});

test('who waits for the only connection of a pool waits for the pool', async () => {
  const { traces, routes } = await watch('/narrow-pool');
  const spans = traces[0]?.spans ?? [];
  const wait = spans.find(({ kind }) => kind === 'pool');
  const sleep = spans.find(({ name }) => name.includes('pg_sleep'));
  const second = spans.find(({ name }) => name.includes('second'));
  expect(wait?.durationUs).toBeGreaterThan(40_000);
  expect(second?.startUs).toBeGreaterThanOrEqual((sleep?.startUs ?? 0) + (sleep?.durationUs ?? 0));
  expect(second?.startUs).toBeGreaterThanOrEqual((wait?.startUs ?? 0) + (wait?.durationUs ?? 0));
  expect(wait?.callSite?.line).toBe(lineOf(fixture, 'SELECT 1 AS second'));
  // The database works meanwhile, and that comes first.
  expect(routes[0]?.time.database).toBeGreaterThan(40_000);
});

test('the parts of the time of a request sum to its duration', async () => {
  const { routes } = await watch('/n-plus-one?limit=20');
  const { total, ...parts } = routes[0]?.time ?? { total: 0 };
  expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBe(total);
  const duration = Histogram.fromBase64(routes[0]?.duration ?? '').max;
  // The histogram has three significant digits.
  expect(Math.abs(total - duration) / duration).toBeLessThan(0.01);
  expect(parts).toMatchObject({ http: 0, socket: 0 });
  expect(routes[0]?.time.database).toBeGreaterThan(0);
});

test('one statement after the other, where the later one needs the earlier one', async () => {
  const { traces } = await watch('/dependent');
  const [order, product] = statementSpans(traces[0]);
  expect(product?.needs).toEqual([order?.id]);
  expect(order?.needs).toEqual([]);
});

test('one statement after the other, though neither needs the other', async () => {
  const { traces } = await watch('/sequential');
  const [first, second] = statementSpans(traces[0]);
  expect(second?.startUs).toBeGreaterThanOrEqual((first?.startUs ?? 0) + (first?.durationUs ?? 0));
  expect([first?.needs, second?.needs]).toEqual([[], []]);
  expect([first?.rows, second?.rows]).toEqual([1, 1]);
});

test('a loop over a result shows where its parameters came from, and that they differ', async () => {
  const { traces } = await watch('/n-plus-one?limit=3');
  const [orders, ...lookups] = statementSpans(traces[0]);
  expect(lookups.map(({ sources }) => sources)).toEqual(
    Array.from({ length: 3 }, () => [{ parameter: 1, span: orders?.id, column: 'product' }]),
  );
  expect(new Set(lookups.map(({ parameters }) => parameters)).size).toBe(3);
  expect(new Set(lookups.map(({ result }) => result)).size).toBe(3);
});

test('equal executions have equal parameters and results, failed ones no result', async () => {
  const { traces } = await watch('/same-again');
  const spans = statementSpans(traces[0]);
  expect(new Set(spans.map(({ parameters }) => parameters)).size).toBe(1);
  expect(new Set(spans.map(({ result }) => result)).size).toBe(1);
  const failed = await watch('/fails');
  expect(statementSpans(failed.traces[0])[0]).not.toHaveProperty('result');
});

test('statements of one connection are told from those of another', async () => {
  const transaction = statementSpans((await watch('/transaction')).traces[0]);
  expect(new Set(transaction.map(({ connection }) => connection)).size).toBe(1);
  expect(transaction[0]?.connection).toBeGreaterThan(0);
  const parallel = statementSpans((await watch('/parallel')).traces[0]);
  expect(new Set(parallel.map(({ connection }) => connection)).size).toBe(2);
});

test('statements on two connections at once overlap', async () => {
  const { traces } = await watch('/parallel');
  const [first, second] = statementSpans(traces[0]);
  expect(second?.startUs).toBeLessThan((first?.startUs ?? 0) + (first?.durationUs ?? 0));
});

test('requests at the same time keep their statements apart', async () => {
  await hub.begin();
  const ids = Array.from({ length: 20 }, (_, index) => index);
  await Promise.all(ids.map((id) => app.get(`/mine?id=${id}`)));
  const snapshot = await hub.collect();
  expect(statement(snapshot, 'AS mine')).toMatchObject({
    count: 60,
    requests: 20,
    maxPerRequest: 3,
    distinctParameters: 60,
    distinctParametersPerRequest: 3,
  });
  for (const trace of snapshot.traces) expect(statementSpans(trace)).toHaveLength(3);
  expect(snapshot.traces.filter(({ kind }) => kind === 'slowest')).toHaveLength(5);
});

test('what a callback of a shared client starts belongs to the request', async () => {
  const { statements } = await watch('/callback-context');
  expect(statements.map(({ text, route }) => [text, route])).toEqual([
    ['SELECT ? AS outer_one', 'GET /callback-context'],
    ['SELECT ? AS inner_one', 'GET /callback-context'],
  ]);
});

test('everything behaves as without the agent', async () => {
  const bare = await startApp(fixture, { hubPath: null, env: { DATABASE_URL: postgres.url } });
  try {
    const expected = await bare.get('/behaviour');
    expect(expected.status).toBe(200);
    await hub.begin();
    expect(JSON.parse((await app.get('/behaviour')).body)).toEqual(JSON.parse(expected.body));
    const ofProcess = /node:\d+/g;
    expect(app.stderr().replaceAll(ofProcess, '')).toBe(bare.stderr().replaceAll(ofProcess, ''));
    const snapshot = await hub.collect();
    expect(snapshot.dropped).toEqual({});
    expect(statement(snapshot, 'ORDER BY id LIMIT')).toMatchObject({ count: 1, rows: 3 });
    const failing = snapshot.statements.filter(({ text }) => text === 'SELECT ?/?');
    expect(failing.map(({ errors }) => errors)).toEqual([1, 1, 1]);
  } finally {
    await bare.stop();
  }
});
