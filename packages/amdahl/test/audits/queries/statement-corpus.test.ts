/**
 * Good and bad habits of real apps, driven through the real agent on a real PostgreSQL, and what the
 * audits of statements make of them. The bad ones must be found once each, the good ones never.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { AgentSnapshot } from '@amdahl/agent/protocol';
import { Histogram } from '@amdahl/metrics';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Artifacts } from '../../../src/artifacts/artifacts.ts';
import { chattyTransaction } from '../../../src/audits/queries/chatty-transaction.ts';
import { duplicateStatement } from '../../../src/audits/queries/duplicate-statement.ts';
import { nPlusOne } from '../../../src/audits/queries/n-plus-one.ts';
import type { Finding } from '../../../src/audits/finding.ts';
import { startPostgres, type PostgresServer } from '../../../src/lab/postgres.ts';
import { parseStatement } from '../../../src/sql/parser.ts';
import { findingsOf } from '../../fixtures/audit.ts';
import { loadOf, request } from '../../fixtures/load.ts';

/** What is found on each route; the innocent ones are found nothing on. */
const expected: Readonly<Record<string, string>> = {
  loop: 'n-plus-one',
  'fan-out': 'n-plus-one',
  nested: 'n-plus-one',
  'two-per-row': 'n-plus-one',
  'in-transaction': 'n-plus-one',
  prepared: 'n-plus-one',
  'composite-key': 'n-plus-one',
  literals: 'n-plus-one',
  tree: 'n-plus-one',
  duplicate: 'duplicate-statement',
  'insert-rows': 'chatty-transaction',
  'insert-rows-uncommitted': 'chatty-transaction',
  'update-rows': 'chatty-transaction',
  'read-then-write': 'chatty-transaction',
};
const innocent = [
  'eager-loading',
  'eager-loading-in-chunks',
  'four-lookups',
  'different-statements',
  'import-by-arrays',
  'import-by-values',
  'import-that-may-fail',
  'pages-by-key',
  'pages-by-offset',
  'pages-by-token',
  'cursor',
  'retry',
  'polling',
  'worker-queue',
  'advisory-locks',
  'cache-warmer',
  'work-between-writes',
  'read-after-write',
  'at-the-same-time',
];
/** As many as the agent keeps random traces of. */
const requestsEach = 8;
/** Only the first of many requests warms the cache; polling takes a second each time. */
const otherRequests: Readonly<Record<string, number>> = { 'cache-warmer': 20, polling: 3 };

let server: PostgresServer;
let app: ChildProcess;
let findings: readonly Finding[];

