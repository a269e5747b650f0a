import { Client } from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { LocksArtifact } from '../../src/artifacts/locks.ts';
import { locksGatherer } from '../../src/gather/locks.ts';
import type { Absent } from '../../src/gather/gatherer.ts';
import { startPostgres, type PostgresServer } from '../../src/lab/postgres.ts';
import { databaseContext } from '../fixtures/database-context.ts';

let server: PostgresServer;
let admin: Client;

async function connect(user: string): Promise<Client> {
  const client = new Client({ connectionString: server.url().replace('postgres@', `${user}@`) });
  await client.connect();
  return client;
}

beforeAll(async () => {
  server = await startPostgres();
  admin = await connect('postgres');
  await admin.query(`
    CREATE TABLE stock (id integer PRIMARY KEY, quantity integer);
    INSERT INTO stock VALUES (1, 10);
    CREATE ROLE app LOGIN; GRANT ALL ON stock TO app;
    CREATE ROLE stranger LOGIN;
    CREATE ROLE watcher LOGIN; GRANT pg_read_all_stats TO watcher`);
});

afterAll(async () => {
  await admin?.end();
  await server?.stop();
});

async function watch(role: string): Promise<() => Promise<LocksArtifact | Absent>> {
  const database = server.url().replace('postgres@', `${role}@`);
  const stop = await locksGatherer.gather(databaseContext(database));
  return stop as () => Promise<LocksArtifact | Absent>;
}

/** Two sessions that want one row, for as long as `during` takes. */
async function contend(during: () => Promise<void>): Promise<void> {
  const [holder, waiter] = [await connect('app'), await connect('app')];
  await holder.query('BEGIN');
  await holder.query('SELECT quantity FROM stock WHERE id = $1 FOR UPDATE', [1]);
  const waiting = waiter.query('UPDATE stock SET quantity = quantity - 1 WHERE id = $1', [1]);
  await vi.waitFor(async () => {
    const { rowCount } = await admin.query(
      `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'`,
    );
    expect(rowCount).toBe(1);
  });
  await during();
  await holder.query('COMMIT');
  await waiting;
  await holder.end();
  await waiter.end();
}

/** A sample is two statements, each between BEGIN and COMMIT: after eight, one was taken whole. */
const commandsPerSample = 8;

/** Returns once the sampler has looked. */
async function untilSampled(): Promise<void> {
  const lastCommand = async (): Promise<number> => {
    const { rows } = await admin.query<{ at: Date | null }>(
      `SELECT max(query_start) AS at FROM pg_stat_activity WHERE application_name = 'amdahl'`,
    );
    return rows[0]?.at?.getTime() ?? 0;
  };
  for (let seen = 0; seen < commandsPerSample; seen += 1) {
    const before = await lastCommand();
    await vi.waitFor(async () => expect(await lastCommand()).not.toBe(before), {
      timeout: 10_000,
      interval: 5,
    });
  }
}

test('who waits for whom is seen, with the statements and the state of the one in the way', async () => {
  const stop = await watch('watcher');
  await contend(untilSampled);
  const locks = (await stop()) as LocksArtifact;
  expect(locks.intervalMs).toBe(100);
  expect(locks.samples).toBeGreaterThanOrEqual(2);
  expect(locks.waits).toEqual([
    {
      waitingStatement: 'UPDATE stock SET quantity = quantity - 1 WHERE id = $1',
      blockingStatement: 'SELECT quantity FROM stock WHERE id = $1 FOR UPDATE',
      blockingState: 'idle in transaction',
      samples: expect.any(Number) as unknown,
      longestWaitMs: expect.any(Number) as unknown,
    },
  ]);
  expect(locks.waits[0]?.samples).toBeGreaterThanOrEqual(1);
  expect(locks.waits[0]?.longestWaitMs).toBeGreaterThan(0);
  expect(locks.idleInTransaction[0]).toMatchObject({
    statement: 'SELECT quantity FROM stock WHERE id = $1 FOR UPDATE',
  });
});

test('a role that may not see other sessions says so instead of seeing nothing', async () => {
  const stop = await watch('stranger');
  await contend(untilSampled);
  const idle = await connect('app');
  await idle.query('SELECT 1');
  expect(await stop()).toEqual({
    absent:
      'the role stranger may not see what other sessions do (GRANT pg_read_all_stats TO stranger)',
  });
  await idle.end();
});

test('nothing is reported when nobody waits, and the sampler leaves no session', async () => {
  const stop = await watch('watcher');
  await untilSampled();
  expect(await stop()).toMatchObject({ waits: [], idleInTransaction: [] });
  const { rows } = await admin.query<{ sessions: number }>(
    `SELECT count(*)::int AS sessions FROM pg_stat_activity WHERE application_name = 'amdahl'`,
  );
  expect(rows[0]?.sessions).toBe(0);
});
