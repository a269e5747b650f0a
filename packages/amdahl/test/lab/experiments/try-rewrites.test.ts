import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CatalogArtifact } from '../../../src/artifacts/catalog.ts';
import type { RewriteExperiment } from '../../../src/artifacts/experiments.ts';
import type { CapturedPlan, PlanNode } from '../../../src/artifacts/plans.ts';
import { buildHollowLab, type HollowLab } from '../../../src/lab/hollow-lab.ts';
import { labStatements, type LabStatement } from '../../../src/lab/experiments/lab-statement.ts';
import { tryRewrites } from '../../../src/lab/experiments/try-rewrites.ts';
import { workloadCandidates } from '../../../src/lab/experiments/workload-candidates.ts';
import { startPostgres, type PostgresServer } from '../../../src/lab/postgres.ts';
import { explain } from '../../../src/sql/explain.ts';
import { readCatalog } from '../../../src/sql/read-catalog.ts';
import { openReadOnly, type ReadOnlyDatabase } from '../../../src/sql/read-only-database.ts';
import { schemaOf } from '../../../src/sql/schema.ts';

const tables = `
  CREATE TABLE customers (
    id integer PRIMARY KEY, email text NOT NULL UNIQUE, referrer_id integer, country text NOT NULL);
  CREATE TABLE invoices (
    id integer PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers, approver_id integer,
    number text NOT NULL UNIQUE, amount integer NOT NULL, due timestamp NOT NULL);
  CREATE INDEX invoices_customer_id_idx ON invoices (customer_id);
  CREATE INDEX invoices_amount_idx ON invoices (amount);
  INSERT INTO customers
  SELECT i, 'c' || i || '@example.com', CASE WHEN i % 9 = 0 THEN i / 2 END, 'land ' || i % 60
  FROM generate_series(1, 8000) i;
  INSERT INTO invoices
  SELECT i, 1 + (i * 7919) % 7200, CASE WHEN i % 4 = 0 THEN 1 + i % 300 END, 'R' || i, i % 5000,
         timestamp '2023-01-01' + i * interval '11 minutes'
  FROM generate_series(1, 24000) i;`;

/** Each with a rewrite that pays. */
const sins: readonly (readonly [rule: string, text: string, parameters?: readonly unknown[]])[] = [
  ['implicit-cast', 'SELECT * FROM customers WHERE id = 4711.0'],
  ['implicit-cast', 'SELECT * FROM invoices WHERE id::text = $1', ['4711']],
  ['arithmetic-on-column', 'SELECT id FROM invoices WHERE amount - 10 > $1', [4_960]],
  [
    'not-in-subquery',
    'SELECT id FROM customers WHERE id NOT IN (SELECT customer_id FROM invoices)',
  ],
  [
    'or-across-columns',
    `SELECT i.id, c.email FROM invoices i JOIN customers c ON c.id = i.customer_id
     WHERE c.email = $1 OR i.number = $2 ORDER BY i.id LIMIT 20`,
    ['c77@example.com', 'R4711'],
  ],
  [
    'existence-count',
    'SELECT id FROM customers c WHERE (SELECT count(*) FROM invoices i WHERE i.customer_id = c.id) > 0',
  ],
  [
    'correlated-subquery',
    'SELECT c.id, (SELECT count(*) FROM invoices i WHERE i.customer_id = c.id) FROM customers c',
  ],
];

const random = 'SELECT id FROM invoices ORDER BY random() LIMIT 10';

const pages: readonly (readonly [text: string, parameters: readonly unknown[]])[] = [
  ['SELECT * FROM invoices ORDER BY amount LIMIT $1 OFFSET $2', [20, 20_000]],
  ['SELECT id, due AS day FROM invoices ORDER BY day DESC, id DESC LIMIT 20 OFFSET 20000', []],
];

/** Forms the rules know, where the planner does as well by itself. */
const innocents: readonly (readonly [text: string, parameters?: readonly unknown[]])[] = [
  ["SELECT * FROM customers WHERE id = '4711'"],
  ['SELECT * FROM invoices WHERE customer_id = $1 OR amount = $2', [5, 6]],
  [
    'SELECT c.id, (SELECT count(*) FROM invoices i WHERE i.customer_id = c.id) FROM customers c ORDER BY c.email LIMIT 20',
  ],
  ['SELECT customer_id, count(*) FROM invoices GROUP BY customer_id HAVING customer_id = $1', [5]],
  ['SELECT id FROM invoices ORDER BY amount LIMIT $1 OFFSET $2', [20, 40]],
  ['SELECT id FROM invoices ORDER BY approver_id LIMIT 20 OFFSET 20000'],
  ['SELECT id FROM customers WHERE id = 5.0 AND email = $1', ['c5@example.com']],
];

