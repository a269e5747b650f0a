import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { csvReader } from '../../../src/workload/log/csv-log.ts';
import { jsonReader } from '../../../src/workload/log/json-log.ts';
import type { LogEntry } from '../../../src/workload/log/log-entry.ts';
import { readLogEntries } from '../../../src/workload/log/read-log-entries.ts';
import { stderrReader } from '../../../src/workload/log/stderr-log.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'amdahl-entries-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function entriesOf(log: string | Uint8Array): Promise<readonly LogEntry[]> {
  const path = join(folder, 'server.log');
  writeFileSync(path, log);
  return allOf(readLogEntries(path));
}

async function allOf(entries: AsyncIterable<LogEntry>): Promise<readonly LogEntry[]> {
  const all: LogEntry[] = [];
  for await (const entry of entries) all.push(entry);
  return all;
}

const lines = (...texts: readonly string[]): string => `${texts.join('\n')}\n`;

describe('any log_line_prefix', () => {
  const at = new Date('2026-11-02T08:00:00.123Z');
  test.each([
    [
      "'%m [%p] %q%u@%d ', Debian's",
      '2026-11-02 08:00:00.123 UTC [77] app@shop ',
      { at, pid: 77, user: 'app', database: 'shop' },
    ],
    [
      "'%m [%p] ', the default",
      '2026-11-02 08:00:00.123 UTC [77] ',
      { at, pid: 77, user: null, database: null },
    ],
    [
      "'%t:%r:%u@%d:[%p]:', RDS",
      '2026-11-02 08:00:00 UTC:10.0.0.1(52345):app@shop:[77]:',
      { at: new Date('2026-11-02T08:00:00Z'), pid: 77, user: 'app', database: 'shop' },
    ],
    [
      'the same of a process without a session',
      '2026-11-02 08:00:00 UTC::@:[77]:',
      { pid: 77, user: null, database: null },
    ],
    [
      "'%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ', pgBadger",
      '2026-11-02 09:00:00 CET [77]: [4-1] user=app,db=shop,app=[unknown],client=::1 ',
      { at: new Date('2026-11-02T08:00:00Z'), pid: 77, user: 'app', database: 'shop' },
    ],
    ["'%n %p '", '1793606400.123 77 ', { at: new Date(1_793_606_400_123) }],
    ["'%m <%a> [%p]' with an offset", '2026-11-02 05:00:00.123 -03 <psql> [77]', { at, pid: 77 }],
    ["''", '', { at: null, pid: null, user: null, database: null }],
    [
      "'[unknown]' names",
      '2026-11-02 08:00:00.123 UTC [77] [unknown]@[unknown] ',
      { pid: 77, user: null, database: null },
    ],
  ])('%s', async (_, prefix, expected) => {
    const entries = await entriesOf(
      lines(
        `${prefix}LOG:  duration: 1.5 ms  statement: SELECT *`,
        '\tFROM orders -- ERROR:  no',
        '\t',
        '\t\tWHERE a = 1',
        `${prefix}ERROR:  deadlock detected`,
        `${prefix}DETAIL:  Process 1 waits`,
        '\tProcess 2 waits',
        `${prefix}HINT:  See server log`,
        `${prefix}CONTEXT:  while updating`,
        `${prefix}QUERY:  SELECT inner`,
        `${prefix}LOCATION:  DeadLockReport, deadlock.c:1130`,
        '\tof no interest',
        `${prefix}STATEMENT:  UPDATE t`,
        '\tSET a = 1',
      ),
    );
    expect(entries).toEqual([
      expect.objectContaining({
        ...expected,
        level: 'LOG',
        message:
          'duration: 1.5 ms  statement: SELECT *\nFROM orders -- ERROR:  no\n\n\tWHERE a = 1',
        statement: null,
      }),
      expect.objectContaining({
        level: 'ERROR',
        message: 'deadlock detected',
        detail: 'Process 1 waits\nProcess 2 waits',
        hint: 'See server log',
        context: 'while updating',
        query: 'SELECT inner',
        statement: 'UPDATE t\nSET a = 1',
      }),
    ]);
  });
});

