import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startPostgres, type PostgresServer } from '../../src/lab/postgres.ts';
import { freePort } from '../fixtures/site.ts';
import { CommandLine } from './amdahl.ts';
import { orVoid } from './or-void.ts';

// Two runs, each with plans and a lab.
vi.setConfig({ testTimeout: 180_000 });

const app = fileURLToPath(new URL('../fixtures/apps/notes.js', import.meta.url));

let server: PostgresServer;
let commandLine: CommandLine;

beforeAll(async () => {
  commandLine = await CommandLine.create();
  server = await startPostgres();
  const client = new Client({ connectionString: server.url() });
  await client.connect();
  await client.query(`
    CREATE TABLE notes (id integer PRIMARY KEY, text text NOT NULL);
    INSERT INTO notes SELECT i, 'planted-' || i % 500 FROM generate_series(1, 50000) i;
    ANALYZE notes`);
  await client.end();
});

afterAll(async () => {
  await server?.stop();
  await commandLine?.end();
});

/** Runs the app under load and answers with what the recording's files say. */
async function recorded(...more: readonly string[]): Promise<string> {
  const port = await freePort();
  const directory = join(commandLine.directory, `recording${more.join('')}`);
  const url = `http://127.0.0.1:${port}/`;
  const words =
    `run --url ${url} --env PORT=${port} --env DATABASE_URL=${server.url()} --db ${server.url()} ` +
    `--users 2 --warmup 0s --duration 2s --no-cpu-profile --out ${directory}`;
  const command = ['--app', `${process.execPath} ${app}`];
  const { exitCode, stderr } = await commandLine.run([...words.split(' '), ...command, ...more]);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: await orVoid(0, directory) });
  const files = await readdir(directory, { recursive: true, withFileTypes: true });
  const texts = files
    .filter((file) => file.isFile())
    .map(async (file) => {
      const bytes = await readFile(join(file.parentPath, file.name));
      return String(file.name.endsWith('.gz') ? gunzipSync(bytes) : bytes);
    });
  return (await Promise.all(texts)).join('\n');
}

test('a masked run keeps no value of the database, in no file, and finds the same', async () => {
  const finding = /notes is looked up by text/;
  // A text in a statement, in a query, in a cookie; what stands for parameters of a path.
  const values = [
    /planted-\d/,
    /"url": ?"[^"]*text=planted/,
    /seen=planted/,
    /\/notes\/7711/,
    /\/photos\/7710/,
  ];
  const bare = await recorded();
  for (const value of values) expect(bare).toMatch(value);
  expect(bare).toMatch(finding);
  const masked = await recorded('--mask');
  for (const value of values) expect(value.exec(masked)?.[0]).toBeUndefined();
  expect(masked).toMatch(finding);
  // What is code stays.
  expect(masked).toMatch(/GET \/notes\/:id/);
  expect(masked).toMatch(/\?text=value-\d/);
  expect(masked).toContain('max-age=5');
});
