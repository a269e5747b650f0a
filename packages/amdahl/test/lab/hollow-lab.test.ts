import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CatalogArtifact } from '../../src/artifacts/catalog.ts';
import type { PlanNode } from '../../src/artifacts/plans.ts';
import { buildHollowLab, type HollowLab } from '../../src/lab/hollow-lab.ts';
import { explain } from '../../src/sql/explain.ts';
import { indexCandidates } from '../../src/sql/index-candidates.ts';
import { defineIndex, type LabIndex } from '../../src/sql/index-definition.ts';
import { parseStatement } from '../../src/sql/parser.ts';
import { readCatalog } from '../../src/sql/read-catalog.ts';
import { openReadOnly, type ReadOnlyDatabase } from '../../src/sql/read-only-database.ts';
import { costOf, indexesUsed, planShape } from '../../src/sql/read-plan.ts';
import { schemaOf } from '../../src/sql/schema.ts';
import { shapeOf } from '../../src/sql/statement-shape.ts';
import { startStorefront, workload, type Storefront } from './storefront.ts';

let shop: Storefront;
let database: ReadOnlyDatabase;
let catalog: CatalogArtifact;
let candidates: readonly LabIndex[];
let lab: HollowLab;

beforeAll(async () => {
  shop = await startStorefront();
  database = await openReadOnly(shop.url);
  catalog = await readCatalog(database);
  candidates = candidatesOf(catalog);
  lab = await buildHollowLab({ catalog, tables: catalog.tables, candidates });
});

afterAll(async () => {
  await lab?.close();
  await database?.close();
  await shop?.close();
});

function candidatesOf(known: CatalogArtifact): readonly LabIndex[] {
  const schema = schemaOf(known);
  const found = workload.flatMap(([text, ...parameters]) => {
    const { node } = parseStatement(text);
    const shape = node === null ? null : shapeOf(node, schema, parameters);
    return shape === null ? [] : indexCandidates(shape, schema);
  });
  return [...new Map(found.map((index) => [index.definition, index])).values()];
}

describe('the lab', () => {
  test('plans every statement as the target does, at the same cost', async () => {
    for (const [text, ...parameters] of workload) {
      const onTarget = await explain(database.query, text, parameters);
      const inLab = await lab.explain(text, parameters);
      const facts = (plan: PlanNode): unknown => ({
        text,
        shape: planShape(plan),
        cost: costOf(plan).toFixed(1),
      });
      expect(facts(inLab)).toEqual(facts(onTarget));
    }
    expect(lab.warnings).toEqual([]);
  });

  test('knows where the values end, beyond what ANALYZE saw', async () => {
    for (const statement of [
      "SELECT * FROM orders WHERE created_at >= '2027-01-01'",
      "SELECT * FROM orders WHERE created_at >= '2026-06-01' ORDER BY created_at",
      "SELECT * FROM orders WHERE placed_on > '2026-07-01'",
      "SELECT * FROM orders WHERE created_at < '2020-01-01'",
      'SELECT * FROM orders WHERE id > 1000000',
      'SELECT o.id FROM orders o JOIN users u ON u.id = o.user_id WHERE o.id > 90000',
    ]) {
      const onTarget = await explain(database.query, statement, []);
      const inLab = await lab.explain(statement, []);
      const facts = (plan: PlanNode): unknown => [statement, planShape(plan), costOf(plan)];
      expect(facts(inLab)).toEqual(facts(onTarget));
    }
  });

  test('holds no row and takes next to no disk', async () => {
    const [row] = await lab.query(
      `SELECT (SELECT count(note) FROM orders)::int AS rows, pg_relation_size('orders')::int AS bytes`,
    );
    expect(row).toEqual({ rows: 0, bytes: schemaOf(catalog).tableNamed('orders')?.sizeBytes });
    expect(allocatedBytes(lab.dataDirectory)).toBeLessThan(60e6);
  });

  test('puts candidates out of sight again after each experiment', async () => {
    const [text, ...parameters] = workload[2] as [string, ...unknown[]];
    const before = await lab.explain(text, parameters);
    const index = find('orders_user_id_created_at_idx');
    const withIndex = await lab.explainWith([index], text, parameters);
    expect(indexesUsed(withIndex)).toContain(index.name);
    expect(await lab.explain(text, parameters)).toEqual(before);
  });
});

