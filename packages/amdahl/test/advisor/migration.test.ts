import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from 'pg';
import { migrationOf } from '../../src/advisor/migration.ts';
import type { CatalogArtifact } from '../../src/artifacts/catalog.ts';
import type { Finding, IndexBuild, Remedy } from '../../src/audits/finding.ts';
import { buildHollowLab } from '../../src/lab/hollow-lab.ts';
import { explain } from '../../src/sql/explain.ts';
import { defineIndex, indexKind, type LabIndex } from '../../src/sql/index-definition.ts';
import { readCatalog } from '../../src/sql/read-catalog.ts';
import { openReadOnly, type ReadOnlyDatabase } from '../../src/sql/read-only-database.ts';
import { planShape } from '../../src/sql/read-plan.ts';
import { schemaOf } from '../../src/sql/schema.ts';
import { startStorefront, type Storefront } from '../lab/storefront.ts';

const events = `
CREATE SCHEMA audit;
CREATE TABLE audit.events (id bigint, kind text, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE audit.events_2024 PARTITION OF audit.events
  FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE audit.events_2025 PARTITION OF audit.events
  FOR VALUES FROM ('2025-01-01') TO ('2026-01-01') PARTITION BY LIST (kind);
CREATE TABLE audit."events 2025 login" PARTITION OF audit.events_2025 FOR VALUES IN ('login');
CREATE TABLE audit.events_2025_rest PARTITION OF audit.events_2025 DEFAULT;
CREATE INDEX events_kind_idx ON audit.events (kind);
CREATE INDEX "Odd ""idx""" ON users (name, created_at DESC) INCLUDE (email) WHERE id > 10;`;

let shop: Storefront;
let database: ReadOnlyDatabase;
let catalog: CatalogArtifact;

beforeAll(async () => {
  shop = await startStorefront();
  await shop.client.query(events);
  database = await openReadOnly(shop.url);
  catalog = await readCatalog(database);
});

afterAll(async () => {
  await database?.close();
  await shop?.close();
});

type Advised = Pick<Finding, 'title' | 'remedy'>;

function advised(title: string, remedy: Pick<Remedy, 'builds' | 'drops'>): Advised {
  return {
    title,
    remedy: { title, risk: 'low', actions: [], change: null, rollback: '', ...remedy },
  };
}

function indexOn(table: string, keys: LabIndex['keys'], more: Partial<LabIndex> = {}): LabIndex {
  const on = schemaOf(catalog).tableNamed(table);
  if (on === null) throw new Error(`no table ${table}`);
  const proposal = { table: on, method: 'btree', keys, include: [], reason: '', ...more } as const;
  return defineIndex(proposal, new Set());
}

function build(index: LabIndex): IndexBuild {
  const { schema, name } = index.table;
  return {
    table: schema === 'public' ? name : `${schema}.${name}`,
    definition: index.definition,
    kind: indexKind(index),
    estimatedSizeBytes: 2_000_000,
    ...(index.requires === undefined ? {} : { requires: index.requires }),
  };
}

/** As psql runs a file: each statement by itself, outside a transaction. */
async function run(client: Client, script: string): Promise<void> {
  const statements = script.replaceAll(/^--.*$/gm, '').split(/;\n/);
  for (const statement of statements) {
    if (statement.trim() !== '') await client.query(statement);
  }
}

async function indexes(client: Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ definition: string }>(
    `SELECT pg_get_indexdef(i.indexrelid) || CASE WHEN indisvalid THEN '' ELSE ' invalid' END
       || coalesce(' part of ' || (SELECT h.inhparent::regclass FROM pg_inherits h
                                   WHERE h.inhrelid = i.indexrelid), '') AS definition
     FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname IN ('public', 'audit') ORDER BY 1`,
  );
  return rows.map(({ definition }) => definition);
}

describe('run for real', () => {
  const text = 'SELECT * FROM orders WHERE user_id = $1 ORDER BY created_at DESC LIMIT 20';

  test('it changes the plans as predicted, and the way back leaves the very same indexes', async () => {
    const served = indexOn('orders', [{ column: 'user_id' }, { column: 'created_at' }]);
    const lower = indexOn('users', [{ expression: 'lower(email)' }]);
    const partial = indexOn('orders', [{ column: 'total_cents' }], {
      predicate: "status = 'failed'",
    });
    const lab = await buildHollowLab({ catalog, tables: catalog.tables, candidates: [served] });
    const predicted = planShape(await lab.explainWith([served], text, [12]));
    await lab.close();
    const { up, down, notes } = migrationOf(
      [
        advised('orders is looked up', { builds: [build(served)] }),
        advised('the same again', { builds: [build(served), build(partial)] }),
        advised('users are searched by lower(email)\nand more', { builds: [build(lower)] }),
        advised('superfluous', { drops: ['orders_placed_on_idx', 'Odd "idx"'] }),
      ],
      catalog,
    );
    const before = await indexes(shop.client);
    await run(shop.client, up);
    expect(planShape(await explain(database.query, text, [12]))).toBe(predicted);
    const after = await indexes(shop.client);
    expect(after).toHaveLength(before.length + 3 - 2);
    expect(after.join('\n')).toMatch(/lower\(email\)/);
    await run(shop.client, down);
    expect(await indexes(shop.client)).toEqual(before);
    expect(notes.join(' ')).toContain('NOT indisvalid');
  });

  test('on a partitioned table each partition is built by itself and attached', async () => {
    const index = indexOn('audit.events', [{ column: 'id' }, { column: 'kind' }]);
    const { up, down } = migrationOf(
      [
        advised('events are looked up by id', { builds: [build(index)] }),
        advised('kind is hardly read', { drops: ['audit.events_kind_idx'] }),
      ],
      catalog,
    );
    const before = await indexes(shop.client);
    await run(shop.client, up);
    const after = (await indexes(shop.client)).join('\n');
    expect(after).not.toContain('invalid');
    expect(after.match(/part of audit\.events_id_kind_idx/g)).toHaveLength(4);
    expect(after).not.toContain('events_kind_idx');
    await run(shop.client, down);
    expect(await indexes(shop.client)).toEqual(before);
  });
});

