import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CatalogArtifact } from '../../../src/artifacts/catalog.ts';
import { buildHollowLab, type HollowLab } from '../../../src/lab/hollow-lab.ts';
import { explain } from '../../../src/sql/explain.ts';
import { indexCandidates } from '../../../src/sql/index-candidates.ts';
import type { LabIndex } from '../../../src/sql/index-definition.ts';
import { parseStatement } from '../../../src/sql/parser.ts';
import { readCatalog } from '../../../src/sql/read-catalog.ts';
import { openReadOnly, type ReadOnlyDatabase } from '../../../src/sql/read-only-database.ts';
import { costOf, indexesUsed, planShape } from '../../../src/sql/read-plan.ts';
import { schemaOf } from '../../../src/sql/schema.ts';
import { shapeOf } from '../../../src/sql/statement-shape.ts';
import { startStorefront, type Storefront } from '../storefront.ts';

/** Beside the shop's own tables: what arrays, documents and full-text search need. */
const documents = `
CREATE TABLE documents (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tags text[] NOT NULL, data jsonb NOT NULL, words tsvector NOT NULL, body text NOT NULL);
INSERT INTO documents (tags, data, words, body)
SELECT ARRAY['t' || i % 500, 'u' || i % 7, 'v' || i % 90],
       jsonb_build_object('kind', i % 400, 'size', i),
       to_tsvector('simple', md5(i::text) || ' common ' || md5((i % 300)::text)),
       repeat(md5(i::text), 8)
FROM generate_series(1, 20000) i;
VACUUM ANALYZE documents;`;

/** The statement, and the keys of the candidate that it gets. */
const cases: readonly (readonly [keys: string, text: string, ...parameters: unknown[]])[] = [
  [
    '(user_id, created_at)',
    'SELECT * FROM orders WHERE user_id = $1 ORDER BY created_at DESC LIMIT 20',
    12,
  ],
  ['(user_id, status)', "SELECT * FROM orders WHERE user_id = $1 AND status = 'paid'", 500],
  ['(status, total_cents)', "SELECT id FROM orders WHERE status = 'new' AND total_cents > 49000"],
  [
    '(user_id, created_at DESC, id ASC)',
    'SELECT * FROM orders WHERE user_id = $1 ORDER BY created_at DESC, id LIMIT 5',
    12,
  ],
  [
    '(total_cents DESC NULLS LAST)',
    'SELECT * FROM orders ORDER BY total_cents DESC NULLS LAST LIMIT 10',
  ],
  [
    '(product_id) INCLUDE (quantity)',
    'SELECT sum(quantity) FROM order_items WHERE product_id = $1',
    5,
  ],
  [
    '(user_id) INCLUDE (total_cents)',
    'SELECT sum(total_cents) FROM orders WHERE user_id = $1',
    900,
  ],
  [
    "(user_id) WHERE status = 'failed'",
    "SELECT * FROM orders WHERE status = 'failed' AND user_id = $1",
    0,
  ],
  [
    "(total_cents) WHERE status = 'new'",
    "SELECT * FROM orders WHERE status = 'new' ORDER BY total_cents LIMIT 20",
  ],
  ['((lower(email)))', 'SELECT * FROM users WHERE lower(email) = $1', 'user77@example.com'],
  [
    '((EXTRACT(YEAR FROM updated_at)))',
    'SELECT count(*) FROM orders WHERE extract(YEAR FROM updated_at) = 2024',
  ],
  ['USING gin (name gin_trgm_ops)', "SELECT * FROM products WHERE name LIKE '%abc%'"],
  ['USING gin (tags)', "SELECT * FROM documents WHERE tags @> ARRAY['t77']"],
  ['USING gin (data jsonb_path_ops)', 'SELECT id FROM documents WHERE data @> $1', '{"kind": 77}'],
  [
    'USING gin (words)',
    "SELECT id FROM documents WHERE words @@ to_tsquery('simple', $1)",
    'c4ca4238a0b923820dcc509a6f75849b',
  ],
];

let shop: Storefront;
let database: ReadOnlyDatabase;
let lab: HollowLab;
let candidates: readonly LabIndex[];

beforeAll(async () => {
  shop = await startStorefront();
  for (const statement of documents.split(';\n')) await shop.client.query(statement);
  database = await openReadOnly(shop.url);
  const catalog: CatalogArtifact = await readCatalog(database);
  const schema = schemaOf(catalog);
  const proposed = cases.flatMap(([, text, ...parameters]) => {
    const { node } = parseStatement(text);
    const shape = node === null ? null : shapeOf(node, schema, parameters);
    return shape === null ? [] : indexCandidates(shape, schema);
  });
  candidates = [...new Map(proposed.map((index) => [index.definition, index])).values()];
  lab = await buildHollowLab({ catalog, tables: catalog.tables, candidates });
});

afterAll(async () => {
  await lab?.close();
  await database?.close();
  await shop?.close();
});

/** What the size estimate may be off by, and what it makes of the cost. */
const costTolerance = 0.2;

const named = cases.map(([keys, text, ...parameters]) => ({ keys, text, parameters }));

test.each(named)('$keys is predicted as it then is', async ({ keys, text, parameters }) => {
  const index = candidates.find(({ definition }) => definition.endsWith(` ${keys}`));
  if (index === undefined) {
    throw new Error(
      `not proposed; there are ${candidates.map((each) => each.definition).join('\n')}`,
    );
  }
  const before = await lab.explain(text, parameters);
  const predicted = await lab.explainWith([index], text, parameters);
  await shop.client.query(index.definition);
  try {
    // Statistics of the columns stay as they were read; those of an expression are only made now.
    if (index.keys.some(({ expression }) => expression !== undefined)) {
      await shop.client.query(`ANALYZE ${index.table.name}`);
    }
    const real = await explain(database.query, text, parameters);
    expect(planShape(predicted)).toBe(planShape(real));
    expect(indexesUsed(real)).toContain(index.name);
    expect(costOf(predicted)).toBeLessThan(costOf(before));
    const off = Math.abs(costOf(predicted) / costOf(real) - 1);
    expect(off, `${costOf(predicted)} predicted, ${costOf(real)} real`).toBeLessThan(costTolerance);
  } finally {
    await shop.client.query(`DROP INDEX ${index.name}`);
  }
});
