import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readWorkload, workloadSources } from '../../src/advisor/read-workload.ts';

let folder: string;
const reading = { signal: new AbortController().signal, report: (): void => undefined };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'amdahl-sources-'));
  await mkdir(join(folder, 'queries'));
  await mkdir(join(folder, 'recording'));
  await writeFile(join(folder, 'recording', 'recording.json'), '{}');
  await writeFile(join(folder, 'queries', 'a.sql'), 'SELECT 1;\nSELECT 2;');
  await writeFile(join(folder, 'one.sql'), 'SELECT a FROM t WHERE b = 3;');
  await writeFile(join(folder, 'postgresql.log'), '');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test('each source is told by what it is', () => {
  const names = ['queries', 'one.sql', 'postgresql.log', 'pg_stat_statements'];
  expect(workloadSources(names, folder).map(({ kind }) => kind)).toEqual([
    'sql',
    'sql',
    'log',
    'statements-view',
  ]);
  expect(workloadSources(['recording'], folder).map(({ kind }) => kind)).toEqual(['recording']);
});

test('nothing given means the view of the server', () => {
  expect(workloadSources([], folder)).toEqual([
    { kind: 'statements-view', path: 'pg_stat_statements' },
  ]);
});

test('a name that leads nowhere is named', () => {
  expect(() => workloadSources(['querys'], folder)).toThrow(/found querys, which does not exist/);
});

test('a recording stands alone', () => {
  expect(() => workloadSources(['recording', 'one.sql'], folder)).toThrow(/a recording alone/);
});

test('files are read into one workload', async () => {
  const { workload } = await readWorkload(
    workloadSources(['queries', 'one.sql'], folder),
    null,
    reading,
  );
  // SELECT 1 and SELECT 2 differ in a constant only.
  expect(workload.statements).toHaveLength(2);
});

test('the view needs a database', async () => {
  await expect(readWorkload(workloadSources([], folder), null, reading)).rejects.toThrow(
    /Give --db postgresql:/,
  );
});
