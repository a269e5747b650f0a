import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Advice } from '../../src/advisor/advice.ts';
import { createRecording } from '../../src/artifacts/recording.ts';
import { defaultOptions } from '../fixtures/default-options.ts';
import { startStorefront, type Storefront } from '../lab/storefront.ts';
import { CommandLine, type Ended } from './amdahl.ts';

// Each command reads a database, plans in a lab and proves rewrites.
vi.setConfig({ testTimeout: 120_000 });

let commandLine: CommandLine;
let shop: Storefront;

/** Statements that want an index, a rewrite, and nothing at all. */
const sent: readonly (readonly [text: string, values: readonly unknown[], times: number])[] = [
  ['SELECT id, total_cents FROM orders WHERE user_id = $1 ORDER BY created_at DESC', [12], 30],
  ['SELECT sum(total_cents) FROM orders WHERE created_at::date = $1', ['2023-05-05'], 10],
  ['SELECT id, name FROM users WHERE email = $1', ['user500@Example.com'], 40],
  ['UPDATE orders SET note = $2 WHERE id = $1', [3, 'left at the door'], 10],
];

beforeAll(async () => {
  shop = await startStorefront({ shared_preload_libraries: 'pg_stat_statements' });
  await shop.client.query('CREATE EXTENSION pg_stat_statements');
  await shop.client.query(`
    CREATE ROLE reader LOGIN;
    GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader;
    GRANT pg_read_all_stats TO reader;
    ALTER ROLE reader SET default_transaction_read_only = on`);
  await shop.client.query('SELECT pg_stat_statements_reset()');
  for (const [text, values, times] of sent) {
    for (let round = 0; round < times; round += 1) await shop.client.query(text, [...values]);
  }
});

afterAll(() => shop?.close());

beforeEach(async () => {
  commandLine = await CommandLine.create();
});

afterEach(() => commandLine.end());

function sql(...args: readonly string[]): Promise<Ended> {
  return commandLine.run(['sql', ...args]);
}

async function advised(...args: readonly string[]): Promise<Advice> {
  const { stdout, stderr } = await sql(...args, '--json');
  expect(stderr).not.toMatch(/AMDAHL_/);
  return JSON.parse(stdout) as Advice;
}

/** The shop as a role that may read and nothing else. */
function reader(): string {
  return shop.url.replace('postgres@', 'reader@');
}

describe('with the view of the server', () => {
  test('it names the missing index and the rewrite, and writes a migration that works', async () => {
    const advice = await advised('--db', reader(), '--migration', 'indexes.sql');
    expect(advice.findings.map(({ audit }) => audit)).toEqual(
      expect.arrayContaining(['missing-index', 'non-sargable-predicate']),
    );
    expect(advice.findings.map(({ savedMs }) => savedMs.mid)).toEqual(
      advice.findings.map(({ savedMs }) => savedMs.mid).toSorted((a, b) => b - a),
    );
    const { same = 0, compared = 0 } = advice.fidelity ?? {};
    expect(compared).toBeGreaterThan(0);
    expect(same).toBe(compared);
    const up = await readFile(join(commandLine.directory, 'indexes.sql'), 'utf8');
    const down = await readFile(join(commandLine.directory, 'indexes.down.sql'), 'utf8');
    expect(up).toMatch(/CREATE INDEX CONCURRENTLY \S+ ON (public\.)?orders \(user_id/);
    expect(down).toMatch(/DROP INDEX CONCURRENTLY/);
  });

  test('it writes nothing to the target, whose role could not', async () => {
    // Whatever writes is given a transaction id; reading is not.
    const written = async (): Promise<unknown> =>
      (
        await shop.client.query(
          `SELECT pg_snapshot_xmax(pg_current_snapshot()) AS "nextTransaction",
                  (SELECT count(*) FROM pg_class) AS relations`,
        )
      ).rows[0];
    const before = await written();
    await advised('--db', reader());
    expect(await written()).toEqual(before);
    const client = new Client({ connectionString: reader() });
    await client.connect();
    await expect(client.query('CREATE TEMP TABLE probe (id int)')).rejects.toThrow(/read-only/);
    await client.end();
  });

  test('people get the best change in full, and the pages asked for', async () => {
    const { exitCode, stdout, stderr } = await sql(
      '--db',
      shop.url,
      '--html',
      'advice.html',
      '--markdown',
      'advice.md',
      '--check',
    );
    expect(stderr).toMatch(/planning the statements/);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/The single change that would save the most/);
    expect(stdout).toMatch(/Taking it back: /);
    const page = await readFile(join(commandLine.directory, 'advice.html'), 'utf8');
    expect(page).toMatch(/CREATE<\/\w+> <\w+[^>]*>INDEX/);
    const markdown = await readFile(join(commandLine.directory, 'advice.md'), 'utf8');
    expect(markdown).toMatch(/^## Migration$/m);
  });

  test('a budget no index fits is kept', async () => {
    const advice = await advised('--db', shop.url, '--index-budget', '8KB');
    expect(advice.migration.up).not.toMatch(/CREATE INDEX/);
  });
});

test('a mask keeps the values of the data out of every answer, and the plans what they were', async () => {
  await writeFile(
    join(commandLine.directory, 'people.sql'),
    `SELECT id FROM orders WHERE user_id = 4711;
SELECT id FROM orders WHERE EXTRACT(YEAR FROM created_at) = 2023;`,
  );
  const bare = await advised('people.sql', '--db', reader());
  const masked = await advised('people.sql', '--db', reader(), '--mask');
  for (const value of ['= 4711', '= 2023', "'2023-"]) {
    expect(JSON.stringify(bare)).toContain(value);
    expect(JSON.stringify(masked)).not.toContain(value);
  }
  // Both are calibrated on the spot: which of two near equals comes first may differ.
  const found = ({ findings }: Advice): readonly string[] =>
    findings.map(({ audit }) => audit).toSorted();
  expect(found(masked)).toEqual(found(bare));
  expect(masked.fidelity?.same).toBe(masked.fidelity?.compared);
});

describe('with files of SQL', () => {
  beforeEach(async () => {
    await mkdir(join(commandLine.directory, 'queries'));
    await writeFile(
      join(commandLine.directory, 'queries', 'orders.sql'),
      `-- name: OrdersOfYear :many
SELECT id FROM orders WHERE EXTRACT(YEAR FROM created_at) = 2023;

-- name: Everything :many
SELECT * FROM orders ORDER BY random() LIMIT 5;

SELEC broken;
`,
    );
  });

  test('a database confirms what could be cheaper', async () => {
    const advice = await advised('queries', '--db', reader());
    const found = advice.findings.find(({ audit }) => audit === 'non-sargable-predicate');
    expect(found?.remedy.change).toMatchObject({ kind: 'diff' });
    expect(advice.workload.unread).toHaveLength(1);
    expect(advice.warnings.join(' ')).toMatch(/Nothing timed/);
  });

  test('without one there are remarks, and the place of each', async () => {
    const { stdout, exitCode } = await sql('queries', '--check');
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/orders\.sql:2/);
    expect(stdout).toMatch(/orders\.sql:5/);
    expect(stdout).toMatch(/confirmed by no database/);
    expect(stdout).toMatch(/SELEC broken/);
  });

  test('MySQL is read for remarks', async () => {
    await writeFile(
      join(commandLine.directory, 'mysql.sql'),
      'SELECT `id` FROM `orders` WHERE YEAR(`created_at`) = 2024 LIMIT 10, 20;',
    );
    const advice = await advised('mysql.sql', '--dialect', 'mysql');
    expect(advice.remarks.map(({ message }) => message).join('\n')).toMatch(/YEAR|created_at/);
  });
});