function allocatedBytes(directory: string): number {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).blocks * 512, 0);
}

function find(name: string): LabIndex {
  const index = [...lab.candidates.keys()].find((each) => each.name === name);
  if (index === undefined) throw new Error(`no candidate ${name}`);
  return index;
}

describe('an index tried in the lab', () => {
  // What it serves, and how far its true cost may be from the predicted one.
  const cases: readonly (readonly [index: string, text: string, parameters: readonly unknown[]])[] =
    [
      [
        'orders_user_id_created_at_idx',
        'SELECT * FROM orders WHERE user_id = $1 ORDER BY created_at DESC LIMIT 20',
        [12],
      ],
      ['orders_user_id_idx', 'UPDATE orders SET note = NULL WHERE user_id = $1', [9]],
      ['orders_total_cents_idx', 'SELECT * FROM orders WHERE total_cents > 49500', []],
      [
        'products_category_id_price_cents_idx',
        'SELECT * FROM products WHERE category_id = $1 ORDER BY price_cents LIMIT 30',
        [7],
      ],
      ['order_items_product_id_idx', 'SELECT * FROM order_items WHERE product_id = $1', [5]],
      [
        'order_items_product_id_incl_order_id_quantity_idx',
        'SELECT sum(quantity) FROM order_items WHERE product_id = $1',
        [5],
      ],
      ['products_name_gin_trgm_idx', "SELECT * FROM products WHERE name LIKE '%abc%'", []],
    ];

  test.each(cases)(
    '%s is what the target gets when it is built',
    async (name, text, parameters) => {
      const index = find(name);
      const predicted = await lab.explainWith([index], text, parameters);
      await shop.client.query(index.definition);
      try {
        const real = await explain(database.query, text, parameters);
        expect(planShape(real)).toBe(planShape(predicted));
        expect(indexesUsed(real)).toContain(name);
        // What the size estimate is off by.
        expect(Math.abs(costOf(real) / costOf(predicted) - 1)).toBeLessThan(0.1);
      } finally {
        await shop.client.query(`DROP INDEX ${name}`);
      }
    },
  );

  test('has the size and height the real one has', async () => {
    await shop.client.query('CREATE EXTENSION IF NOT EXISTS pageinspect');
    const height = 'SELECT level FROM bt_metap($1)';
    const misjudged: string[] = [];
    for (const [index, size] of lab.candidates) {
      if (index.method !== 'btree') continue;
      await shop.client.query(index.definition);
      const { rows } = await shop.client.query<{ pages: number }>(
        'SELECT (pg_relation_size($1::regclass) / 8192)::int AS pages',
        [index.name],
      );
      const built = await shop.client.query<{ level: string }>(height, [index.name]);
      const level = await heightInLab(index.name);
      expect({ name: index.name, level }).toEqual({ name: index.name, ...built.rows[0] });
      await shop.client.query(`DROP INDEX ${index.name}`);
      const real = rows[0]?.pages ?? 0;
      if (Math.abs(size.pages - real) > Math.max(3, 0.15 * real)) {
        misjudged.push(`${index.name}: ${size.pages} pages, really ${real}`);
      }
    }
    expect(misjudged).toEqual([]);
  });
});

/** Height of an index in the lab, from the first page of its file. */
async function heightInLab(name: string): Promise<string> {
  const [row] = await lab.query('SELECT pg_relation_filepath($1::regclass) AS path', [name]);
  const page = readFileSync(join(lab.dataDirectory, String(row?.['path'])));
  return String(page.readUInt32LE(36));
}

