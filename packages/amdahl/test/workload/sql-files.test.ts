import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSqlFiles } from '../../src/workload/sql-files.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'amdahl-sql-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(name: string, text: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

test('the files below a folder, in the order of their names, statements with file and line', async () => {
  write(
    'b/late.sql',
    '-- name: ListOrders :many\n\nSELECT * FROM orders\nWHERE user_id = @user LIMIT 10;',
  );
  write('a.SQL', '﻿SELECT id FROM users WHERE email = :email;');
  write('node_modules/x.sql', 'SELECT hidden FROM modules;');
  write('.git/x.sql', 'SELECT hidden FROM git;');
  write('readme.md', 'SELECT no FROM sql;');
  const { source, statements, unread, warnings } = await readSqlFiles([folder]);
  expect(source).toBe('2 SQL files');
  expect(statements).toEqual([
    expect.objectContaining({
      text: 'SELECT id FROM users WHERE email = $1',
      origin: `${folder}/a.SQL:1`,
      calls: null,
      meanMs: null,
      parameterLists: [],
    }),
    expect.objectContaining({
      text: 'SELECT * FROM orders\nWHERE user_id = $1 LIMIT $2',
      exampleText: 'SELECT * FROM orders\nWHERE user_id = $1 LIMIT 10',
      origin: `${folder}/b/late.sql:3`,
    }),
  ]);
  expect({ unread, warnings }).toEqual({ unread: [], warnings: [] });
});

test('one statement in several places is one, with its places', async () => {
  const one = write('one.sql', 'SELECT 1 FROM t WHERE a = 5;\nSELECT 1 FROM t WHERE a = 7;');
  const two = write('two.sql', 'select 1\nfrom t where a = ?');
  const { statements } = await readSqlFiles([one, two, one]);
  expect(statements.map(({ origin }) => origin)).toEqual([`${one}:1, ${one}:2 and ${two}:1`]);
});

test('what has no plan is passed over and said; transactions are not worth a word', async () => {
  const file = write(
    'schema.sql',
    'BEGIN; CREATE TABLE t (id int); CREATE UNIQUE INDEX ON t (id); CREATE TABLE u (); SET x = 1; COMMIT;',
  );
  const { statements, warnings } = await readSqlFiles([file]);
  expect(statements).toEqual([]);
  expect(warnings).toEqual([
    '3 statements that no planner plans (CREATE TABLE and CREATE INDEX) were passed over.',
  ]);
});

test('what cannot be read says where and why', async () => {
  const file = write(
    'broken.sql',
    `SELECT 1;\n\nSELEC 2;\nINSERT INTO t VALUES ('${'x'.repeat(100_000)}');`,
  );
  const { statements, unread } = await readSqlFiles([file]);
  expect(statements.map(({ exampleText }) => exampleText)).toEqual(['SELECT 1']);
  expect(unread.map(({ error }) => error)).toEqual([
    `${file}:3: syntax error at or near "SELEC"`,
    `${file}:4: longer than 100 kB: data rather than a query`,
  ]);
});

test('files from Windows', async () => {
  const file = write('wide.sql', Buffer.from('\ufeffSELECT é FROM t;\r\nSELECT 2;\r\n', 'utf16le'));
  const { statements } = await readSqlFiles([file]);
  expect(statements.map(({ exampleText }) => exampleText)).toEqual(['SELECT é FROM t', 'SELECT 2']);
});

test('paths that lead to no SQL', async () => {
  await expect(readSqlFiles([join(folder, 'none.sql')])).rejects.toMatchObject({
    code: 'AMDAHL_WORKLOAD_FILE_UNREADABLE',
  });
  await expect(readSqlFiles([folder])).rejects.toMatchObject({
    code: 'AMDAHL_WORKLOAD_NO_SQL_FILES',
    found: `none in ${folder}`,
  });
});
