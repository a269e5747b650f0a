import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CommandLine } from './amdahl.ts';

let commandLine: CommandLine;

beforeEach(async () => {
  commandLine = await CommandLine.create();
});

afterEach(async () => {
  await commandLine.end();
});

const plan = `
                              QUERY PLAN
-----------------------------------------------------------------------
 Seq Scan on orders  (cost=0.00..2500.00 rows=20 width=8) (actual time=0.05..90.20 rows=12 loops=1)
   Filter: (user_id = 7)
   Rows Removed by Filter: 99988
 Planning Time: 0.310 ms
 Execution Time: 91.000 ms
(5 rows)
`;

test('a plan from a file, as a tree with what is wrong with it, and as files', async () => {
  await writeFile(join(commandLine.directory, 'plan.txt'), plan);
  const { exitCode, stdout, stderr } = await commandLine.run(
    'sql explain plan.txt --html plan.html --markdown plan.md'.split(' '),
  );
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(/^Seq Scan on orders +90\.2 ms +█+·? +12 +20$/m);
  expect(stdout).toContain('orders is read from end to end for 12 of 100,000 rows');
  expect(stdout).toContain('pghero');
  const page = await readFile(join(commandLine.directory, 'plan.html'), 'utf8');
  expect(page).toMatch(/^<!doctype html>[^]*orders is read from end to end/);
  const markdown = await readFile(join(commandLine.directory, 'plan.md'), 'utf8');
  expect(markdown).toContain('## orders is read from end to end for 12 of 100,000 rows');
});

test('the same for programs, versioned', async () => {
  await writeFile(join(commandLine.directory, 'plan.txt'), plan);
  const { stdout } = await commandLine.run('sql explain --json plan.txt'.split(' '));
  expect(JSON.parse(stdout)).toMatchObject({
    schemaVersion: 1,
    origin: 'given',
    explained: { executionMs: 91, plan: { 'Node Type': 'Seq Scan' } },
    nodes: [{ label: 'Seq Scan on orders', ownMs: 90.2, totalRows: 12 }],
    problems: [{ rule: 'sequential-scan', criterion: expect.stringContaining('pghero') as string }],
  });
});

describe('a command below another', () => {
  test.each([
    [['help', 'sql', 'explain']],
    [['sql', 'explain', '--help']],
    [['sql', 'help', 'explain']],
  ])('has help of its own by %j', async (args) => {
    const { exitCode, stdout, stderr } = await commandLine.run(args);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^Examples:\n[^]*Usage: amdahl sql explain \[options\] <input>/);
  });

  test('takes options both have before its name as well as after it', async () => {
    await writeFile(join(commandLine.directory, 'plan.txt'), plan);
    const before = await commandLine.run('sql --json explain plan.txt'.split(' '));
    expect(before.exitCode).toBe(0);
    expect(JSON.parse(before.stdout)).toMatchObject({ schemaVersion: 1 });
  });

  test.each([
    ['sql explain', 'AMDAHL_CLI_BAD_USAGE', "missing required argument 'input'"],
    ['sql explain --user 3 x', 'AMDAHL_CLI_UNKNOWN_OPTION', '--user'],
    ['sql explain gone.sql', 'AMDAHL_EXPLAIN_NO_INPUT', 'no file "gone.sql"'],
    ['sql explain .', 'AMDAHL_EXPLAIN_NO_INPUT', 'no file'],
    ['sql explain SELECT', 'AMDAHL_EXPLAIN_NO_DATABASE', 'no --db'],
    ['sql explain SELEC', 'AMDAHL_EXPLAIN_SYNTAX', 'line 1, column 1'],
  ])('%s ends with exit code 2', async (args, code, found) => {
    const { exitCode, stderr } = await commandLine.run(args.split(' '));
    expect(exitCode).toBe(2);
    expect(stderr).toContain(code);
    expect(stderr).toContain(found);
  });

  test('a database that does not answer ends with exit code 3', async () => {
    const { exitCode, stderr } = await commandLine.run([
      'sql',
      'explain',
      'SELECT 1',
      '--db',
      'postgres://nobody@127.0.0.1:1/none',
    ]);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('AMDAHL_DATABASE_UNREACHABLE');
  });
});