describe('collectors of logs put something around each line', () => {
  const line =
    '2026-11-02 08:00:00.123 UTC [77] app@shop LOG:  duration: 1.5 ms  statement: SELECT 1,';
  test.each([
    ['Docker Compose', [`postgres-1  | ${line}`, 'postgres-1  | \t2']],
    [
      'Kubernetes',
      [`2026-11-02T08:00:01.5Z stderr F ${line}`, '2026-11-02T08:00:01.5Z stderr F \t2'],
    ],
    ['CloudWatch', [`2026-11-02T08:00:01.000Z ${line}`, '2026-11-02T08:00:01.000Z \t2']],
    [
      'syslog',
      [
        `Nov  2 08:00:01 db postgres[77]: [5-1] ${line}`,
        'Nov  2 08:00:01 db postgres[77]: [5-2] #0112',
      ],
    ],
    [
      'journalctl',
      [`Nov 02 08:00:01 db postgres[77]: ${line}`, 'Nov 02 08:00:01 db postgres[77]: \t2'],
    ],
    ['a collector that eats tabs', [line, '2']],
    ['Cloud Logging', [JSON.stringify({ textPayload: `${line}\n\t2`, timestamp: 'x' })]],
    [
      "Docker's own files",
      [JSON.stringify({ log: `${line}\n`, stream: 'stderr' }), JSON.stringify({ log: '\t2\n' })],
    ],
    ['Windows', [`${line}\r`, '\t2\r']],
  ])('%s', async (_, wrapped) => {
    expect(await entriesOf(lines(...wrapped))).toEqual([
      expect.objectContaining({
        at: new Date('2026-11-02T08:00:00.123Z'),
        pid: 77,
        user: 'app',
        level: 'LOG',
        message: 'duration: 1.5 ms  statement: SELECT 1,\n2',
      }),
    ]);
  });

  test('syslog cuts long lines without a word', async () => {
    const [entry] = await entriesOf(
      lines(
        'Nov  2 08:00:01 db postgres[77]: [5-1] LOG:  duration: 1.5 ms  statement: SELECT a, b, c',
        'Nov  2 08:00:01 db postgres[77]: [5-2] ol FROM t',
        'Nov  2 08:00:01 db postgres[77]: [5-3] #011WHERE x',
      ),
    );
    expect(entry).toMatchObject({
      pid: 77,
      message: 'duration: 1.5 ms  statement: SELECT a, b, col FROM t\nWHERE x',
    });
  });
});

const csv = (pid: number, message: string, more: string = ''): string =>
  `2026-11-02 08:00:00.123 UTC,"app","shop",${pid},"[local]",69070e1f.7e73,1,"SELECT",2026-11-02 07:00:00 UTC,3/4,0,LOG,00000,"${message}",${more || ',,,,,,,,"psql","client backend",,0'}`;

