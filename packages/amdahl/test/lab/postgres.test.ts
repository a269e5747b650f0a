import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startPostgres, type PostgresServer } from '../../src/lab/postgres.ts';

const scratch = mkdtempSync(join(tmpdir(), 'amdahl-test-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function ask(server: PostgresServer, sql: string): Promise<readonly unknown[]> {
  const client = new Client({ connectionString: server.url() });
  await client.connect();
  try {
    const { rows } = await client.query({ text: sql, rowMode: 'array' });
    return rows[0] ?? [];
  } finally {
    await client.end();
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a temporary server', () => {
  test('answers on 127.0.0.1 with the settings given, restarts, and is gone after stop', async () => {
    const server = await startPostgres({ settings: { work_mem: '7MB', fsync: 'on' } });
    try {
      expect(
        await ask(
          server,
          `SELECT current_setting('work_mem'), current_setting('fsync'),
        current_setting('synchronous_commit'), current_setting('listen_addresses'), current_user`,
        ),
      ).toEqual(['7MB', 'on', 'off', '127.0.0.1', 'postgres']);
      await ask(server, 'CREATE TABLE kept AS SELECT 42 AS answer');
      await server.restart(async () => {
        await expect(ask(server, 'SELECT 1')).rejects.toThrow(/ECONNREFUSED/);
      });
      expect(await ask(server, 'SELECT answer FROM kept')).toEqual([42]);
    } finally {
      await server.stop();
    }
    await server.stop();
    expect(existsSync(server.dataDirectory)).toBe(false);
    await expect(ask(server, 'SELECT 1')).rejects.toThrow(/ECONNREFUSED/);
  });

  test('knows Unicode without a locale of the operating system', async () => {
    const server = await startPostgres();
    try {
      expect(await ask(server, `SELECT upper('é'), 'é' ~ '[[:alpha:]]'`)).toEqual(['É', true]);
    } finally {
      await server.stop();
    }
  });

  test('ends with the process that started it, even when that is killed', async () => {
    const program = `
      import { startPostgres } from ${JSON.stringify(new URL('../../src/lab/postgres.ts', import.meta.url).href)};
      import { readFileSync } from 'node:fs';
      const server = await startPostgres();
      const pid = readFileSync(server.dataDirectory + '/postmaster.pid', 'utf8').split('\\n')[0];
      console.log(JSON.stringify({ pid: Number(pid), directory: server.dataDirectory }));
      setInterval(() => undefined, 1000);`;
    const owner = spawn(
      process.execPath,
      ['--conditions=@amdahl/source', '--input-type=module', '-e', program],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [line] = (await once(owner.stdout, 'data')) as [Buffer];
    const { pid, directory } = JSON.parse(line.toString()) as { pid: number; directory: string };
    expect(isAlive(pid)).toBe(true);
    owner.kill('SIGKILL');
    await vi.waitFor(
      () => {
        expect(isAlive(pid)).toBe(false);
        expect(existsSync(directory)).toBe(false);
      },
      { timeout: 20_000 },
    );
  });
});

test('temporary servers begin as copies of one cluster, a kept one is a cluster of its own', async () => {
  const identifierOf = async (dataDirectory?: string): Promise<unknown> => {
    const server = await startPostgres(dataDirectory === undefined ? {} : { dataDirectory });
    try {
      return (await ask(server, 'SELECT system_identifier::text FROM pg_control_system()'))[0];
    } finally {
      await server.stop();
    }
  };
  // At the latest this one makes what the next two are copies of.
  await identifierOf();
  const copy = await identifierOf();
  expect(await identifierOf()).toBe(copy);
  expect(await identifierOf(join(scratch, 'own'))).not.toBe(copy);
});

describe('a kept data directory', () => {
  test('is found again by the next start', async () => {
    const dataDirectory = join(scratch, 'kept');
    const first = await startPostgres({ dataDirectory });
    await ask(first, 'CREATE TABLE kept AS SELECT 7 AS answer');
    await first.stop();
    expect(existsSync(first.dataDirectory)).toBe(true);
    const second = await startPostgres({ dataDirectory });
    try {
      expect(await ask(second, `SELECT answer, current_setting('fsync') FROM kept`)).toEqual([
        7,
        'on',
      ]);
    } finally {
      await second.stop();
    }
  });

  test('that another server uses is refused, with that server untouched', async () => {
    const dataDirectory = join(scratch, 'shared');
    const first = await startPostgres({ dataDirectory });
    try {
      await expect(startPostgres({ dataDirectory })).rejects.toMatchObject({
        code: 'AMDAHL_LAB_START_FAILED',
        found: expect.stringContaining('postmaster.pid') as unknown,
      });
      expect(await ask(first, 'SELECT 1')).toEqual([1]);
    } finally {
      await first.stop();
    }
  });

  test.runIf(process.getuid?.() === 0)(
    'works behind a folder closed to the user the server runs as',
    async () => {
      const closed = join(scratch, 'closed');
      mkdirSync(closed, { mode: 0o700 });
      const dataDirectory = join(closed, 'cluster');
      const server = await startPostgres({ dataDirectory });
      try {
        await ask(server, 'CREATE TABLE kept AS SELECT 8 AS answer');
        await server.restart();
        expect(await ask(server, 'SELECT answer FROM kept')).toEqual([8]);
        expect(server.dataDirectory).toBe(dataDirectory);
        expect(statSync(dataDirectory).uid).not.toBe(0);
      } finally {
        await server.stop();
      }
    },
  );
});

describe('a start that fails', () => {
  const temporary = mkdtempSync(join(tmpdir(), 'amdahl-test-'));
  beforeAll(() => {
    chmodSync(temporary, 0o755);
    vi.stubEnv('TMPDIR', temporary);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(temporary, { recursive: true });
  });

  test('for a setting PostgreSQL does not know says so and leaves no folder', async () => {
    await expect(startPostgres({ settings: { no_such_setting: '1' } })).rejects.toMatchObject({
      code: 'AMDAHL_LAB_START_FAILED',
      found: expect.stringContaining('no_such_setting') as unknown,
    });
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('in initdb says what initdb said and leaves no folder', async () => {
    await expect(startPostgres({ initdbArguments: ['--encoding=KLINGON'] })).rejects.toMatchObject({
      code: 'AMDAHL_LAB_INITDB_FAILED',
      found: expect.stringContaining('KLINGON') as unknown,
    });
    expect(readdirSync(temporary)).toEqual([]);
  });
});