describe('bad input', () => {
  test.each([
    ['no database at all', ['sql'], 2, /Give --db postgresql:/],
    [
      'a source that does not exist',
      ['sql', 'nowhere.log'],
      2,
      /nowhere\.log, which does not exist/,
    ],
    ['a size without a unit it knows', ['sql', '--index-budget', '3 parsecs'], 2, /500MB or 2GB/],
    [
      'a database that is not there',
      ['sql', '--db', 'postgresql://postgres@127.0.0.1:1/shop'],
      3,
      /AMDAHL_DATABASE_UNREACHABLE/,
    ],
    [
      'a replica without its database',
      ['sql', '.', '--replica', 'postgresql://127.0.0.1/shop'],
      2,
      /the database that --replica has a replica of/,
    ],
    [
      'a replica that is no URL',
      ['sql', '--replica', 'standby:5432'],
      2,
      /PostgreSQL URLs such as/,
    ],
  ])('%s is named', async (_name, args, code, text) => {
    const { exitCode, stderr } = await commandLine.run(args);
    expect(stderr).toMatch(text);
    expect(exitCode).toBe(code);
  });

  test.each([
    [
      'a replica that is not there',
      () => 'postgresql://me:hunter2@127.0.0.1:1/shop',
      3,
      /AMDAHL_DATABASE_UNREACHABLE[^]*to read the replica postgresql:\/\/me:\*\*\*@127\.0\.0\.1:1\/shop/,
    ],
    [
      'a replica that is the database itself',
      () => reader(),
      2,
      /AMDAHL_DATABASE_NOT_A_REPLICA[^]*the same server as --db/,
    ],
  ])('%s ends it, and its password is not shown', async (_name, replica, code, text) => {
    const { exitCode, stderr, stdout } = await sql('--db', shop.url, '--replica', replica());
    expect(stderr).toMatch(text);
    expect(stderr + stdout).not.toContain('hunter2');
    expect(exitCode).toBe(code);
  });

  test('a recording that holds values is not shown as masked', async () => {
    const recording = join(commandLine.directory, 'recorded');
    const mark = async (mask: boolean): Promise<Ended> => {
      await rm(recording, { recursive: true, force: true });
      await createRecording(recording, defaultOptions({ mask }));
      return sql('recorded', '--mask');
    };
    const bare = await mark(false);
    expect(bare.stderr).toMatch(/a recording that was made with --mask/);
    expect(bare.exitCode).toBe(2);
    expect((await mark(true)).exitCode).toBe(0);
  });

  test('a database without the view says how to get it', async () => {
    const { exitCode, stderr } = await sql('--db', shop.url.replace('/shop', '/postgres'));
    expect(stderr).toMatch(/CREATE EXTENSION pg_stat_statements/);
    expect(exitCode).toBe(3);
  });
});

test('Ctrl-C shows what was found until then, and leaves nothing running', async () => {
  const running = commandLine.start(['sql', '--db', shop.url, '--json']);
  await running.says(/trying indexes and rewrites/);
  running.kill('SIGINT');
  const { exitCode, stdout } = await running.ended;
  expect(exitCode).toBe(130);
  expect((JSON.parse(stdout) as Advice).interrupted).toBe(true);
});