test('csvlog: lines and quotes inside fields, and what was cut at either end', async () => {
  const entries = await entriesOf(
    lines(
      'of a statement whose beginning, ""is gone"",",,,,',
      csv(
        1,
        'duration: 1 ms  statement: SELECT ""a"",\n\n2',
        '"parameters: $1 = \'x\'",,,,"in f()","SELECT outer",,,"psql"',
      ),
      csv(2, 'duration: 2 ms  statement: SELECT '),
      csv(3, 'never closed').replace(/sed".*/, ''),
      csv(4, 'whole'),
    ),
  );
  expect(entries.map(({ pid }) => pid)).toEqual([1, 2, 3, 4]);
  expect(entries[0]).toEqual({
    at: new Date('2026-11-02T08:00:00.123Z'),
    pid: 1,
    user: 'app',
    database: 'shop',
    level: 'LOG',
    message: 'duration: 1 ms  statement: SELECT "a",\n\n2',
    detail: "parameters: $1 = 'x'",
    hint: null,
    query: null,
    context: 'in f()',
    statement: 'SELECT outer',
  });
  expect(entries[3]?.message).toBe('whole');
});

test('jsonlog, with a line that was cut', async () => {
  const entry = {
    timestamp: '2026-11-02 08:00:00.123 UTC',
    user: 'app',
    dbname: 'shop',
    pid: 5,
    error_severity: 'ERROR',
    message: 'no',
    statement: 'SELECT\n1',
    internal_query: 'q',
  };
  const entries = await entriesOf(
    lines('wn"}', JSON.stringify(entry), JSON.stringify(entry).slice(0, 50), JSON.stringify(entry)),
  );
  expect(entries).toHaveLength(2);
  expect(entries[0]).toMatchObject({
    pid: 5,
    database: 'shop',
    level: 'ERROR',
    statement: 'SELECT\n1',
    query: 'q',
  });
});

test('gzip, whole and cut off in the middle', async () => {
  const log = lines(
    ...Array.from({ length: 5_000 }, (_, i) => `[${i}] LOG:  message ${i * 7_919}`),
  );
  const packed = gzipSync(log);
  expect(await entriesOf(packed)).toHaveLength(5_000);
  const some = await entriesOf(packed.subarray(0, packed.length / 2));
  expect(some.length).toBeGreaterThan(1_000);
  expect(some[1]).toMatchObject({ pid: 1, message: 'message 7919' });
});

test('a file that is not there, and one that is no gzip behind its first bytes', async () => {
  await expect(allOf(readLogEntries(join(folder, 'none')))).rejects.toMatchObject({
    code: 'AMDAHL_WORKLOAD_FILE_UNREADABLE',
  });
  await expect(entriesOf(Buffer.from('\x1f\x8bno gzip at all', 'latin1'))).rejects.toMatchObject({
    code: 'AMDAHL_WORKLOAD_FILE_UNREADABLE',
  });
});

test('lines of other programs and bytes that are no text cost nothing', async () => {
  const entries = await entriesOf(
    Buffer.concat([
      Buffer.from(lines('[1] LOG:  a', '\tb', 'chatter of another program', '[2] LOG:  c')),
      Buffer.from([0xff, 0xfe, 0x00, 0x0a]),
      Buffer.from(lines("[3] LOG:  duration: 1 ms  statement: SELECT 'caf\xe9'"), 'latin1'),
    ]),
  );
  expect(entries.map(({ message }) => message)).toEqual([
    'a\nb',
    'c',
    "duration: 1 ms  statement: SELECT 'caf\ufffd'",
  ]);
});

test('a statement without end does not fill the memory', async () => {
  const entries = await entriesOf(`[1] LOG:  ${'x'.repeat(5_000_000)}\n[2] LOG:  after\n`);
  expect(entries.map(({ message }) => message.length)).toEqual([(1 << 20) - 10, 5]);
});

describe('whatever lines stand before, messages behind them are read', () => {
  const bits = [
    'LOG:  ',
    'DETAIL:  ',
    '\t',
    '"',
    ',',
    '{',
    '}',
    '2026-11-02 08:00:00 UTC',
    '#011',
    '\0',
    "'",
    '[1-2] ',
    '{"message":"',
    '"error_severity":',
    csv(1, 'x').slice(0, 90),
  ];
  const line = fc.array(fc.oneof(fc.constantFrom(...bits), fc.string({ unit: 'binary' })));
  const garbage = fc.array(line.map((parts) => parts.join('').replaceAll('\n', '')));

  test.each([
    ['stderr', stderrReader, (text: string) => `2026-11-02 08:00:00 UTC [9] LOG:  ${text}`],
    ['csvlog', csvReader, (text: string) => csv(9, text)],
    [
      'jsonlog',
      jsonReader,
      (text: string) => JSON.stringify({ error_severity: 'LOG', message: text }),
    ],
    ['a collector', jsonReader, (text: string) => JSON.stringify({ log: `[9] LOG:  ${text}\n` })],
  ])('%s', (_, readerOf, message) => {
    fc.assert(
      fc.property(garbage, (before) => {
        const reader = readerOf();
        const all = [...before, message('one'), message('two')];
        const entries = [...all.flatMap((each) => reader.line(each)), ...reader.end()];
        expect(entries.slice(-2).map((entry) => entry.message)).toEqual(['one', 'two']);
      }),
    );
  });
});

test('JSON inside a statement does not make a log one of JSON', async () => {
  const entries = await entriesOf(
    lines(
      '[1] LOG:  statement: SELECT',
      '{"message": "a"}',
      '{"message": "b"}',
      '[2] LOG:  c',
      '[3] LOG:  d',
    ),
  );
  expect(entries.map(({ pid }) => pid)).toEqual([1, 2, 3]);
});