describe('the script', () => {
  const script = (...findings: readonly Advised[]): string => migrationOf(findings, catalog).up;

  test('says of each step why, under which lock, how large and for how long', () => {
    const index = indexOn('orders', [{ column: 'note', operatorClass: 'gin_trgm_ops' }], {
      method: 'gin',
      requires: 'pg_trgm',
    });
    const up = script(
      advised('orders is searched\nfor a text', { builds: [build(index)] }),
      advised('placed_on is not read', { drops: ['orders_placed_on_idx'] }),
    );
    expect(up).toContain(
      '-- 1. Build public.orders_note_gin_trgm_idx: orders is searched for a text\n',
    );
    expect(up).toContain('SHARE UPDATE EXCLUSIVE on orders: reads and writes go on');
    expect(up).toMatch(/--    Size: about 2 MB beside a table of [\d.]+ MB\./);
    expect(up).toContain('--    Time to build: 2 s to 29 s.');
    expect(up).toContain(
      "SET lock_timeout = '1s';\nCREATE EXTENSION IF NOT EXISTS pg_trgm;\nSET lock_timeout = 0;\nCREATE INDEX CONCURRENTLY",
    );
    expect(up).toContain('DROP INDEX CONCURRENTLY IF EXISTS public.orders_note_gin_trgm_idx;');
    expect(up).toContain('-- 2. Drop public.orders_placed_on_idx: placed_on is not read\n');
  });

  test('is taken back from its end to its beginning', () => {
    const { down } = migrationOf(
      [
        advised('a', { builds: [build(indexOn('orders', [{ column: 'note' }]))] }),
        advised('b', { drops: ['orders_placed_on_idx'] }),
      ],
      catalog,
    );
    expect(down.match(/^(-- Takes back step \d|CREATE INDEX|DROP INDEX)/gm)).toEqual([
      '-- Takes back step 2',
      'CREATE INDEX',
      '-- Takes back step 1',
      'DROP INDEX',
    ]);
  });

  test('never lets a concurrent build run into a lock timeout, which would leave it invalid', () => {
    const up = script(
      advised('a', { builds: [build(indexOn('audit.events', [{ column: 'id' }]))] }),
      advised('b', { builds: [build(indexOn('orders', [{ column: 'note' }]))] }),
    );
    let timeout = '';
    const timeouts = up.split('\n').flatMap((line) => {
      timeout = /^SET lock_timeout = (.*);$/.exec(line)?.[1] ?? timeout;
      if (!/^(CREATE|ALTER|DROP) /.test(line)) return [];
      return [{ line, timeout, expected: line.includes('CONCURRENTLY') ? '0' : "'1s'" }];
    });
    expect(timeouts).toHaveLength(10);
    expect(timeouts.filter((each) => each.timeout !== each.expected)).toEqual([]);
  });

  test('drops what a failed build left, and does not bring it back', async () => {
    await shop.client.query("SET lock_timeout = '1ms'");
    const other = await openReadOnly(shop.url);
    const blocker = new (await import('pg')).Client({ connectionString: shop.url });
    await blocker.connect();
    await blocker.query('BEGIN; UPDATE products SET name = name WHERE id = 1');
    await expect(
      shop.client.query('CREATE INDEX CONCURRENTLY left_behind ON products (name)'),
    ).rejects.toThrow('lock timeout');
    await blocker.query('ROLLBACK');
    await blocker.end();
    await shop.client.query('RESET lock_timeout');
    const now = await readCatalog(other);
    await other.close();
    expect(now.invalidIndexes).toMatchObject([{ name: 'left_behind', table: 'products' }]);
    const { up, down } = migrationOf([advised('left', { drops: ['left_behind'] })], now);
    await run(shop.client, up);
    expect((await indexes(shop.client)).join('\n')).not.toContain('left_behind');
    await run(shop.client, down);
    expect((await indexes(shop.client)).join('\n')).not.toContain('left_behind');
  });

  test('is empty when there is nothing to build or to drop, or nobody knows what was there', () => {
    expect(migrationOf([advised('nothing', {})], catalog)).toEqual({ up: '', down: '', notes: [] });
    expect(migrationOf([advised('gone', { drops: ['gone_idx'] })], catalog).up).toBe('');
    expect(
      migrationOf([advised('unknown', { drops: ['orders_placed_on_idx'] })], undefined).up,
    ).toBe('');
  });
});