beforeAll(async () => {
  server = await startPostgres();
  await fill(server.url());
  const flags = ['--conditions=@amdahl/source', '--import', '@amdahl/agent'];
  app = spawn(
    process.execPath,
    [...flags, fileURLToPath(new URL('../../fixtures/statement-habits.ts', import.meta.url))],
    {
      env: { ...process.env, NODE_OPTIONS: '', DATABASE_URL: server.url() },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const output = createInterface({ input: app.stdout as NodeJS.ReadableStream });
  const [port] = (await once(output, 'line')) as [string];
  const get = async (path: string): Promise<unknown> =>
    (await fetch(`http://127.0.0.1:${port}/${path}`)).json();
  for (const route of [...Object.keys(expected), ...innocent]) {
    const requests = otherRequests[route] ?? requestsEach;
    for (let number = 1; number <= requests; number += 1) await get(`${route}?n=${number}`);
  }
  const snapshot = (await get('snapshot')) as AgentSnapshot;
  findings = [nPlusOne, duplicateStatement, chattyTransaction].flatMap((audit) =>
    findingsOf(audit, evidenceOf(snapshot)),
  );
});

afterAll(async () => {
  if (app?.exitCode === null) {
    app.kill('SIGKILL');
    await once(app, 'exit');
  }
  await server?.stop();
});

async function fill(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`
    CREATE TABLE products (id int PRIMARY KEY, name text, price int, stock int DEFAULT 0);
    INSERT INTO products SELECT i, 'product ' || i, 7000000 + i FROM generate_series(1, 2000) i;
    CREATE TABLE orders (id int PRIMARY KEY, product int);
    INSERT INTO orders SELECT 50000 + i, 900 + i FROM generate_series(1, 40) i;
    CREATE TABLE lines (order_id int, line int, item int, PRIMARY KEY (order_id, line));
    INSERT INTO lines SELECT 50000 + i, 300 + l, 10000 + 4 * i + l
      FROM generate_series(1, 40) i, generate_series(1, 4) l;
    CREATE TABLE notes (order_id int PRIMARY KEY, note text);
    INSERT INTO notes SELECT 50000 + i, 'note ' || i FROM generate_series(1, 40) i;
    CREATE TABLE items (id int PRIMARY KEY, kind int, label text);
    INSERT INTO items SELECT 10000 + i, 1, 'item ' || i FROM generate_series(1, 200) i;
    CREATE TABLE pages (id int, page int, next_page int);
    INSERT INTO pages SELECT 600000 + i, 1 + i / 25, 2 + i / 25 FROM generate_series(0, 199) i;
    CREATE TABLE categories (id int PRIMARY KEY, parent_id int);
    INSERT INTO categories SELECT i, NULLIF(i / 2, 0) FROM generate_series(1, 15) i;
    CREATE TABLE users (id int PRIMARY KEY, name text, credit int);
    INSERT INTO users SELECT i, 'user ' || i, 8000000 + i FROM generate_series(1, 100) i;
    CREATE TABLE jobs (id int PRIMARY KEY, done boolean);
    INSERT INTO jobs SELECT i, false FROM generate_series(1, 2000) i;
    CREATE TABLE stage (id int PRIMARY KEY, name text)`);
  await client.end();
}

/** The load as the app saw it. */
function evidenceOf(snapshot: AgentSnapshot): Pick<Artifacts, 'agent' | 'load'> {
  const requests = snapshot.routes.map(({ method, route, count, duration }) =>
    request(`${method} ${route}`, Histogram.fromBase64(duration).mean / 1_000, count),
  );
  return { agent: { processes: [snapshot] }, load: loadOf(requests) };
}

/** Audits by route, a finding that touches several routes on each. */
function outcome(): ReadonlyMap<string, readonly string[]> {
  const found = findings.flatMap(({ audit, routes }) =>
    routes.map(({ route }) => ({ route: route.replace('GET /', ''), audit })),
  );
  const byRoute = Map.groupBy(found, ({ route }) => route);
  return new Map([...byRoute].map(([route, list]) => [route, list.map(({ audit }) => audit)]));
}

test.each(Object.entries(expected))('%s is found by %s alone, once', (route, audit) => {
  expect(outcome().get(route) ?? []).toEqual([audit]);
});

test.each(innocent)('%s is innocent', (route) => {
  expect(outcome().get(route) ?? []).toEqual([]);
});

test('precision and recall over the corpus are 1', async ({ annotate }) => {
  const found = outcome();
  const right = Object.entries(expected).filter(([route, audit]) =>
    found.get(route)?.includes(audit),
  );
  const precision = right.length / [...found.values()].flat().length;
  const recall = right.length / Object.keys(expected).length;
  await annotate(
    `${Object.keys(expected).length} bad habits, ${innocent.length} good ones: ` +
      `precision ${precision}, recall ${recall}`,
  );
  expect({ precision, recall }).toEqual({ precision: 1, recall: 1 });
});

function findingOn(route: string): Finding {
  const finding = findings.find(({ routes }) =>
    routes.some((impact) => impact.route === `GET /${route}`),
  );
  if (finding === undefined) throw new Error(`nothing is found on ${route}`);
  return finding;
}

function batchedOn(route: string): string {
  const { change } = findingOn(route).remedy;
  if (change?.kind !== 'diff') throw new Error(`no statement is shown for ${route}`);
  for (const text of change.after.split(';\n\n')) expect(parseStatement(text).error).toBeNull();
  return change.after;
}

describe('what is shown', () => {
  test('says where the values of a loop come from', () => {
    // Several routes share the loops over `productOf`: which of them is shown is a matter of time.
    const source = findingOn('prepared').evidence.find(
      (detail) => detail.kind === 'statement' && detail.title.startsWith('Its values'),
    );
    expect(source).toMatchObject({
      title: expect.stringMatching(/^Its values are the column product of this result, read in /),
      sql: 'SELECT id, product FROM orders ORDER BY id DESC LIMIT $1',
    });
  });

  test('blames the outer loop of two', () => {
    const finding = findingOn('nested');
    expect(finding.title).toBe(
      'GET /nested runs "SELECT line, item FROM lines WHERE order_id = $1 ORDER BY l…" 6 times per request, ' +
        'and within it "SELECT label FROM items WHERE id = $1" 24 times',
    );
    expect(batchedOn('nested').split(';\n\n')).toHaveLength(2);
  });

  test('has all statements of a row', () => {
    expect(findingOn('two-per-row').title).toContain('runs 2 statements for each of 12 rows');
    expect(batchedOn('two-per-row').split(';\n\n')).toHaveLength(2);
  });

  test('walks a tree in one statement', () => {
    expect(findingOn('tree').title).toContain('walks a tree');
    expect(batchedOn('tree')).toMatch(/WITH RECURSIVE[\s\S]*categories\.parent_id = tree\.id/);
  });

  test('joins on a key of two columns', () => {
    expect(batchedOn('composite-key')).toContain('AS wanted(order_id, line)');
  });

  test('writes all rows at once', () => {
    expect(batchedOn('insert-rows')).toMatch(/INSERT INTO stage[\s\S]*FROM unnest/);
    expect(batchedOn('update-rows')).toMatch(/UPDATE products SET[\s\S]*FROM unnest/);
    expect(batchedOn('read-then-write')).toMatch(/UPDATE users SET[\s\S]*RETURNING credit/);
    const idle = findingOn('insert-rows').evidence.find(
      (detail) => detail.kind === 'number' && detail.label.startsWith('Round trips'),
    );
    expect(idle).toMatchObject({ value: 17 });
  });
});