test('an expression index has statistics of the expression, as ANALYZE would find them', async () => {
  const schema = schemaOf(catalog);
  const users = schema.tableNamed('users');
  const orders = schema.tableNamed('orders');
  if (users === null || orders === null) throw new Error('no such table');
  const index = defineIndex(
    {
      table: users,
      method: 'btree',
      keys: [{ expression: 'lower(email)' }],
      include: [],
      reason: '',
    },
    new Set(),
  );
  const few = defineIndex(
    {
      table: orders,
      method: 'btree',
      keys: [{ expression: 'EXTRACT(YEAR FROM updated_at)' }],
      include: [],
      reason: '',
    },
    new Set(),
  );
  const other = await buildHollowLab({
    catalog,
    tables: [users, orders],
    candidates: [index, few],
  });
  try {
    const unique = 'SELECT * FROM users WHERE lower(email) = $1';
    const found = await other.explainWith([index], unique, ['user77@example.com']);
    expect(found['Plan Rows']).toBe(1);
    const year = 'SELECT * FROM orders WHERE EXTRACT(YEAR FROM updated_at) = 2023';
    const planned = await other.explainWith([few], year, []);
    const { rows } = await shop.client.query(year);
    expect(planned['Plan Rows'] / rows.length).toBeGreaterThan(0.9);
    expect(planned['Plan Rows'] / rows.length).toBeLessThan(1.1);
  } finally {
    await other.close();
  }
});

test('strings that do not compare by their bytes need the pattern operator class here too', async () => {
  const collation = { provider: 'libc', name: 'en_US.UTF-8', bytewise: false } as const;
  const foreign: CatalogArtifact = { ...catalog, collation };
  const users = schemaOf(foreign).tableNamed('users');
  if (users === null) throw new Error('no such table');
  const index = (operatorClass?: string): LabIndex =>
    defineIndex(
      {
        table: users,
        method: 'btree',
        keys: [{ column: 'name', ...(operatorClass === undefined ? {} : { operatorClass }) }],
        include: [],
        reason: '',
      },
      new Set(),
    );
  const [plain, pattern] = [index(), index('varchar_pattern_ops')];
  const other = await buildHollowLab({
    catalog: foreign,
    tables: [users],
    candidates: [plain, pattern],
  });
  try {
    const text = "SELECT * FROM users WHERE name LIKE 'Name 12%'";
    expect(indexesUsed(await other.explainWith([plain], text, []))).not.toContain(plain.name);
    expect(indexesUsed(await other.explainWith([pattern], text, []))).toContain(pattern.name);
  } finally {
    await other.close();
  }
});

test('what cannot be modelled is named, and the rest is modelled', async () => {
  const strange: CatalogArtifact = {
    ...catalog,
    extensions: [...(catalog.extensions ?? []), { name: 'postgis', schema: 'public' }],
    settings: { ...catalog.settings, no_such_setting: 'on' },
    tables: catalog.tables.map((table) =>
      table.name === 'users'
        ? {
            ...table,
            columns: [
              ...table.columns,
              {
                name: 'home',
                type: 'geometry(Point,4326)',
                notNull: false,
                default: null,
                statistics: null,
              },
            ],
          }
        : table,
    ),
  };
  const other = await buildHollowLab({ catalog: strange, tables: strange.tables, candidates: [] });
  try {
    const warnings = other.warnings.join('\n');
    expect(warnings).toContain('the extension postgis');
    expect(warnings).toContain(
      'the type geometry(Point,4326); columns of that type are modelled as text: users.home.',
    );
    expect(warnings).toContain('the setting no_such_setting = on');
    const plan = await other.explain('SELECT home FROM users WHERE id = $1', [5]);
    expect(indexesUsed(plan)).toContain('users_pkey');
  } finally {
    await other.close();
  }
});
