import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres, type PostgresServer } from '../../src/lab/postgres.ts';
import { recursiveStatement } from '../../src/sql/recursive.ts';

let server: PostgresServer;
let client: Client;

beforeAll(async () => {
  server = await startPostgres();
  client = new Client({ connectionString: server.url() });
  await client.connect();
  await client.query(`
    CREATE TABLE folders (id integer, parent_id integer, name text, hidden boolean);
    INSERT INTO folders SELECT i, NULLIF(i / 3, 0), 'folder ' || i, i % 7 = 0 FROM generate_series(1, 60) i`);
});

afterAll(async () => {
  await client?.end();
  await server?.stop();
});

interface Folder {
  readonly id: number;
  readonly parent_id: number | null;
}

/** Asks again with each answer, as the loop does. */
async function walk(text: string, start: number, next: keyof Folder): Promise<readonly Folder[]> {
  const found: Folder[] = [];
  const { rows } = await client.query<Folder>(text, [start]);
  for (const row of rows) {
    found.push(row);
    const value = row[next];
    if (value !== null) found.push(...(await walk(text, value, next)));
  }
  return found;
}

const byText = (a: string, b: string): number => a.localeCompare(b);

test.each<readonly [string, string, number, keyof Folder]>([
  ['down', 'SELECT id, parent_id FROM folders WHERE parent_id = $1', 1, 'id'],
  [
    'down, but for some',
    'SELECT f.id, f.parent_id FROM folders f WHERE f.parent_id = $1 AND NOT f.hidden ORDER BY f.name',
    2,
    'id',
  ],
  ['up', 'SELECT * FROM folders WHERE id = $1', 55, 'parent_id'],
])('walks a tree %s in one statement', async (_where, text, start, next) => {
  const each = await walk(text, start, next);
  const recursive = recursiveStatement(text, [[1], [2]], next);
  const { rows } = await client.query<Folder>(recursive ?? '', [start]);
  const idsOf = (folders: readonly Folder[]): readonly string[] =>
    folders.map(({ id, parent_id: parent }) => `${id} ${parent}`).sort(byText);
  expect(each.length).toBeGreaterThan(3);
  expect(idsOf(rows)).toEqual(idsOf(each));
});

test.each([
  'SELECT id FROM folders WHERE parent_id > $1',
  'SELECT f.id FROM folders f JOIN folders g ON true WHERE f.parent_id = $1',
  'SELECT count(*) FROM folders WHERE parent_id = $1 GROUP BY name',
  'no SQL',
])('leaves %s alone', (text) => {
  expect(recursiveStatement(text, [], 'id')).toBeNull();
});
