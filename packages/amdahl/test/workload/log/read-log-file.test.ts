import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readLogFile, type LogReading } from '../../../src/workload/log/read-log-file.ts';
import { needsSystemPostgres, systemPostgres } from '../../fixtures/system-postgres.ts';
import { logsOf } from './logging-postgres.ts';

const read = (path: string): Promise<LogReading> =>
  readLogFile(path, { signal: new AbortController().signal, report: () => undefined });

/** An app's session: simple and extended protocol, several lines, awkward values, errors. */
async function session(client: Client): Promise<void> {
  await client.query('CREATE TABLE t (id int PRIMARY KEY, a text)');
  await client.query("INSERT INTO t SELECT i, 'x' || i FROM generate_series(1, 1000) i");
  for (const value of ["it's\nhere", null, 'é']) {
    await client.query('SELECT *\n\tFROM t\nWHERE id = $1 AND a <> $2', [7, value]);
  }
  for (const id of [1, 2, 3]) {
    await client.query(`SELECT a FROM t WHERE id = ${id} -- LOG:  no`);
  }
  await client.query('BEGIN; UPDATE t SET a = upper(a) WHERE id = 4; COMMIT');
  await client.query('SELECT 1 FROM t; SELECT 2 FROM t');
  await client.query('PREPARE p (int) AS SELECT id FROM t WHERE id > $1 LIMIT 1');
  await client.query('EXECUTE p (5)');
  await client.query('SELECT relname FROM pg_class LIMIT 1');
  await client.query('SELEC').catch(() => undefined);
}

const calls = {
  "INSERT INTO t SELECT i, 'x' || i FROM generate_series(1, 1000) i": 1,
  'SELECT *\n\tFROM t\nWHERE id = $1 AND a <> $2': 3,
  'SELECT a FROM t WHERE id = 1 -- LOG:  no': 3,
  'UPDATE t SET a = upper(a) WHERE id = 4': 1,
  'SELECT id FROM t WHERE id > $1 LIMIT 1': 1,
};

const autoExplain = {
  shared_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_buffers': 'on',
};