let server: PostgresServer;
let client: Client;
let database: ReadOnlyDatabase;
let catalog: CatalogArtifact;
let lab: HollowLab;
let baseline: ReadonlyMap<LabStatement, PlanNode>;
let rewrites: readonly RewriteExperiment[];

beforeAll(async () => {
  server = await startPostgres({ settings: { autovacuum: 'off', work_mem: '256kB' } });
  client = new Client({ connectionString: server.url() });
  await client.connect();
  await client.query(tables);
  await client.query('VACUUM ANALYZE');
  database = await openReadOnly(server.url());
  catalog = await readCatalog(database);
  const texts = [...sins.map(([, ...rest]) => rest), ...innocents, ...pages, [random] as const];
  const statements: LabStatement[] = [];
  for (const each of texts) {
    statements.push(...labStatements(await captured(...each), schemaOf(catalog)));
  }
  lab = await buildHollowLab({
    catalog,
    tables: catalog.tables,
    candidates: workloadCandidates(statements, schemaOf(catalog)),
  });
  const plans = new Map<LabStatement, PlanNode>();
  for (const statement of statements) {
    plans.set(statement, await lab.explain(statement.explainedText, statement.parameters));
  }
  baseline = plans;
  rewrites = await tried(baseline);
});

afterAll(async () => {
  await lab?.close();
  await database?.close();
  await client?.end();
  await server?.stop();
});

async function captured(text: string, parameters: readonly unknown[] = []): Promise<CapturedPlan> {
  const plan = await explain(database.query, text, parameters);
  return { text, explainedText: text, parameters, plan, error: null };
}

function tried(
  statements: ReadonlyMap<LabStatement, PlanNode>,
  target: ReadOnlyDatabase | null = null,
): Promise<readonly RewriteExperiment[]> {
  return tryRewrites(lab, statements, new AbortController().signal, { catalog, target });
}

/** The statements, their rewrites changed. */
function changed(
  text: string,
  change: (statement: LabStatement) => LabStatement['rewrites'],
): ReadonlyMap<LabStatement, PlanNode> {
  return new Map(
    [...baseline]
      .filter(([statement]) => statement.text === text)
      .map(([statement, plan]) => [{ ...statement, rewrites: change(statement) }, plan]),
  );
}

test.each(sins.map(([rule, text]) => ({ rule, text })))(
  '$rule pays and is proven: $text',
  ({ rule, text }) => {
    const found = rewrites.find((each) => each.text === text && each.rule === rule);
    expect(found?.effect.costAfter).toBeLessThanOrEqual(0.7 * (found?.effect.costBefore ?? 0));
    expect(found?.proof).toMatchObject({ kind: 'sampled-data' });
    expect(found?.proof?.rows).toBeGreaterThan(0);
  },
);

test('what picks rows by chance pays, and there is nothing to prove', () => {
  const found = rewrites.find(({ rule }) => rule === 'random-order');
  expect(found?.effect.costAfter).toBeLessThan(found?.effect.costBefore ?? 0);
  expect(found?.proof).toBeNull();
});

describe('a page that starts after the last row of the one before', () => {
  test.each(pages.map(([text]) => ({ text })))('is the page OFFSET shows: $text', ({ text }) => {
    const found = rewrites.find((each) => each.text === text);
    expect(found).toMatchObject({ rule: 'deep-offset', proof: { kind: 'sampled-data' } });
    expect(found?.proof?.rows).toBeGreaterThan(20);
    expect(found?.effect.costAfter).toBeLessThan(0.2 * (found?.effect.costBefore ?? 0));
  });

  test('goes on by the primary key where the order leaves ties', () => {
    const found = rewrites.find(({ text }) => text === pages[0]?.[0]);
    expect(found?.rewrittenText).toContain('(amount, invoices.id) > ($2, $3)');
  });

  test('is told from one that loses ties', async () => {
    const wrong = changed(pages[0]?.[0] ?? '', ({ rewrites: own }) =>
      own.map((rewrite) => ({
        ...rewrite,
        text: 'SELECT * FROM invoices WHERE amount > $2 AND $3::int IS NOT NULL ORDER BY amount, id LIMIT $1',
      })),
    );
    expect((await tried(wrong)).map(({ proof }) => proof?.kind)).toEqual(['differs']);
  });
});

test('nothing comes of what the planner does as well by itself', () => {
  const texts = new Set(innocents.map(([text]) => text));
  expect(rewrites.filter(({ text }) => texts.has(text))).toEqual([]);
});

test('parameters are drawn beside the ones seen', () => {
  const found = rewrites.find(({ rule, text }) => rule === 'implicit-cast' && text.includes('$1'));
  expect(found?.proof?.parametersTried).toBe(9);
  expect(found?.preconditions?.[0]).toMatch(/^\$1 is always a whole number/);
});