describe.each([
  { name: 'PostgreSQL 18', programs: null, settings: {}, plans: false },
  {
    name: `PostgreSQL 15${needsSystemPostgres}`,
    programs: systemPostgres,
    settings: autoExplain,
    plans: true,
  },
  {
    name: 'auto_explain beside the statements',
    programs: null,
    settings: autoExplain,
    plans: true,
  },
  {
    name: 'auto_explain in JSON',
    programs: null,
    settings: {
      ...autoExplain,
      'auto_explain.log_format': 'json',
      log_line_prefix: '%t:%r:%u@%d:[%p]:',
    },
    plans: true,
  },
  {
    name: 'statements and durations apart',
    programs: null,
    settings: { log_min_duration_statement: '-1', log_statement: 'all', log_duration: 'on' },
    plans: false,
  },
])('$name', ({ name, programs, settings, plans }) => {
  const isMissing = name.startsWith('PostgreSQL 15') && programs === null;
  let folder: string | undefined;

  beforeAll(async () => {
    if (!isMissing) folder = await logsOf(session, settings, programs);
  });

  afterAll(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  test.skipIf(isMissing).each(['server.log', 'server.csv', 'server.json'])(
    '%s: each execution once, with its values and its time',
    async (file) => {
      const { workload, span, entries } = await read(join(folder ?? '', file));
      const { statements } = workload;
      expect(Object.fromEntries(statements.map((each) => [each.exampleText, each.calls]))).toEqual(
        calls,
      );
      expect(statements.every(({ meanMs }) => meanMs !== null && meanMs > 0)).toBe(true);
      expect(statements[0]?.exampleText).toContain('INSERT');
      const extended = statements.find(
        ({ calls: count, text }) => count === 3 && text.includes('<>'),
      );
      expect(extended?.parameterLists).toEqual([
        ['7', "it's\nhere"],
        ['7', null],
        ['7', 'é'],
      ]);
      const prepared = statements.find(({ text }) => text.startsWith('SELECT id'));
      expect(prepared?.parameterLists).toEqual([['5']]);
      expect(extended?.executedPlan?.plan['Node Type']).toBe(plans ? 'Index Scan' : undefined);
      expect(extended?.executedPlan?.plan['Actual Loops']).toBe(plans ? 1 : undefined);
      expect(workload.unread).toEqual([
        {
          text: 'SELECT 1 FROM t; SELECT 2 FROM t',
          error: '2 statements sent together: the log has one duration for all',
        },
      ]);
      expect(workload.source).toMatch(
        new RegExp(`^${file}, 20\\d\\d-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC`),
      );
      expect(entries).toBeGreaterThan(20);
      expect(span?.to.getTime()).toBeGreaterThanOrEqual(span?.from.getTime() ?? Infinity);
    },
  );

  test.skipIf(isMissing)('a log cut anywhere still tells of what is whole', async () => {
    const log = readFileSync(join(folder ?? '', 'server.log'));
    const path = join(folder ?? '', 'cut.log');
    writeFileSync(path, log.subarray(Math.floor(log.length * 0.4)));
    const { workload } = await read(path);
    expect(workload.statements.map(({ exampleText }) => exampleText)).toContain(
      'UPDATE t SET a = upper(a) WHERE id = 4',
    );
  });
});

test('auto_explain alone counts and times executions', async () => {
  const folder = await logsOf(session, { ...autoExplain, log_min_duration_statement: '-1' });
  try {
    const { workload } = await read(join(folder, 'server.log'));
    const counted = Object.fromEntries(
      workload.statements.map((each) => [each.exampleText, each.calls]),
    );
    expect(counted).toMatchObject({
      'SELECT *\n\tFROM t\nWHERE id = $1 AND a <> $2': 3,
      'SELECT a FROM t WHERE id = 1 -- LOG:  no': 3,
    });
    const extended = workload.statements.find(({ text }) => text.includes('<>'));
    expect(extended?.parameterLists[0]).toEqual(['7', "it's\nhere"]);
    expect(extended?.meanMs).toBeGreaterThan(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('logs that tell nothing', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'amdahl-logs-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const readText = (text: string): Promise<LogReading> => {
    const path = join(folder, 'server.log');
    writeFileSync(path, text);
    return read(path);
  };

  test.each([
    ['German', '2026-11-02 08:00:00 CET [7] LOG:  Dauer: 1.234 ms  Anweisung: SELECT 1\n'],
    ['French', '2026-11-02 08:00:00 CET [7] LOG:  durée : 1.234 ms, instruction : SELECT 1\n'],
    [
      'Russian',
      '2026-11-02 08:00:00 MSK [7] СООБЩЕНИЕ:  продолжительность: 1.2 мс, оператор: SELECT 1\n',
    ],
    ['Chinese', '2026-11-02 08:00:00 CST [7] 日志:  执行时间:1.234 ms\n'],
  ])('in %s: how to get English ones', async (_, line) => {
    await expect(readText(line)).rejects.toMatchObject({
      code: 'AMDAHL_WORKLOAD_LOG_LANGUAGE',
      next: expect.stringContaining("lc_messages = 'C'"),
    });
  });

  test('about other things: how to have statements logged', async () => {
    const line = '2026-11-02 08:00:00 UTC [7] LOG:  checkpoint starting: time\n';
    await expect(readText(line)).rejects.toMatchObject({
      code: 'AMDAHL_WORKLOAD_LOG_WITHOUT_STATEMENTS',
      found: '1 message about other things',
      next: expect.stringContaining('log_min_duration_statement = 0'),
    });
  });

  test.each([
    ['an access log', '10.0.0.1 - - [02/Nov/2026:08:00:00 +0000] "GET / HTTP/1.1" 200 12\n'],
    ['nothing', ''],
  ])('%s is no log of PostgreSQL', async (_, text) => {
    await expect(readText(text)).rejects.toMatchObject({ code: 'AMDAHL_WORKLOAD_NOT_A_LOG' });
  });

  test('what a threshold leaves out is said', async () => {
    const line = (ms: number): string =>
      `2026-11-02 08:00:00 UTC [7] LOG:  duration: ${ms} ms  statement: SELECT a FROM t\n`;
    const { workload } = await readText(line(250) + line(120));
    expect(workload.statements).toEqual([expect.objectContaining({ calls: 2, meanMs: 185 })]);
    expect(workload.warnings).toEqual([expect.stringContaining('no execution faster than 120 ms')]);
  });

  test('executions without durations are counted, and said', async () => {
    const { workload } = await readText(
      '[7] LOG:  statement: SELECT a FROM t\n[7] LOG:  statement: SELECT b FROM t\n[7] LOG:  duration: 3 ms\n',
    );
    const times = workload.statements.map(({ text, meanMs }) => [text, meanMs]);
    expect(times).toEqual([
      ['SELECT b FROM t', 3],
      ['SELECT a FROM t', null],
    ]);
    expect(workload.warnings).toEqual([
      '1 execution was logged without a duration: log_min_duration_statement = 0 logs all of them.',
    ]);
  });

  test('locks are worth reading without statements', async () => {
    const { lockEvents, workload } = await readText(
      '[7] ERROR:  canceling statement due to lock timeout\n[7] STATEMENT:  UPDATE t SET a = 1\n',
    );
    expect(lockEvents).toHaveLength(1);
    expect(workload.statements).toEqual([]);
  });

  test('an interrupt ends the reading', async () => {
    const path = join(folder, 'long.log');
    writeFileSync(path, '[7] LOG:  duration: 1 ms  statement: SELECT 1\n'.repeat(10_000));
    const reading = readLogFile(path, { signal: AbortSignal.abort(), report: () => undefined });
    await expect(reading).rejects.toThrow(/abort/i);
  });
});