describe('a rewrite that returns other rows', () => {
  const text = 'SELECT id FROM customers WHERE id NOT IN (SELECT customer_id FROM invoices)';

  test('is told from the right one', async () => {
    const wrong = changed(text, ({ rewrites: own }) =>
      own.map((rewrite) => ({
        ...rewrite,
        text: 'SELECT id FROM customers c WHERE NOT EXISTS (SELECT FROM invoices i WHERE i.customer_id = c.id AND i.id > 30)',
      })),
    );
    expect((await tried(wrong)).map(({ proof }) => proof?.kind)).toEqual(['differs']);
  });

  test('is told when it only loses duplicates', async () => {
    const across = sins.find(([rule]) => rule === 'or-across-columns')?.[1] ?? '';
    const wrong = changed(across, ({ rewrites: own }) =>
      own.map((rewrite) => ({
        ...rewrite,
        text: `SELECT c.id, c.email FROM customers c WHERE c.email = $1
               UNION SELECT 5, 'x' FROM invoices WHERE number = $2 ORDER BY 1 LIMIT 20`,
      })),
    );
    expect((await tried(wrong)).map(({ proof }) => proof?.kind)).toEqual(['differs']);
  });

  test('is NOT IN over NULLs, unless they are presupposed away', async () => {
    const nullable = 'SELECT id FROM customers WHERE id NOT IN (SELECT approver_id FROM invoices)';
    const [statement] = labStatements(await captured(nullable), schemaOf(catalog));
    if (statement === undefined) throw new Error('no statement');
    // The catalog says that NULLs are there: no rule proposes anything.
    expect(statement.rewrites).toEqual([]);
    const [pattern] = [...baseline.keys()].find((each) => each.text === text)?.rewrites ?? [];
    if (pattern === undefined) throw new Error('no rewrite');
    const naive = {
      ...pattern,
      text: 'SELECT id FROM customers c WHERE NOT EXISTS (SELECT FROM invoices i WHERE i.approver_id = c.id)',
    };
    const plan = await lab.explain(nullable, []);
    const kinds = async (withoutNulls: typeof naive.withoutNulls): Promise<unknown> => {
      const rewrite = { ...naive, withoutNulls };
      const found = await tried(new Map([[{ ...statement, rewrites: [rewrite] }, plan]]));
      return found.map(({ proof }) => proof?.kind);
    };
    expect(await kinds([])).toEqual(['differs']);
    expect(await kinds([{ table: 'invoices', column: 'approver_id' }])).toEqual(['sampled-data']);
  });
});

test('where it is asked for, both are run on the target and nothing is left behind', async () => {
  const objects = 'SELECT count(*)::int AS n FROM pg_class';
  const { rows: before } = await client.query(objects);
  const own = changed('SELECT * FROM customers WHERE id = 4711.0', ({ rewrites: all }) => all);
  const [found] = await tried(own, database);
  expect(found?.proof).toEqual({ kind: 'target-data', rows: 1, parametersTried: 1 });
  expect((await client.query(objects)).rows).toEqual(before);
});

test('what might do more than read is not run on the target', async () => {
  const locking = 'SELECT * FROM customers WHERE id = 4711.0 FOR UPDATE';
  const [statement] = labStatements(await captured(locking), schemaOf(catalog));
  if (statement === undefined) throw new Error('no statement');
  const plan = await lab.explain(locking, []);
  const found = await tried(new Map([[statement, plan]]), database);
  expect(found.map(({ proof }) => proof?.kind)).toEqual(['sampled-data']);
});

test('where no parameters are known, they are drawn', async () => {
  const text = 'SELECT * FROM invoices WHERE id = $1::numeric';
  const plan = await lab.explain(text, []);
  const given = { text, explainedText: text, parameters: [], plan, error: null };
  const [statement] = labStatements(given, schemaOf(catalog));
  if (statement === undefined) throw new Error('no statement');
  const [found] = await tried(new Map([[statement, plan]]), database);
  expect(found?.proof).toMatchObject({ kind: 'sampled-data', parametersTried: 8, rows: 8 });
});

test('a rewrite gets no index that the budget has no room for', async () => {
  const indexes = (each: readonly RewriteExperiment[]): readonly string[] =>
    each.flatMap(({ withIndex }) => withIndex ?? []);
  expect(indexes(rewrites).length).toBeGreaterThan(0);
  const { signal } = new AbortController();
  for (const room of [
    { sizeBytes: 8_192, count: 9 },
    { sizeBytes: Infinity, count: 0 },
  ]) {
    const within = await tryRewrites(lab, baseline, signal, { catalog, target: null }, room);
    expect(indexes(within)).toEqual([]);
    expect(within.length).toBeGreaterThan(0);
  }
});
